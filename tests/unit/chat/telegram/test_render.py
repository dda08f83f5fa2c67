"""Messages fit Telegram, whatever stands in them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.telegram.fitting import clean, utf16_length
from bot.chat.telegram.render import render
from bot.domain.cards import build_card
from bot.domain.deliveries import Form
from bot.domain.messages import Gap, Line, Message, Moment, Quote, Text, bold, isolate, line, plain_message
from bot.matching.records import Evidence, TextField
from tests import factories
from tests.fakes.telegram_html import Parsed
from tests.fakes.telegram_rules import TEXT_MAX, read_text

WORD_JOINER = "\u2060"
PUBLISHED = datetime(2024, 7, 20, 13, 5, tzinfo=UTC)
TITLE = "CSTO warns of terrorism and drug trafficking spreading from Afghanistan into Central Asia"
SUMMARY = (
    "The Secretary-General of the Collective Security Treaty Organization (CSTO) has issued a warning about "
    "the ongoing risk of terrorism & drug trafficking."
)
# The layout of UX specification 2.3, with what a card says of one report.
CSTO_CARD = """\
🟠 <b>HIGH · CSTO</b> · <code>7Q2M</code>
<b><a href="https://rudabe.example/archives?id=16438&amp;lang=en">CSTO warns of terrorism and drug trafficking \
spreading from Afghanistan into Central Asia</a></b>
RASC News Agency · reliability F (not yet rated) · English
<tg-time unix="1721480700" format="wDt">Sat 20 Jul 2024, 18:05 (UTC+5)</tg-time> · seen 4 min after publication

<b>Why:</b> CSTO by name, in headline and first paragraph
<blockquote>The Secretary-General of the <b>Collective Security Treaty Organization</b> (<b>CSTO</b>) has \
issued a warning about the ongoing risk of terrorism &amp; drug trafficking.</blockquote>
Mentions only: ISKP

#csto"""


def evidence(field: TextField, text: str, label: str = "CSTO") -> Evidence:
    source = TITLE if field == "title" else SUMMARY
    start = source.index(text)
    return Evidence(field, start, start + len(text), text, text, "csto", label, "en")


def csto_card(title: str = TITLE) -> Message:
    report = factories.build_report(
        item=factories.build_item(
            title=title,
            summary=SUMMARY,
            link="https://rudabe.example/archives?id=16438&lang=en",
            published=PUBLISHED,
            first_seen=PUBLISHED + timedelta(minutes=4, seconds=30),
        ),
        feed=factories.build_feed("rasc", outlet="RASC News Agency", grade="F"),
        matches=(
            factories.build_match(
                rule_label="CSTO by name",
                evidence=(
                    evidence("title", "CSTO"),
                    evidence("summary", "Collective Security Treaty Organization"),
                    evidence("summary", "CSTO"),
                ),
            ),
            factories.build_match("iskp", rings=False, evidence=(evidence("summary", "terrorism"),)),
        ),
    )
    view = factories.build_alert_view(alert=factories.build_alert("7Q2M"), reports=(report,))
    return build_card(view, factories.build_destination(timezone="Asia/Dushanbe"), frozenset({"csto"}))


def parsed(message: Message, form: Form = Form.RICH) -> Parsed:
    """What a strict server makes of it; raises where the server would refuse."""
    rendered = render(message, form)
    return read_text(rendered.text, rendered.parse_mode or "", [], TEXT_MAX)


def test_the_csto_card_has_the_layout_of_the_specification() -> None:
    assert render(csto_card()).text == CSTO_CARD


def test_the_csto_card_keeps_its_buttons() -> None:
    keyboard = render(csto_card()).keyboard
    assert keyboard is not None
    buttons = [button for row in keyboard.inline_keyboard for button in row]
    assert (buttons[0].text, buttons[0].url) == ("🔗 Open", "https://rudabe.example/archives?id=16438&lang=en")
    assert "a1:7Q2M:why" in [button.callback_data for button in buttons]


def test_times_are_plain_text_for_servers_that_do_not_know_them() -> None:
    rendered = render(csto_card(), plain_times=True)
    assert not rendered.has_times
    assert "Sat 20 Jul 2024, 18:05 (UTC+5) · seen 4 min" in rendered.text
    assert "tg-time" not in rendered.text


def test_a_time_that_telegram_cannot_show_is_plain_text() -> None:
    ancient = Moment(datetime(1912, 1, 1, tzinfo=UTC), "1 Jan 1912")
    assert render(Message((line(ancient),), "")).text == "1 Jan 1912"


def test_quotes_fold_where_they_may() -> None:
    message = Message((Quote((Text("a < b"),), expandable=True), Quote((Text("c"),))), "")
    assert render(message).text == "<blockquote expandable>a &lt; b</blockquote>\n<blockquote>c</blockquote>"


def test_right_to_left_titles_keep_their_isolates() -> None:
    title = isolate("حمله افراد مسلح")
    rendered = render(Message((Line((Text(title, bold=True, url="https://e.example/1"),), "title"),), ""))
    assert rendered.text == '<b><a href="https://e.example/1">\u2068حمله افراد مسلح\u2069</a></b>'


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "tg://user?id=1", "https://a b.example", "http://[", "ftp://a.b"]
)
def test_an_address_that_is_no_web_page_is_no_link(url: str) -> None:
    assert render(Message((line(Text("headline", url=url)),), "")).text == "headline"


def test_code_stands_alone() -> None:
    message = Message((line(Text("7Q2M", bold=True, code=True, url="https://e.example")),), "")
    assert render(message).text == "<code>7Q2M</code>"


def test_a_line_stays_one_line() -> None:
    assert render(Message((line("head\nline"), Gap(), line("next")), "")).text == "head line\n\nnext"


def test_the_plain_form_has_no_markup_but_its_buttons() -> None:
    rendered = render(csto_card(), Form.PLAIN)
    assert rendered.parse_mode is None
    assert rendered.keyboard is not None
    assert "(https://rudabe.example/archives?id=16438&lang=en)" in rendered.text
    assert "risk of terrorism & drug trafficking" in rendered.text


def test_the_minimal_form_is_title_and_link_alone() -> None:
    rendered = render(csto_card(), Form.MINIMAL)
    assert rendered.text == f"{TITLE}\nhttps://rudabe.example/archives?id=16438&lang=en"
    assert (rendered.parse_mode, rendered.keyboard) == (None, None)


def test_the_minimal_form_of_a_reply_is_its_summary() -> None:
    rendered = render(plain_message("Watching CSTO.\n\nIt rings."), Form.MINIMAL)
    assert rendered.text == "Watching CSTO. It rings."


@pytest.mark.parametrize("blocks", [(), (Gap(),), (line(" \u2068\u2069"),), (line(""),)])
def test_a_message_without_visible_text_says_its_summary(blocks: tuple[Line | Gap, ...]) -> None:
    assert render(Message(blocks, "No alerts yet.")).text == "No alerts yet."
    assert render(Message(blocks, " ")).text == "(no text)"


def test_a_long_quote_gives_way_to_what_stands_around_it() -> None:
    message = Message((line("head"), Quote((Text("word " * 3000),), expandable=True), line("tail")), "")
    text = parsed(message).text
    assert text.startswith("head\nword word")
    assert text.endswith("word…\ntail")
    assert 3900 < utf16_length(text) <= 4000


def test_a_message_of_many_lines_is_cut_at_the_end() -> None:
    rows = tuple(line(bold(f"row {row}"), " with something to say") for row in range(400))
    text = parsed(Message(rows, "")).text
    assert text.startswith("row 0 with")
    assert 3900 < utf16_length(text) <= 4000


def test_a_link_in_which_words_stand_out_is_one_link() -> None:
    url = "https://ofoq.example/1"
    headline = line("• ", Text("CSTO", bold=True, url=url), Text(" meets in ", url=url), Text("Minsk", True, url=url))
    assert render(Message((headline,), "x")).text == f'• <a href="{url}"><b>CSTO</b> meets in <b>Minsk</b></a>'


def test_more_links_than_telegram_takes_lose_their_markup_and_keep_their_words() -> None:
    rows = tuple(line(Text(f"headline {row}", url=f"https://e.example/{'x' * 300}/{row}")) for row in range(150))
    seen = parsed(Message(rows, ""))
    assert "headline 149" in seen.text
    assert 20 <= sum(entity["type"] == "text_link" for entity in seen.entities) <= 90


def test_even_the_longest_markup_stays_below_where_the_server_cuts_it() -> None:
    url = f"https://e.example/?{'&' * 900}"
    rows = [line(Text("&" * 30, bold=True, url=url), Moment(PUBLISHED, "&" * 14)) for _ in range(100)]
    text = render(Message(tuple(rows), "")).text
    assert 25_000 < len(text.encode()) < 35_000
    assert parsed(Message(tuple(rows), "")).entities


HOSTILE = st.text(max_size=400) | st.lists(
    st.sampled_from(
        [
            "<b>", "</b>", "<script>", "&amp;", "&#0;", "&", "<", ">", '"', "'", "\u202e", "\u2066", "\u2069", "\x00",
            "\r\n", "\ud800", "😀", "@admin", "/start", "</a>", "<tg-time unix=", "\u0301", " ", "حمله", "a" * 300,
        ]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(HOSTILE)
def test_hostile_titles_are_never_refused_and_stay_as_they_are(title: str) -> None:
    message = Message((Line((Text(title, bold=True, url="https://e.example/1"),), "title"), line("end")), "summary")
    wanted = clean(title.replace("\n", " "))
    assert parsed(message).text.replace(WORD_JOINER, "") == f"{wanted}\nend".replace(WORD_JOINER, "").strip()


@given(HOSTILE, st.sampled_from(Form))
def test_cards_with_hostile_titles_are_never_refused_in_any_form(title: str, form: Form) -> None:
    seen = parsed(csto_card(title), form)
    assert seen.text
    assert utf16_length(seen.text) <= 4000


@given(st.lists(HOSTILE, max_size=30), HOSTILE)
def test_hostile_quotes_and_long_messages_always_fit(texts: list[str], quoted: str) -> None:
    blocks = [line(Text(text, bold=True), Text(text, url="https://e.example/?q=<>&")) for text in texts]
    message = Message((*blocks, Quote((Text(quoted * 20),), expandable=True)), "summary")
    assert utf16_length(parsed(message).text) <= 4000


LIVE = st.lists(
    st.sampled_from(
        ["@admin", "@", "/start", "/", "#tag", "https://", "evil.com", "t.me/+x", "a", " ", "\n", ".", "1/2"]
    ),
    max_size=12,
).map("".join)


@given(st.lists(LIVE | HOSTILE, min_size=1, max_size=4), st.sampled_from(Form))
def test_nothing_in_the_words_of_a_source_is_live(pieces: list[str], form: Form) -> None:
    spans = tuple(Text(piece, bold=place % 2 == 1) for place, piece in enumerate(pieces))
    for block in (Quote(spans), Line(spans, "title")):
        kinds = {entity["type"] for entity in parsed(Message((block,), "summary"), form).entities}
        assert kinds <= {"bold", "blockquote"}


def test_words_that_only_look_alike_stay_as_they_are() -> None:
    text = "At 7 a.m. 1/2 of 2.5 kg, 24/7, a/b; e.g. U.S. aid."
    assert render(Message((Quote((Text(text),)),), "")).text == f"<blockquote>{text}</blockquote>"


def test_commands_in_an_answer_of_ours_stay_live() -> None:
    kinds = [entity["type"] for entity in parsed(plain_message("Close: /watch, /watchlists.")).entities]
    assert kinds == ["bot_command", "bot_command"]


def test_a_person_is_called_by_their_id() -> None:
    message = Message((line("Nobody has it. ", Text("Dana <b>", mention="42")),), "Nobody has it.")
    assert render(message).text == 'Nobody has it. <a href="tg://user?id=42">Dana &lt;b&gt;</a>'
    forged = Message((line(Text("Dana", mention='4"2')),), "Dana")
    assert render(forged).text == "Dana"
