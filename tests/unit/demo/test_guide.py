"""What the demo says around the cards."""

from bot.chat.console.render import render_plain
from bot.demo.feeds import demo_feeds
from bot.demo.guide import build_baseline_note, build_cards_note, build_prompt_help, build_silence, build_welcome
from bot.demo.silence import Kind, Silence, SilentItem
from bot.matching.watchlist import Status
from tests.factories import build_watchlist


def _silent(kind: Kind, title: str = "A headline", reason: str = "TTP: ruled out by “cyber” (“SIEM”)") -> SilentItem:
    return SilentItem(kind, reason, title, "Sample: Outlet", "en")


def test_the_welcome_counts_what_is_there() -> None:
    lists = [build_watchlist("csto"), build_watchlist("ttp"), build_watchlist("old", status=Status.OFF)]
    text = render_plain(build_welcome(demo_feeds("http://127.0.0.1:1"), lists))
    assert "12 sample outlets in 7 languages (English, Russian, Tajik" in text
    assert "2 shipped watchlists" in text


def test_the_notes_give_the_numbers_of_the_two_readings() -> None:
    assert "14 items from 12 feeds, no alert" in render_plain(build_baseline_note(14, 12))
    assert "1 new item in 0.4 s" in render_plain(build_cards_note(1, 0.42))


def test_silent_items_stand_under_their_kind_with_their_reason() -> None:
    silent = (_silent(Kind.RULED_OUT), _silent(Kind.NOT_SENT, reason="CSTO: baseline"))
    assert render_plain(build_silence(Silence(silent, others=3))).splitlines() == [
        "What stayed silent, and why",
        "",
        "A list's words occur, and one of its exclusions does too",
        "• A headline (Sample: Outlet, en)",
        "  TTP: ruled out by “cyber” (“SIEM”)",
        "",
        "A rule fired, and the item was still not worth a card",
        "• A headline (Sample: Outlet, en)",
        "  CSTO: baseline",
        "",
        "3 more items held nothing that any list is about.",
    ]


def test_a_right_to_left_headline_is_isolated_from_its_line() -> None:
    assert "• \u2068حمله\u2069 (" in render_plain(build_silence(Silence((_silent(Kind.MENTIONED, "حمله"),), 0)))


def test_the_help_names_a_card_that_is_there() -> None:
    assert "why 7Q2M" in render_plain(build_prompt_help("7Q2M"))
    assert "why" not in render_plain(build_prompt_help(""))


def test_every_text_says_in_one_sentence_what_it_is() -> None:
    assert build_silence(Silence((), 0)).summary == "What stayed silent, and why"
