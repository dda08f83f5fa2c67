"""Dialogs as Slack's modals and home tab, and what comes back when one is sent off. Pure.

Limits are those of slack_sdk.models.views and docs.slack.dev/reference/views: 24 characters for a title and a button,
100 blocks, 3,000 characters of private metadata and of an input.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.chat.slack.mrkdwn import clean
from bot.chat.slack.payloads import View
from bot.chat.slack.places import slack_id
from bot.chat.slack.render import render
from bot.domain.chats import Destination
from bot.domain.deliveries import Form
from bot.domain.dialogs import LONGEST_FIELD, Dialog, Field, fill
from bot.domain.messages import Message, plain_message
from bot.domain.wording import shorten

JSON = dict[str, Any]

BLOCKS_LIMIT = 100
METADATA_LIMIT = 3_000
_WORD_LIMIT = 24
_LABEL_LIMIT = 2_000
_OPTION_LIMIT = 75
_OPTION_VALUE_LIMIT = 150
_OPTIONS_LIMIT = 100
_FIELD_MARK, _INPUT = "field:", "v"
_DIALOG = "dialog"
# Blocks of the home tab that are about a channel carry its id, so that their buttons mean that channel.
_PLACE_MARK = "in:"


@dataclass(frozen=True, slots=True)
class Sent:
    """A dialog that was sent off: what it asks for, for which channel, and whether a screen waits for the answer."""

    channel: str
    action: str
    subject: str
    argument: str
    fields: dict[str, str]
    waits: bool


def build_modal(dialog: Dialog, destination: Destination, name: str = "") -> JSON | None:
    """The modal of a dialog about a destination; None for one that Slack would not take.

    `name` is our own for it, by which it can be replaced.
    """
    about = {
        "channel": slack_id(destination.address),
        "action": dialog.action,
        "subject": dialog.subject,
        "argument": dialog.argument,
        "wait": dialog.wait,
    }
    metadata = json.dumps(about, ensure_ascii=False)
    too_long = any(len(field.value) > min(field.longest, LONGEST_FIELD) for field in dialog.fields)
    if too_long or len(metadata) > METADATA_LIMIT:
        return None
    blocks = [*_build_parts(dialog.parts), *(_build_input(field) for field in dialog.fields)]
    return {
        "type": "modal",
        "callback_id": _DIALOG,
        "title": _plain(dialog.title, _WORD_LIMIT),
        "private_metadata": metadata,
        "blocks": blocks[:BLOCKS_LIMIT],
        **({"submit": _plain(dialog.submit, _WORD_LIMIT)} if dialog.submit else {}),
        **({"close": _plain(dialog.close, _WORD_LIMIT)} if dialog.close else {}),
        **({"external_id": name} if name else {}),
    }


def build_waiting(view: View, name: str) -> JSON | None:
    """What is pushed over a dialog that was sent off, until its answer is there; None where nobody waits."""
    about = _read_about(view)
    words = about.get("wait")
    if not isinstance(words, str) or not words:
        return None
    blocks = render(plain_message(words), Form.RICH).blocks
    return {
        "type": "modal",
        "callback_id": _DIALOG,
        "title": _plain("Tocsin", _WORD_LIMIT),
        "private_metadata": json.dumps({"channel": about.get("channel", "")}),
        "blocks": list(blocks),
        "external_id": name,
    }


def build_home(dialog: Dialog, destination: Destination) -> JSON:
    """The home tab of a person, who is written to at `destination`."""
    metadata = json.dumps({"channel": slack_id(destination.address)})
    blocks = _build_parts(dialog.parts)
    for number, (place, part) in enumerate(dialog.elsewhere):
        mark = f"{_PLACE_MARK}{slack_id(place.address)}:{number}"
        blocks += [{**block, "block_id": f"{mark}:{at}"} for at, block in enumerate(_build_parts([part]))]
    blocks = [*blocks, *_build_parts(dialog.tail)][:BLOCKS_LIMIT]
    return {"type": "home", "callback_id": _DIALOG, "private_metadata": metadata, "blocks": blocks}


def find_place(block_id: str) -> str:
    """The channel that a block of the home tab is about, where it is not the person's own; else nothing."""
    return block_id.removeprefix(_PLACE_MARK).partition(":")[0] if block_id.startswith(_PLACE_MARK) else ""


def _build_parts(parts: Iterable[Message]) -> list[JSON]:
    return [block for part in parts for block in render(part, Form.RICH).blocks]


def build_mistakes(mistakes: dict[str, str]) -> JSON:
    """The answer that leaves a dialog open, with what is wrong at each field."""
    words = {f"{_FIELD_MARK}{name}": shorten(clean(text), _LABEL_LIMIT) for name, text in mistakes.items()}
    return {"response_action": "errors", "errors": words}


def read_view(view: View) -> Sent | None:
    """What a view asks for when it is sent off, or where it belongs; None for a view of nobody's."""
    about = _read_about(view)
    texts = {name: str(about.get(name) or "") for name in ("channel", "action", "subject", "argument")}
    held = view.state.values if view.state else {}
    fields = {
        block.removeprefix(_FIELD_MARK): inputs[_INPUT].text
        for block, inputs in held.items()
        if block.startswith(_FIELD_MARK) and _INPUT in inputs
    }
    chats = [inputs[_INPUT].selected_conversation for inputs in held.values() if _INPUT in inputs]
    channel = next((chat for chat in chats if chat), texts["channel"])
    if not channel:
        return None
    argument = fill(texts["argument"], fields).strip()
    return Sent(channel, texts["action"], texts["subject"], argument, fields, bool(about.get("wait")))


def _read_about(view: View) -> JSON:
    try:
        about = json.loads(view.private_metadata) if len(view.private_metadata) <= METADATA_LIMIT else {}
    except (ValueError, RecursionError):
        return {}
    return about if isinstance(about, dict) else {}


def _build_input(field: Field) -> JSON:
    hint = clean(field.hint).strip()
    return {
        "type": "input",
        "block_id": f"{_FIELD_MARK}{field.id}",
        "label": _plain(field.label, _LABEL_LIMIT),
        "element": _build_element(field),
        "optional": field.optional,
        **({"hint": _plain(hint, _LABEL_LIMIT)} if hint else {}),
    }


def _build_element(field: Field) -> JSON:
    if field.kind == "choice":
        options = [
            {"text": _plain(choice.text, _OPTION_LIMIT), "value": choice.value}
            for choice in field.choices[:_OPTIONS_LIMIT]
            if len(choice.value) <= _OPTION_VALUE_LIMIT
        ]
        chosen = [option for option in options if option["value"] == field.value]
        first = {"initial_option": chosen[0]} if chosen else {}
        return {"type": "static_select", "action_id": _INPUT, "options": options, **first}
    if field.kind == "chat":
        # With neither a value nor a current conversation Slack leaves it empty.
        start = {"initial_conversation": field.value} if field.value else {"default_to_current_conversation": True}
        kinds = {"include": ["public", "private", "im"], "exclude_bot_users": True}
        return {"type": "conversations_select", "action_id": _INPUT, "filter": kinds, **start}
    value = clean(field.value)
    return {
        "type": "plain_text_input",
        "action_id": _INPUT,
        "multiline": field.kind == "text",
        "max_length": min(field.longest, LONGEST_FIELD),
        **({"initial_value": value} if value else {}),
    }


def _plain(text: str, limit: int) -> JSON:
    return {"type": "plain_text", "text": shorten(clean(text).strip() or "…", limit)}
