"""The fake refuses blocks that Slack refuses."""

from typing import Any

import pytest

from tests.fakes.slack_blocks import check_blocks, check_view
from tests.fakes.slack_shapes import ShapeError
from tests.fakes.slack_text import Live, find_live, visible_text


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str = "why", text: str = "Why", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def actions(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **more}


def rich(*elements: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}


@pytest.mark.parametrize(
    "block",
    [
        section("x" * 3000),
        section("x", fields=[mrkdwn("y" * 2000)] * 10),
        {"type": "header", "text": plain("x" * 150)},
        {"type": "context", "elements": [mrkdwn("x")] * 10},
        actions(*(button(f"b{number}", "x" * 75, value="v" * 2000) for number in range(25))),
        actions(button(url="https://e.example/" + "x" * 2982)),
        rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "link", "url": "https://e.example"}),
        {"type": "divider"},
    ],
)
def test_what_is_at_the_limit_is_taken(block: dict[str, Any]) -> None:
    check_blocks([block])


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        (section("x" * 3001), "must be less than 3001 characters"),
        (section(""), "must be more than 0 characters"),
        ({"type": "section"}, "missing required field: text"),
        (section("x", fields=[mrkdwn("y")] * 11), "no more than 10 items allowed"),
        ({"type": "header", "text": mrkdwn("x")}, "unsupported type: mrkdwn"),
        ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters"),
        ({"type": "context", "elements": [mrkdwn("x")] * 11}, "no more than 10 items allowed"),
        ({"type": "context", "elements": []}, "no fewer than 1 items allowed"),
        (actions(button(text="x" * 76)), "must be less than 76 characters"),
        (actions(button(value="x" * 2001)), "must be less than 2001 characters"),
        (actions(button(value="")), "must be more than 0 characters"),
        (actions(button(), button()), "`action_id` `why` already exists"),
        (actions(button(action_id="x" * 256)), "must be less than 256 characters"),
        (actions(*(button(f"b{number}") for number in range(26))), "no more than 25 items allowed"),
        (actions(button(url="javascript:alert(1)")), "must be a valid URL"),
        (actions(button(url="https://" + "x" * 3000)), "must be less than 3001 characters"),
        (actions(button(style="danger!")), "must be one of primary, danger"),
        (actions(button(colour="red")), "invalid additional property: colour"),
        (rich({"type": "text", "text": ""}), "must be more than 0 characters"),
        (rich({"type": "text", "text": "x", "style": {"loud": True}}), "invalid additional property: loud"),
        (rich(kind="rich_text_table"), "unsupported type: rich_text_table"),
        ({"type": "marquee"}, "unsupported type: marquee"),
        (section("x", block_id="b" * 256), "must be less than 256 characters"),
    ],
)
def test_what_is_beyond_the_limit_is_refused(block: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ShapeError) as caught:
        check_blocks([block])
    assert complaint in str(caught.value)


def test_fifty_blocks_and_no_more() -> None:
    check_blocks([{"type": "divider"}] * 50)
    with pytest.raises(ShapeError, match="no more than 50 items allowed"):
        check_blocks([{"type": "divider"}] * 51)


def test_block_ids_are_unique() -> None:
    with pytest.raises(ShapeError, match="`block_id` `a` already exists"):
        check_blocks([section("x", block_id="a"), section("y", block_id="a")])


def test_the_same_action_id_may_stand_in_two_blocks() -> None:
    check_blocks([actions(button()), actions(button())])


def test_rich_text_is_read_without_markup() -> None:
    content = check_blocks(
        [rich({"type": "text", "text": "*not* <!channel> "}, {"type": "text", "text": "bold", "style": {"bold": True}})]
    )
    assert content.visible == "*not* <!channel> bold"
    assert content.live == ()


def test_a_rich_text_mention_is_alive() -> None:
    assert check_blocks([rich({"type": "broadcast", "range": "here"})]).live == (Live("broadcast", "here"),)


def test_a_modal_with_a_field_needs_a_button_to_send_it() -> None:
    field = {"type": "input", "label": plain("Name"), "element": {"type": "plain_text_input", "action_id": "v"}}
    modal = {"type": "modal", "title": plain("New watchlist"), "blocks": [field]}
    with pytest.raises(ShapeError, match="missing required field: submit"):
        check_view(modal)
    check_view({**modal, "submit": plain("Test first")})


@pytest.mark.parametrize(
    ("text", "live"),
    [
        ("<!channel>", Live("broadcast", "channel")),
        ("<!here|here>", Live("broadcast", "here", "here")),
        ("<@U024BE7LH>", Live("user", "U024BE7LH")),
        ("<#C024BE91L|desk>", Live("channel", "C024BE91L", "desk")),
        ("<!subteam^S123>", Live("usergroup", "S123")),
        ("<https://e.example|e>", Live("link", "https://e.example", "e")),
    ],
)
def test_what_comes_alive(text: str, live: Live) -> None:
    assert find_live(text) == [live]


@pytest.mark.parametrize("text", ["@here", "&lt;!channel&gt;", "< !channel>", "<b>", "<!date^1^{date}|1 Jan 1970>"])
def test_what_stays_text(text: str) -> None:
    assert find_live(text) == []


def test_a_date_reads_as_its_fallback() -> None:
    assert visible_text("<!date^1721480700^{date_short_pretty} {time}|20 Jul 2024> &amp; more") == "20 Jul 2024 & more"


def test_a_bare_address_becomes_a_link_unless_the_text_is_verbatim() -> None:
    text = "see https://e.example/1 and <https://e.example/2|here>"
    assert [live.target for live in check_blocks([section(text)]).live] == [
        "https://e.example/2",
        "https://e.example/1",
    ]
    verbatim = {"type": "section", "text": {**mrkdwn(text), "verbatim": True}}
    assert [live.target for live in check_blocks([verbatim]).live] == ["https://e.example/2"]
