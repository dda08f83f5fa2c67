"""What a mute takes out, and what comes through all the same."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chat_settings import Attention
from bot.domain.deliveries import PlannedCard
from bot.domain.mute_times import is_duration, read_until, until_words
from bot.domain.mutes import MUTED, Mute, MuteKind, read_muted_words
from bot.domain.policy import DIGEST_ONLY
from bot.domain.routing import build_watchers, plan_cards
from bot.matching.records import Match, Priority
from tests.factories import build_destination, build_item, build_match, build_subscription
from tests.fakes.clock import START

DESK = build_destination("1")
DUSHANBE = ZoneInfo("Asia/Dushanbe")


def _mute(kind: MuteKind, value: str = "", **fields: Any) -> Mute:
    return Mute(DESK.key, kind, value, value or "Everything", START - timedelta(hours=1), **fields)


def _plan(*mutes: Mute, matches: tuple[Match, ...] = (build_match("csto"),), **item: Any) -> PlannedCard:
    watchers = build_watchers(
        [build_subscription(destination=DESK, watchlist=name) for name in ("csto", "ttp")],
        attention={DESK.key: Attention(mutes=mutes)},
    )
    (card,) = plan_cards("story-1", matches, build_item(**item), watchers, grade="B", outlet="Asia-Plus")
    return card


def test_a_muted_watchlist_plans_no_delivery_and_says_who_muted_it() -> None:
    assert _plan(_mute(MuteKind.LIST, "csto", name="Dana")).suppressed == f"{MUTED}csto, by Dana"
    assert _plan(_mute(MuteKind.LIST, "ttp")).suppressed == ""


def test_a_story_that_rings_on_another_list_too_comes_with_that_lists_priority() -> None:
    both = (build_match("csto", priority=Priority.HIGH), build_match("ttp", priority=Priority.MEDIUM))
    card = _plan(_mute(MuteKind.LIST, "csto"), matches=both)
    assert (card.suppressed, card.silent) == ("", True)
    low = (build_match("csto", priority=Priority.HIGH), build_match("ttp", priority=Priority.LOW))
    assert _plan(_mute(MuteKind.LIST, "csto"), matches=low).suppressed == DIGEST_ONLY


def test_stories_outlets_words_and_everything_can_be_muted() -> None:
    assert _plan(_mute(MuteKind.STORY, "story-1")).suppressed
    assert not _plan(_mute(MuteKind.STORY, "story-2")).suppressed
    assert _plan(_mute(MuteKind.SOURCE, "asia-plus")).suppressed
    assert not _plan(_mute(MuteKind.SOURCE, "Kloop")).suppressed
    assert _plan(_mute(MuteKind.ALL)).suppressed
    treaty = _mute(MuteKind.WORD, read_muted_words("Treaty"))
    assert _plan(treaty, title="The TREATY was signed").suppressed
    assert not _plan(treaty, title="The treaties were signed").suppressed
    assert _plan(_mute(MuteKind.WORD, read_muted_words("аз хоки Афғонистон")), title="Аз хоки Афғонистон!").suppressed


def test_critical_comes_through_unless_told_otherwise() -> None:
    critical = (build_match("csto", priority=Priority.CRITICAL),)
    assert not _plan(_mute(MuteKind.ALL), matches=critical).suppressed
    assert _plan(_mute(MuteKind.ALL, critical=True), matches=critical).suppressed


def test_a_mute_that_ran_out_or_was_not_agreed_on_does_nothing() -> None:
    assert not _plan(_mute(MuteKind.ALL, until=START)).suppressed
    assert _plan(_mute(MuteKind.ALL, until=START + timedelta(seconds=1))).suppressed
    assert not _plan(_mute(MuteKind.ALL, proposed=True)).suppressed


MUTES = st.builds(
    _mute,
    st.sampled_from(MuteKind),
    st.sampled_from(["csto", "ttp", "story-1", "Asia-Plus", "border", "nothing"]),
    critical=st.booleans(),
    until=st.sampled_from([None, START - timedelta(hours=1), START + timedelta(hours=1)]),
)
MATCHES = st.lists(
    st.builds(build_match, st.sampled_from(["csto", "ttp"]), priority=st.sampled_from(Priority)), min_size=1, max_size=3
)


@given(mutes=st.lists(MUTES, max_size=5), matches=MATCHES)
def test_nothing_that_was_not_muted_is_lost(mutes: list[Mute], matches: list[Match]) -> None:
    """Every plan has a card; a suppressed one says why, and only a mute that covers all of it suppresses."""
    card = _plan(*mutes, matches=tuple(matches))
    plain = _plan(matches=tuple(matches))
    active = [one for one in mutes if one.until is None or one.until > START]
    if not active:
        assert card == plain
    if any(match.priority is Priority.CRITICAL for match in matches) and not any(one.critical for one in active):
        assert card == plain
    if card.suppressed.startswith(MUTED):
        assert active
    else:
        assert card.suppressed in ("", DIGEST_ONLY)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("30m", START + timedelta(minutes=30)),
        ("8H", START + timedelta(hours=8)),
        ("2w", START + timedelta(weeks=2)),
        ("until:2026-11-25T07:10", datetime(2026, 11, 25, 2, 10, tzinfo=UTC)),
        ("until:2026-11-25", datetime(2026, 11, 24, 19, 0, tzinfo=UTC)),
        ("forever", None),
    ],
)
def test_durations_are_read_on_the_chats_clock(text: str, until: datetime | None) -> None:
    assert is_duration(text)
    assert read_until(text, START, DUSHANBE) == until


@pytest.mark.parametrize("text", ["", "0h", "1y", "9999d", "until:yesterday", "until:2020-01-01", "-1h", "until:"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_until(text, START, DUSHANBE)


def test_an_end_is_said_with_its_weekday() -> None:
    assert until_words(datetime(2026, 11, 25, 2, 10, tzinfo=UTC), DUSHANBE) == "Wed 25 Nov 07:10"
