"""Outlets that may harm their readers are neither named nor linked to, wherever a message says them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cards import build_card
from bot.domain.dialogs import Dialog
from bot.domain.messages import Attachment, Button, Message, Quote, Text, bold, line, plain_message, plain_text
from bot.domain.veils import Veil, build_veil, is_exposing, veil_dialog, veil_message, veil_words
from tests.factories import build_alert_view, build_destination, build_feed, build_item, build_report

MEDUZA = build_feed("meduza-ru", outlet="Meduza (RU)", url="https://meduza.io/rss/all", owner="exile")
INTERNATIONAL = build_feed(
    "afintl-en", outlet="Afghanistan International (EN)", url="https://www.afintl.com/en/feed", owner="exile"
)


def build_known_veil() -> Veil:
    veil = build_veil([MEDUZA, INTERNATIONAL, build_feed()])
    assert veil is not None
    return veil


VEIL = build_known_veil()


def test_an_outlet_that_is_named_by_a_common_word_is_known_by_its_capital() -> None:
    ozodi = build_feed("ozodi-tg", outlet="Radio Ozodi (RFE/RL Tajik)", note="undesirable in Russia")
    veil = build_veil([ozodi])
    assert veil is not None
    assert veil_words("Ба гузориши Озодӣ, Озода дар бораи озодӣ сухан гуфт", veil) == (
        "Ба гузориши [outlet], Озода дар бораи озодӣ сухан гуфт"
    )


def test_outlets_in_exile_and_those_called_banned_are_hidden_and_no_others() -> None:
    assert is_exposing(MEDUZA)
    assert is_exposing(build_feed(owner="public", note="Undesirable in Russia: readers there take a legal risk"))
    assert is_exposing(build_feed(note="listed as extremist in Belarus"))
    assert not is_exposing(build_feed(note="worked in January; an undesirably slow server"))
    assert build_veil([build_feed()]) is None


def test_a_card_of_a_hidden_outlet_keeps_its_news_and_loses_its_name_and_its_links() -> None:
    view = build_alert_view(reports=(build_report(feed=MEDUZA, item=build_item(link="https://meduza.io/news/1")),))
    card = veil_message(build_card(view, build_destination(), frozenset({"csto"})), VEIL)
    assert "CSTO troops deploy" in plain_text(card)
    assert "[outlet] · reliability B" in plain_text(card)
    assert "([outlet], " in card.summary
    assert "meduza" not in repr(card).casefold()
    assert "🔗 Open" not in [button.text for row in card.buttons for button in row]


@pytest.mark.parametrize(
    "said",
    [
        "Meduza",
        "MEDUZA reports",
        "сообщила «Медуза»",
        "в интервью Медузе",
        "Afghanistan\u00a0International",
        "به نقل از افغانستان اینترنشنال",
        "see https://meduza.io/en/feature/1?x=2#y",
        "at afintl.com",
        "(meduza-ru)",
    ],
)
def test_every_way_of_naming_an_outlet_is_hidden(said: str) -> None:
    hidden = veil_words(said, VEIL)
    assert "[outlet]" in hidden
    assert not VEIL.words.search(hidden)


@pytest.mark.parametrize("said", ["Afghanistan and international aid", "meduzalike", "notmeduza.io", "Asia Plus"])
def test_other_words_stay(said: str) -> None:
    assert veil_words(said, VEIL) == said


def test_an_outlet_with_its_feed_behind_it_is_one_name() -> None:
    assert veil_words("Source: Meduza (RU) (meduza-ru) · B", VEIL) == "Source: [outlet] · B"
    veil = build_veil([build_feed("rasc", outlet="RASC News Agency", owner="exile")])
    assert veil is not None
    assert veil_words("RASC News Agency (rasc), Rasc.example", veil) == "[outlet], [outlet]"


def test_a_text_made_to_keep_the_search_busy_is_searched_in_no_time() -> None:
    began = time.perf_counter()
    for busy in ("a.", "a-", "Afghanistan ", "meduza (", "https://", "x" * 60 + "."):
        veil_words(busy * (13_000 // len(busy)), VEIL)
    assert time.perf_counter() - began < 2  # 0.05 s on a quiet machine


def test_a_name_of_which_a_part_is_bold_is_hidden_whole() -> None:
    quote = Quote((Text("told "), bold("Afghanistan"), Text(" International that "), bold("troops"), Text(" left")))
    (hidden,) = veil_message(Message((quote,), "x"), VEIL).blocks
    assert isinstance(hidden, Quote)
    assert [span.text for span in hidden.spans] == ["told ", "[outlet]", " that ", "troops", " left"]


def test_links_to_a_hidden_site_and_its_parts_go_and_those_to_others_stay() -> None:
    message = Message(
        (line(Text("a", url="https://www.meduza.io/a"), Text("b", url="https://asia-plus.example/b")),),
        "x",
        ((Button("Open", url="https://meduza.io/a"), Button("Why", "why", "7Q2M")), (Button("x", url="//meduza.io"),)),
        menu=(Button("Mute Meduza", "mute", "Meduza"),),
    )
    hidden = veil_message(message, VEIL)
    assert hidden.blocks == (line(Text("a"), Text("b", url="https://asia-plus.example/b")),)
    assert hidden.buttons == ((Button("Why", "why", "7Q2M"),),)
    assert hidden.menu == (Button("Mute [outlet]", "mute", "Meduza"),)


def test_a_picture_that_says_a_name_is_not_shown_and_files_stay() -> None:
    drawn = Attachment("plot.png", "image/png", b"x", "Reports by Meduza")
    assert veil_message(Message((), "x", attachment=drawn), VEIL).attachment is None
    export = Attachment("alerts.csv", "text/csv", b"Meduza")
    assert veil_message(Message((), "x", attachment=export), VEIL).attachment is export


def test_a_text_to_be_copied_stays_letter_by_letter() -> None:
    code = Quote((Text("sources: {except: [meduza-ru]}"),), code=True)
    assert veil_message(Message((code,), "x"), VEIL).blocks == (code,)


def test_screens_are_veiled_like_messages() -> None:
    dialog = Dialog("Story", parts=(plain_message("Meduza"),), elsewhere=((build_destination(), plain_message("b")),))
    assert plain_text(veil_dialog(dialog, VEIL).parts[0]) == "[outlet]"


@given(st.lists(st.sampled_from(["Meduza", "Медузой", " ", "a", "Afghanistan", " International", "meduza.io/x", "-"])))
def test_however_a_line_is_cut_into_runs_nothing_of_a_name_is_left(pieces: list[str]) -> None:
    hidden = veil_message(Message((line(*pieces),), "x"), VEIL)
    assert plain_text(hidden) == veil_words("".join(pieces), VEIL)
