"""Block Kit as Tocsin may use it, with the limits of the reference (docs.slack.dev/reference/block-kit) and
slack_sdk.models.blocks. Block and element types not written down here are refused, and so are unknown keys.
"""

from dataclasses import dataclass
from typing import Any

from tests.fakes.server import JSON
from tests.fakes.slack_shapes import (
    Check,
    ShapeError,
    Walk,
    address,
    array,
    boolean,
    integer,
    one_of,
    record,
    string,
    typed,
)
from tests.fakes.slack_text import Live

MESSAGE_BLOCKS_MAX = 50
VIEW_BLOCKS_MAX = 100


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader sees of a payload, and what in it is alive."""

    visible: str
    live: tuple[Live, ...]


def check_blocks(blocks: Any, maximum: int = MESSAGE_BLOCKS_MAX) -> Content:
    """Reads a message's blocks.

    Raises:
        ShapeError: with Slack's complaint and the place.
    """
    walk = Walk()
    array(BLOCK, 0, maximum)(blocks, "/blocks", walk)
    return Content("\n".join(walk.visible), tuple(walk.live))


def check_view(view: Any) -> Content:
    """Reads a modal or a home tab.

    Raises:
        ShapeError: with Slack's complaint and the place.
    """
    walk = Walk()
    typed({"modal": MODAL, "home": HOME})(view, "/view", walk)
    if view["type"] == "modal" and walk.has_input and "submit" not in view:
        raise ShapeError("missing required field: submit", "/view")
    return Content("\n".join(walk.visible), tuple(walk.live))


def elements_of(blocks: list[JSON]) -> list[tuple[str, JSON]]:
    """Every interactive element with the id of its block."""
    found: list[tuple[str, JSON]] = []
    for block in blocks:
        candidates = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
        found += [(block["block_id"], e) for e in candidates if isinstance(e, dict) and "action_id" in e]
    return found


def _plain(maximum: int) -> Check:
    shape = record({"text": string(maximum)}, {"emoji": boolean})

    def check(value: Any, path: str, walk: Walk) -> None:
        typed({"plain_text": shape})(value, path, walk)
        walk.visible.append(value["text"])

    return check


def _mrkdwn(maximum: int) -> Check:
    shape = record({"text": string(maximum)}, {"verbatim": boolean})

    def check(value: Any, path: str, walk: Walk) -> None:
        shape(value, path, walk)
        walk.see_mrkdwn(value["text"], is_verbatim=value.get("verbatim", False))

    return check


def _any_text(maximum: int) -> Check:
    return typed({"plain_text": _plain(maximum), "mrkdwn": _mrkdwn(maximum)})


def _action_id(value: Any, path: str, walk: Walk) -> None:
    string(255)(value, path, walk)
    if value in walk.action_ids:
        raise ShapeError(f"`action_id` `{value}` already exists", path)
    walk.action_ids.add(value)


def _options(minimum: int, maximum: int, *, has_url: bool = False) -> Check:
    extra = {"description": _plain(75)} | ({"url": address()} if has_url else {})
    return array(record({"text": _plain(75), "value": string(150)}, extra), minimum, maximum)


CONFIRM = record(
    {"title": _plain(100), "text": _any_text(300), "confirm": _plain(30), "deny": _plain(30)},
    {"style": one_of("primary", "danger")},
)
IMAGE_PARTS = {"image_url": address(), "alt_text": string(2000)}
IMAGE_ELEMENT = record(IMAGE_PARTS)
BUTTON = record(
    {"text": _plain(75)},
    {
        "action_id": _action_id,
        "url": address(),
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
OVERFLOW = record({"options": _options(2, 5, has_url=True), "action_id": _action_id}, {"confirm": CONFIRM})
FIELD: dict[str, Check] = {"placeholder": _plain(150), "focus_on_load": boolean}
SELECT: dict[str, Check] = {**FIELD, "confirm": CONFIRM}
FILTER = record(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_bot_users": boolean,
        "exclude_external_shared_channels": boolean,
    },
)


def _choice(initial: str, maximum: int, extra: dict[str, Check]) -> Check:
    options = _options(1, maximum)
    one = record({"text": _plain(75), "value": string(150)}, {"description": _plain(75)})
    starts = one if initial == "initial_option" else array(one, 1, maximum)
    shape = record({"action_id": _action_id, "options": options}, {**extra, initial: starts})

    def check(value: Any, path: str, walk: Walk) -> None:
        shape(value, path, walk)
        chosen = value.get(initial, [])
        for option in [chosen] if isinstance(chosen, dict) else chosen:
            if option not in value["options"]:
                raise ShapeError("must be one of the options", f"{path}/{initial}")

    return check


ELEMENTS: dict[str, Check] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "static_select": _choice("initial_option", 100, SELECT),
    "multi_static_select": _choice("initial_options", 100, {**SELECT, "max_selected_items": integer(1, 100)}),
    "radio_buttons": _choice("initial_option", 10, {"confirm": CONFIRM, "focus_on_load": boolean}),
    "checkboxes": _choice("initial_options", 10, {"confirm": CONFIRM, "focus_on_load": boolean}),
    "users_select": record({"action_id": _action_id}, {**SELECT, "initial_user": string(255)}),
    "channels_select": record(
        {"action_id": _action_id}, {**SELECT, "initial_channel": string(255), "response_url_enabled": boolean}
    ),
    "conversations_select": record(
        {"action_id": _action_id},
        {
            **SELECT,
            "initial_conversation": string(255),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": FILTER,
        },
    ),
    "timepicker": record({"action_id": _action_id}, {**SELECT, "initial_time": string(5), "timezone": string(255)}),
    "datepicker": record({"action_id": _action_id}, {**SELECT, "initial_date": string(10)}),
}
INPUTS: dict[str, Check] = {
    **{kind: check for kind, check in ELEMENTS.items() if kind not in {"button", "overflow"}},
    "plain_text_input": record(
        {"action_id": _action_id},
        {
            **FIELD,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    "url_text_input": record({"action_id": _action_id}, {**FIELD, "initial_value": address()}),
}


def _run(value: Any, path: str, walk: Walk) -> None:
    string(3000)(value, path, walk)
    walk.visible[-1] += value


def _alive(kind: str) -> Check:
    def check(value: Any, path: str, walk: Walk) -> None:
        string(255)(value, path, walk)
        walk.live.append(Live(kind, value))

    return check


def _rich_link(value: Any, path: str, walk: Walk) -> None:
    record({"url": address()}, {"text": string(3000), "style": STYLE, "unsafe": boolean})(value, path, walk)
    walk.visible[-1] += value.get("text", value["url"])
    walk.live.append(Live("link", value["url"], value.get("text", "")))


def _rich_date(value: Any, path: str, walk: Walk) -> None:
    parts = {"timestamp": integer(0, 2**33), "format": string(255)}
    record(parts, {"url": address(), "fallback": string(255), "style": STYLE})(value, path, walk)
    walk.visible[-1] += value.get("fallback", "")


STYLE = record({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
INLINE = typed(
    {
        "text": record({"text": _run}, {"style": STYLE}),
        "link": _rich_link,
        "emoji": record({"name": string(255)}, {"unicode": string(255), "skin_tone": integer(1, 6), "style": STYLE}),
        "date": _rich_date,
        "user": record({"user_id": _alive("user")}, {"style": STYLE}),
        "usergroup": record({"usergroup_id": _alive("usergroup")}, {"style": STYLE}),
        "channel": record({"channel_id": _alive("channel")}, {"style": STYLE}),
        "broadcast": record({"range": _alive("broadcast")}, {"style": STYLE}),
    }
)


def _paragraph(extra: dict[str, Check]) -> Check:
    shape = record({"elements": array(INLINE, 0, 500)}, extra)

    def check(value: Any, path: str, walk: Walk) -> None:
        walk.visible.append("")
        shape(value, path, walk)

    return check


RICH_SECTION = _paragraph({})
RICH_PARTS: dict[str, Check] = {
    "rich_text_section": RICH_SECTION,
    "rich_text_quote": _paragraph({"border": integer(0, 1)}),
    "rich_text_preformatted": _paragraph({"border": integer(0, 1)}),
    "rich_text_list": record(
        {"elements": array(typed({"rich_text_section": RICH_SECTION}), 1, 500), "style": one_of("bullet", "ordered")},
        {"indent": integer(0, 8), "offset": integer(0, 10_000), "border": integer(0, 1)},
    ),
}


def _block(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    shape = record(required, {"block_id": string(255), **(optional or {})})

    def check(value: Any, path: str, walk: Walk) -> None:
        walk.action_ids.clear()
        shape(value, path, walk)
        block_id = value.get("block_id")
        if block_id in walk.block_ids:
            raise ShapeError(f"`block_id` `{block_id}` already exists", f"{path}/block_id")
        if block_id:
            walk.block_ids.add(block_id)

    return check


def _section(value: Any, path: str, walk: Walk) -> None:
    parts: dict[str, Check] = {
        "text": _any_text(3000),
        "fields": array(_any_text(2000), 1, 10),
        "accessory": typed({**ELEMENTS, "image": IMAGE_ELEMENT}),
        "expand": boolean,
    }
    _block({}, parts)(value, path, walk)
    if "text" not in value and "fields" not in value:
        raise ShapeError("missing required field: text", path)


def _input(value: Any, path: str, walk: Walk) -> None:
    walk.has_input = True
    extra = {"hint": _plain(2000), "optional": boolean, "dispatch_action": boolean}
    _block({"label": _plain(2000), "element": typed(INPUTS)}, extra)(value, path, walk)


BLOCK = typed(
    {
        "header": _block({"text": _plain(150)}),
        "section": _section,
        "context": _block(
            {
                "elements": array(
                    typed({"plain_text": _plain(3000), "mrkdwn": _mrkdwn(3000), "image": IMAGE_ELEMENT}), 1, 10
                )
            }
        ),
        "actions": _block({"elements": array(typed(ELEMENTS), 1, 25)}),
        "divider": _block({}),
        "image": _block(IMAGE_PARTS, {"title": _plain(2000)}),
        "input": _input,
        "rich_text": _block({"elements": array(typed(RICH_PARTS), 1, 500)}),
    }
)
VIEW_PARTS: dict[str, Check] = {
    "callback_id": string(255),
    "private_metadata": string(3000, 0),
    "external_id": string(255),
}
HOME = record({"blocks": array(BLOCK, 0, VIEW_BLOCKS_MAX)}, VIEW_PARTS)
MODAL = record(
    {"title": _plain(24), "blocks": array(BLOCK, 0, VIEW_BLOCKS_MAX)},
    {
        **VIEW_PARTS,
        "submit": _plain(24),
        "close": _plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
