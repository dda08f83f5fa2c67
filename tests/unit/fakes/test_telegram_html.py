"""The fake reads Telegram's HTML as the platform does."""

import pytest

from tests.fakes.telegram_html import MarkupError, automatic_entities, link_problem, parse_html, utf16_length

ALERT = """🟠 <b>HIGH · CSTO</b> · <code>7Q2M</code>
<b><a href="https://news.example/a?x=1&amp;y=2">Border posts to get new drones</a></b>
Example Wire · reliability F (not yet rated) · English
<tg-time unix="1721480700" format="wDt">Sat 20 Jul 2024, 18:05 (UTC+5)</tg-time> · seen 4 min after publication

<b>Why:</b> CSTO by name, in headline
<blockquote>…the <b>Collective Security Treaty Organization</b> (CSTO) warned of <b>terrorism</b>…</blockquote>
Also rings: Spillover · Drug trafficking

#csto #afghan_spillover"""

DARI = (
    "🔴 <b>CRITICAL · Border</b>\n<b><a href='https://example.org/fa/1'>\u2068حمله بر کارگران\u2069</a></b>\n"
    "<blockquote>\u2068<b>حمله</b> بر <b>کارگران</b>\u2069</blockquote>\nMatched words: حمله = attack"
)


def spans(markup: str) -> list[tuple[str, str]]:
    parsed = parse_html(markup)
    units = parsed.text.encode("utf-16-le")
    return [
        (e["type"], units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in parsed.entities
    ]


def test_an_alert_card_parses_and_every_entity_covers_its_words() -> None:
    assert spans(ALERT) == [
        ("bold", "HIGH · CSTO"),
        ("code", "7Q2M"),
        ("bold", "Border posts to get new drones"),
        ("text_link", "Border posts to get new drones"),
        ("date_time", "Sat 20 Jul 2024, 18:05 (UTC+5)"),
        ("bold", "Why:"),
        ("blockquote", "…the Collective Security Treaty Organization (CSTO) warned of terrorism…"),
        ("bold", "Collective Security Treaty Organization"),
        ("bold", "terrorism"),
    ]


def test_a_right_to_left_card_keeps_its_isolates_and_runs() -> None:
    assert spans(DARI)[-3:] == [("blockquote", "\u2068حمله بر کارگران\u2069"), ("bold", "حمله"), ("bold", "کارگران")]


def test_entities_are_decoded_in_text_and_addresses() -> None:
    parsed = parse_html('<a href="https://e.example/?a=1&amp;b=2">A &lt;&gt; B &quot;&#67;&#x1F600;</a>')
    assert parsed.text == 'A <> B "C😀'
    assert parsed.entities[0]["url"] == "https://e.example/?a=1&b=2"
    assert parsed.entities[0]["length"] == utf16_length(parsed.text)


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("a <script>x</script>", 'Unsupported start tag "script" at byte offset 2'),
        ("é<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("a <!-- note -->", 'Unsupported start tag "!--" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ('<a href="https://e.example', "Unclosed start tag at byte offset 0"),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("<a =x>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=http://e.example>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">x</tg-emoji>', "Invalid custom emoji identifier specified"),
        ('<tg-time unix="soon">x</tg-time>', "Invalid Unix time specified"),
        ('<tg-time unix="1721480700" format="yyyy">x</tg-time>', "Invalid date-time format specified"),
        ("a&nbsp;b", 'Unsupported HTML entity "&nbsp;" at byte offset 1'),
        ("&#0;", 'Unsupported HTML entity "&#0;" at byte offset 0'),
        ("R&D", 'Unescaped "&" at byte offset 1'),
        ("a > b", 'Unescaped ">" at byte offset 2'),
        ("&#xD83D;", "Text contains invalid Unicode characters after decoding HTML entities"),
    ],
)
def test_bad_markup_is_refused_in_the_servers_words(markup: str, complaint: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_html(markup)
    assert str(caught.value).startswith(complaint)


def test_all_documented_tags_are_known() -> None:
    markup = (
        "<b>1</b><strong>2</strong><i>3</i><em>4</em><u>5</u><ins>6</ins><s>7</s><strike>8</strike><del>9</del>"
        '<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler><code>c</code><pre>d</pre>'
        '<blockquote expandable>e</blockquote><tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>'
        '<a href="tg://resolve?domain=x">f</a>'
    )
    assert [kind for kind, _ in spans(markup)] == [
        *["bold"] * 2,
        *["italic"] * 2,
        *["underline"] * 2,
        *["strikethrough"] * 3,
        *["spoiler"] * 2,
        "code",
        "pre",
        "expandable_blockquote",
        "custom_emoji",
        "text_link",
    ]


def test_nothing_is_styled_inside_code_and_quotations_do_not_nest() -> None:
    assert spans("<code><b>x</b></code>") == [("code", "x")]
    assert spans("<blockquote>a<blockquote>b</blockquote></blockquote>") == [("blockquote", "ab")]
    assert spans("<b><code>x</code></b>") == [("bold", "x"), ("code", "x")]


def test_white_space_at_the_ends_is_cut_and_entities_move_along() -> None:
    parsed = parse_html("  \n<b>a</b> b \n")
    assert parsed.text == "a b"
    assert parsed.entities == [{"type": "bold", "offset": 0, "length": 1}]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://e.example/x", ""),
        ("http://[2001:db8::1]/", ""),
        ("tg://user?id=1", ""),
        ("javascript:alert(1)", "Wrong HTTP URL"),
        ("javascript://x.y", "Unsupported URL protocol"),
        ("ftp://e.example", "Unsupported URL protocol"),
        ("not-a-url", "Wrong HTTP URL"),
        ("http://localhost/", "Wrong HTTP URL"),
        ("https:///x", "URL host is empty"),
        ("", "URL host is empty"),
    ],
)
def test_addresses_are_judged_as_the_server_does(url: str, problem: str) -> None:
    assert link_problem(url) == problem


def test_a_link_with_a_bad_address_becomes_plain_text_and_is_reported() -> None:
    parsed = parse_html('<a href="javascript:x">read</a>')
    assert parsed.entities == []
    assert parsed.dropped_links == ["javascript:x"]


def test_text_that_clients_make_clickable_is_found() -> None:
    text = "😀 /why@tocsin_bot and #csto by @newsdesk at https://e.example/a but not a/b or x@y"
    found = [
        (e["type"], text.encode("utf-16-le")[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in automatic_entities(text, [])
    ]
    assert found == [
        ("bot_command", "/why@tocsin_bot"),
        ("hashtag", "#csto"),
        ("mention", "@newsdesk"),
        ("url", "https://e.example/a"),
    ]
