"""How well a list hears, by language."""

from zoneinfo import ZoneInfo

from bot.domain.feeds import FeedStatus
from bot.domain.health import Health, Pulse
from bot.domain.hearing import Hearing, deaf_words, measure_hearing, weak_words
from tests.factories import at, build_feed, build_feed_state, build_watchlist
from tests.fakes.clock import START

UTC = ZoneInfo("UTC")


def status(feed_id: str, lang: str, told: Health = Health.OK, last: float | None = None) -> FeedStatus:
    return FeedStatus(
        build_feed(feed_id, lang=lang, outlet=feed_id.title()),
        build_feed_state(feed_id, last_new_item=None if last is None else at(last)),
        pulse=Pulse(since=START, told=told),
    )


FEEDS = [
    status("asia-plus", "en", last=5),
    status("tass", "ru", last=9),
    status("ria", "ru", Health.BLOCKED, last=7),
    status("ozodi", "tg", Health.NOT_A_FEED, last=2),
    status("khovar", "tg", Health.QUIET),
]


def test_each_language_tells_its_healthy_and_silent_feeds_and_its_last_item() -> None:
    english, russian, tajik = measure_hearing(build_watchlist(), FEEDS)
    assert (english.lang, [feed.id for feed in english.healthy], english.silent, english.last_item) == (
        "en",
        ["asia-plus"],
        (),
        at(5),
    )
    assert ([feed.id for feed in russian.silent], russian.last_item, russian.is_deaf) == (["ria"], at(9), False)
    assert ([feed.id for feed in tajik.healthy], tajik.is_deaf) == (["khovar"], False)


def test_a_language_that_is_wanted_and_has_no_feed_is_deaf() -> None:
    pashto, _ = measure_hearing(build_watchlist(languages=("ru", "ps")), FEEDS)
    assert (pashto.lang, pashto.is_deaf, pashto.feeds) == ("ps", True, 0)


def test_feeds_that_are_switched_off_or_not_listened_to_do_not_count() -> None:
    off = FeedStatus(build_feed("off", lang="en", enabled=False), build_feed_state("off"))
    assert measure_hearing(build_watchlist(languages=("en",)), [off, *FEEDS]) == (
        Hearing("en", (FEEDS[0].feed,), (), at(5)),
    )


def test_lists_that_lost_a_language_are_told_apart_from_those_that_lost_a_feed() -> None:
    titles = {"csto": "CSTO", "border": "Border"}
    deaf = Hearing("tg", (), (FEEDS[3].feed,), at(2))
    weak = Hearing("ru", (FEEDS[1].feed,), (FEEDS[2].feed,), at(9))
    hearings = {"csto": (weak,), "border": (deaf, weak)}
    assert deaf_words(hearings, titles, UTC) == ["Border (Tajik, last item 24 Nov 07:02)"]
    assert weak_words(hearings, titles) == ["CSTO (Russian 1 of 2)", "Border (Russian 1 of 2)"]
