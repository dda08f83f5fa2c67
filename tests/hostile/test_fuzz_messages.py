"""Whatever sources and people call themselves, no kind of message is refused, and nothing in it comes alive that we
did not write. The long run: `pytest tests/hostile/test_fuzz_messages.py --hypothesis-profile=long`.
"""

from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.chat.slack.mrkdwn import clean as slack_clean
from bot.chat.slack.render import render as render_slack
from bot.chat.slack.views import build_home, build_modal
from bot.chat.telegram.fitting import clean as telegram_clean
from bot.chat.telegram.render import render as render_telegram
from bot.commands.alerts import build_full_text
from bot.commands.answers import cut_page
from bot.commands.card_dialogs import build_mute_dialog
from bot.commands.timeline import build_timeline
from bot.domain.backlog import build_backlog_digest
from bot.domain.bursts import Burst, BurstContents, Covered, build_burst
from bot.domain.cards import build_card
from bot.domain.deliveries import Form
from bot.domain.dialogs import Dialog, build_view
from bot.domain.digest_contents import DigestContents
from bot.domain.digest_times import DigestMark
from bot.domain.digests import Surroundings, build_digest
from bot.domain.discreet import hide_card
from bot.domain.handovers import Handover, build_handover
from bot.domain.messages import Message
from bot.domain.reminders import UnansweredCard, build_reminder
from bot.domain.triage import Acknowledgement, Triage, lifeless
from bot.domain.updates import Changes, build_update
from bot.domain.weekly import Week, build_week
from tests import factories
from tests.fakes.clock import START
from tests.fakes.slack_blocks import check_blocks, check_view
from tests.fakes.slack_text import Live, find_live
from tests.fakes.telegram_rules import read_text
from tests.hostile.test_fuzz import TEXTS

LINK = "https://asia-plus.example/news/item-1"
LISTS = frozenset({"csto"})
DESKS = (factories.build_destination(), factories.build_slack_destination())
UTC = ZoneInfo("UTC")
# What clients make clickable without any markup; hashtags and commands of ours are the only ones that may be.
_FOREIGN = {"mention", "text_mention", "url", "email", "cashtag", "phone_number"}
_OUR_TAGS, _OUR_COMMANDS = {"#csto"}, {"/missed", "/feeds", "/digest", "/watchlists", "/handover", "/mute"}
_LONGEST_TITLE = 60
# Each example is every kind of message on a platform: 50 in the suite, 10,000 in the long run.
_EXAMPLES = settings(max_examples=settings.default.max_examples // 2 if settings.default else 50, deadline=None)


def build_messages(title: str, summary: str, name: str, desk: int) -> dict[str, Message]:
    """One message of every kind, about an item and an outlet and by a person who call themselves so."""
    outlet = lifeless(name) or "x"  # as it is kept when a feed is added
    item = factories.build_item(title=title, summary=summary, content=summary, author=name, link=LINK)
    report = factories.build_report(item=item, feed=factories.build_feed(outlet=outlet))
    triage = Triage(Acknowledgement("7KD4", "telegram:42", name, START))
    view = factories.build_alert_view(
        reports=(report,), story=factories.build_story(id=1, headline=title), triage=triage
    )
    destination = DESKS[desk]
    around = Surroundings({"csto": "CSTO"}, problems=((outlet, "the site refuses bots"),), feeds=3, healthy=2)
    contents = DigestContents(DigestMark(START), START, (view,), late=(report,))
    (digest,) = build_digest(contents, destination, LISTS, around)
    (week,) = build_week(Week(names=("Osh",), around=around), destination)
    card = build_card(view, destination, LISTS)
    burst = BurstContents(Burst(1, START, START), (Covered(1, view, START),), 3)
    handover = Handover(START, START, False, (), (), (), (), ((outlet, "the site refuses bots"),))
    unanswered = UnansweredCard("7KD4", destination, "1", title, START)
    return {
        "card": card,
        "discreet card": hide_card(card, view),
        "update": build_update(view, "7KD4", report, Changes((), report.matches, rose=True)),
        "digest": digest,
        "burst": build_burst(burst, destination, LISTS, calm=False),
        "backlog": build_backlog_digest((view,), destination, LISTS, total=30),
        "week": week,
        "handover": build_handover(handover, UTC),
        "reminder": build_reminder(unanswered, ()).message,
        "full text": build_full_text(view, report),
        "timeline": build_timeline(view, cut_page(tuple(enumerate([report], 1)), 1, 8), destination),
    }


@_EXAMPLES
@given(TEXTS, TEXTS, TEXTS, st.sampled_from(Form))
@example("@admin", "", "", Form.PLAIN)
def test_nothing_that_a_source_or_a_person_says_comes_alive(title: str, summary: str, name: str, form: Form) -> None:
    for kind, message in build_messages(title or "x", summary, name, 0).items():
        rendered = render_telegram(message, form)
        parsed = read_text(rendered.text, rendered.parse_mode or "", [], 4096)
        for entity in parsed.entities:
            words = parsed.text.encode("utf-16-le")[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])]
            said = words.decode("utf-16-le")
            is_our_link = entity["type"] == "url" and said.startswith(LINK)  # in plain form
            assert entity["type"] not in _FOREIGN or is_our_link, (kind, said)
            assert entity["type"] != "hashtag" or said in _OUR_TAGS, (kind, said)
            assert entity["type"] != "bot_command" or said in _OUR_COMMANDS, (kind, said)
            assert entity.get("url", LINK) == LINK, (kind, entity)
    for kind, message in build_messages(title or "x", summary, name, 1).items():
        payload = render_slack(message, form)
        alive = [*check_blocks(list(payload.blocks)).live, *(find_live(payload.text) if not payload.blocks else [])]
        assert _is_ours(alive), (kind, alive)


@_EXAMPLES
@given(TEXTS, TEXTS, TEXTS)
def test_home_tabs_and_modals_are_taken_and_nothing_in_them_comes_alive(title: str, summary: str, name: str) -> None:
    messages = build_messages(title or "x", summary, name, 1)
    home = check_view(build_home(Dialog("Home", parts=tuple(messages.values())), DESKS[1]))
    assert _is_ours(home.live)
    mute = build_mute_dialog("7KD4", [("source", name or "x"), ("list", title or "x")], [("1d", summary or "x")])
    for dialog in (mute, *(build_view(message, "Tocsin", "Close") for message in messages.values())):
        modal = build_modal(dialog, DESKS[1])
        assert modal is None or _is_ours(check_view(modal).live)


@_EXAMPLES
@given(TEXTS.map(lambda text: text[:_LONGEST_TITLE]))
def test_a_headline_is_read_as_its_source_wrote_it(title: str) -> None:
    for kind in ("card", "digest", "burst", "backlog", "full text", "timeline"):
        telegram = render_telegram(build_messages(title or "x", "", "Wire", 0)[kind])
        shown = read_text(telegram.text, telegram.parse_mode or "", [], 4096).text
        assert _letters(telegram_clean(title)) in _letters(shown), kind
        slack = render_slack(build_messages(title or "x", "", "Wire", 1)[kind], Form.RICH)
        assert _letters(slack_clean(title)) in _letters(check_blocks(list(slack.blocks)).visible), kind


def _is_ours(alive: list[Live] | tuple[Live, ...]) -> bool:
    return all((one.kind, one.target) == ("link", LINK) for one in alive)


def _letters(text: str) -> str:
    """What is left of a text without spaces, signs and what only steers its direction."""
    return "".join(char for char in text if char.isalnum())
