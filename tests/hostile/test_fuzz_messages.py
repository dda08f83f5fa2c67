"""Whatever sources and people call themselves, no kind of message is refused, and nothing in it comes alive that we
did not write. The long run: `pytest tests/hostile/test_fuzz_messages.py --hypothesis-profile=long`.
"""

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.chat.slack.mrkdwn import clean as slack_clean
from bot.chat.slack.render import render as render_slack
from bot.chat.slack.views import build_home, build_modal
from bot.chat.telegram.fitting import clean as telegram_clean
from bot.chat.telegram.fitting import fit_blocks
from bot.chat.telegram.render import render as render_telegram
from bot.commands.alerts import build_full_text
from bot.commands.answers import cut_page
from bot.commands.card_dialogs import build_mute_dialog
from bot.commands.timeline import build_timeline
from bot.domain.backlog import build_backlog_digest
from bot.domain.bursts import Burst, BurstContents, Covered, build_burst
from bot.domain.cards import build_card
from bot.domain.deliveries import Form
from bot.domain.dialogs import Choice, Dialog, Field, build_view
from bot.domain.digest_contents import DigestContents
from bot.domain.digest_times import DigestMark
from bot.domain.digests import Surroundings, build_digest
from bot.domain.discreet import hide_card
from bot.domain.handovers import Handover, build_handover
from bot.domain.messages import Block, Gap, Message, Quote, plain_message
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
_WITH_HEADLINE = ("card", "digest", "burst", "backlog", "full text", "timeline")
# Short enough that nothing is cut anywhere.
TITLES = TEXTS.map(lambda text: text[:60])
SUMMARIES = TEXTS.map(lambda text: text[:300])
NAMES = TEXTS.map(lambda text: text[:40])
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
    form = _build_form(title, summary, name)
    for dialog in (mute, form, *(build_view(message, "Tocsin", "Close") for message in messages.values())):
        modal = build_modal(dialog, DESKS[1])
        assert modal is None or _is_ours(check_view(modal).live)


@_EXAMPLES
@given(TITLES, SUMMARIES, NAMES)
@example("*a* _b_ `c` <b>&amp;</b>", "<!channel> & @admin", "Dana <@U1>")
def test_what_is_shown_is_what_was_said_without_what_could_do_harm(title: str, summary: str, name: str) -> None:
    """Letter by letter the texts of the message, once they are cleaned; and in those all that the source wrote."""
    for kind, message in build_messages(title or "x", summary, name, 0).items():
        telegram = render_telegram(message)
        shown = read_text(telegram.text, telegram.parse_mode or "", [], 4096).text
        assert _squeezed(shown) == _squeezed(_said(fit_blocks(message.blocks), str)), kind
        _check_source(kind, shown, (telegram_clean(title), telegram_clean(summary), lifeless(name)))
    for kind, message in build_messages(title or "x", summary, name, 1).items():
        slack = "\n".join(_shown(block) for block in render_slack(message, Form.RICH).blocks)
        untagged = [block for block in message.blocks if isinstance(block, Gap | Quote) or block.style != "tags"]
        assert _squeezed(slack) == _squeezed(_said(untagged, slack_clean)), kind
        _check_source(kind, slack, (slack_clean(title), slack_clean(summary), lifeless(name)))


def _build_form(title: str, summary: str, name: str) -> Dialog:
    """A form as those of new and edited lists and of new feeds are, with what sources and people wrote in it."""
    fields = (
        Field("title", "Name", value=title),
        Field("any", "Words", "text", summary, hint=name),
        Field("owner", "Owner", "choice", "a", choices=(Choice("a", name), Choice("b", title))),
    )
    return Dialog(title, fields, "new", parts=(plain_message(summary or "x"),), submit=name or "x", close=title)


def _check_source(kind: str, shown: str, sources: tuple[str, str, str]) -> None:
    """That a message holds the headline, the text and the name in the order of `sources`, where it is about them."""
    title, summary, name = map(_letters, sources)
    letters = _letters(shown)
    assert title in letters or kind not in _WITH_HEADLINE, kind
    assert summary in letters or kind != "full text", kind
    assert name in letters or kind not in {"card", "timeline"}, kind


def _said(blocks: Sequence[Block], clean: Callable[[str], str]) -> str:
    return "\n".join(clean("".join(one.text for one in block.spans)) for block in blocks if not isinstance(block, Gap))


def _shown(block: dict[str, Any]) -> str:
    """What a block of Slack shows beside its buttons and without the signs of mrkdwn, which are all ours."""
    if block["type"] == "actions":
        return ""
    return check_blocks([_without_signs(block)]).visible


def _without_signs(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_signs(one) for one in part]
    if not isinstance(part, dict):
        return part
    bare = {name: _without_signs(value) for name, value in part.items() if name != "accessory"}
    return {**bare, "text": part["text"].replace("*", "").replace("`", "")} if part.get("type") == "mrkdwn" else bare


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _is_ours(alive: list[Live] | tuple[Live, ...]) -> bool:
    return all((one.kind, one.target) == ("link", LINK) for one in alive)


def _letters(text: str) -> str:
    """What is left of a text without spaces, signs and what only steers its direction."""
    return "".join(char for char in text if char.isalnum())
