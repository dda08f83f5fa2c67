"""Reads what Slack's payloads ask for. Pure, and total: a payload that cannot be read asks for nothing.

A payload is the body of a slash command, of a press (`block_actions`) or of an event (`event_callback`), as Socket
Mode and HTTP both deliver it: docs.slack.dev/apis/events-api/using-socket-mode.
"""

import hashlib
import html
import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.chat.slack.buttons import find_press
from bot.commands.chat_app import Membership, Received
from bot.commands.invocation import Invocation, Via
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Person, Platform, ReplyAddress

_LEFT = {
    "channel_left": "the bot was removed",
    "group_left": "the bot was removed",
    "channel_archive": "the channel was archived",
    "group_archive": "the channel was archived",
    "channel_deleted": "the channel was deleted",
    "group_deleted": "the channel was deleted",
}
_TOKEN = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_READABLE_SUBTYPES = {"", "thread_broadcast", "file_share"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Command(_Part):
    command: str
    text: str = ""
    team_id: str = ""
    channel_id: str
    channel_name: str = ""
    user_id: str
    user_name: str = ""
    response_url: str = ""


class _Named(_Part):
    id: str
    name: str = ""


class _Team(_Part):
    id: str = ""


class _Container(_Part):
    message_ts: str = ""
    channel_id: str = ""
    is_ephemeral: bool = False


class _Action(_Part):
    value: str = ""


class _Press(_Part):
    type: str = Field(pattern="^block_actions$")
    user: _Named
    team: _Team | None = None
    channel: _Named | None = None
    container: _Container = _Container()
    actions: tuple[_Action, ...] = Field(min_length=1)
    response_url: str = ""


class _Event(_Part):
    type: str
    subtype: str = ""
    channel: str = ""
    channel_type: str = ""
    user: str = ""
    bot_id: str = ""
    text: str = ""
    ts: str = ""
    thread_ts: str = ""


class _Authorization(_Part):
    user_id: str = ""


class _EventCallback(_Part):
    event: _Event
    team_id: str = ""
    authorizations: tuple[_Authorization, ...] = ()

    @property
    def bot_user(self) -> str:
        """The bot's own user id in this workspace."""
        return self.authorizations[0].user_id if self.authorizations else ""


_PAYLOAD: TypeAdapter[_Command | _Press | _EventCallback] = TypeAdapter(_Command | _Press | _EventCallback)


def update_key(body: Mapping[str, Any]) -> str:
    """What stays the same however often Slack delivers a payload: the event's id, or a command's or press's trigger."""
    for name in ("event_id", "trigger_id"):
        if isinstance(body.get(name), str) and body[name]:
            return str(body[name])
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def read_update(update: InboundUpdate, command: str) -> Received | Membership | None:
    """What a payload asks for; `command` is the name of our slash command, such as `/tocsin`."""
    try:
        content = _PAYLOAD.validate_json(update.payload)
    except (ValidationError, UnicodeEncodeError):
        return None
    match content:
        case _Command():
            return _read_command(content, update, command)
        case _Press():
            return _read_press(content, update)
        case _:
            return _read_event(content, update)


def find_answer_address(update: InboundUpdate) -> tuple[str, str, str]:
    """Channel, person and response address of a press; empty where there are none."""
    try:
        press = _Press.model_validate_json(update.payload)
    except (ValidationError, UnicodeEncodeError):
        return "", "", ""
    return _press_channel(press), press.user.id, press.response_url


def _destination(address: str, workspace: str, title: str = "") -> Destination:
    """Direct messages have ids with D, channels with C, older private channels with G."""
    kind = ChatKind.PRIVATE if address.startswith("D") else ChatKind.CHANNEL
    return Destination(Platform.SLACK, address, kind=kind, title=title, workspace=workspace)


def _person(user: str, name: str = "") -> Person:
    return Person(Platform.SLACK, user, name)


def _read_command(given: _Command, update: InboundUpdate, command: str) -> Received | None:
    if given.command.lower() != command.lower() or not given.channel_id or not given.user_id:
        return None
    verb, argument = _split(_as_typed(given.text))
    invocation = Invocation(
        _destination(given.channel_id, given.team_id, given.channel_name),
        _person(given.user_id, given.user_name),
        verb,
        argument,
        Via.COMMAND,
        update.received_at,
    )
    return Received(invocation, ReplyAddress(only_for=given.user_id, response_url=given.response_url))


def _press_channel(press: _Press) -> str:
    return press.channel.id if press.channel else press.container.channel_id


def _read_press(given: _Press, update: InboundUpdate) -> Received | None:
    channel, asked = _press_channel(given), find_press(given.actions[0].value)
    if asked is None or not channel:
        return None
    pressed = given.container.message_ts
    name = given.channel.name if given.channel else ""
    destination = _destination(channel, given.team.id if given.team else "", name)
    invocation = Invocation(
        destination,
        _person(given.user.id, given.user.name),
        asked.action,
        asked.argument,
        Via.BUTTON,
        update.received_at,
        asked.subject,
        pressed,
    )
    if destination.kind is ChatKind.PRIVATE:  # nobody reads along, and what is for one person's eyes does not last
        return Received(invocation, ReplyAddress())
    card = "" if given.container.is_ephemeral else pressed  # such a message cannot be answered under
    return Received(invocation, ReplyAddress(card, given.user.id, given.response_url))


def _read_event(given: _EventCallback, update: InboundUpdate) -> Received | Membership | None:
    event = given.event
    destination = _destination(event.channel, given.team_id)
    if not event.channel:
        return None
    if event.type in _LEFT:
        return Membership(destination, present=False, reason=_LEFT[event.type])
    if event.type == "member_joined_channel":
        return Membership(destination, present=True) if event.user and event.user == given.bot_user else None
    is_for_bot = event.type == "app_mention" or (event.type == "message" and event.channel_type == "im")
    is_from_person = event.user and not event.bot_id and event.user != given.bot_user
    if not is_for_bot or not is_from_person or event.subtype not in _READABLE_SUBTYPES:
        return None
    return _read_words(event, destination, given.bot_user, update)


def _read_words(event: _Event, destination: Destination, bot_user: str, update: InboundUpdate) -> Received | None:
    words = _as_typed(_behind_mention(event.text, bot_user))
    is_mention = event.type == "app_mention"
    if not words and not is_mention:
        return None
    verb, argument = _split(words)
    # Whoever names the bot wants a command of it, in a thread too; other words under a card may be plain talk.
    via = Via.REPLY if event.thread_ts and not is_mention else Via.COMMAND
    invocation = Invocation(
        destination,
        _person(event.user),
        verb,
        argument,
        via,
        update.received_at,
        replied_message=event.thread_ts,
    )
    under = event.thread_ts or (event.ts if is_mention else "")
    return Received(invocation, ReplyAddress(under))


def _behind_mention(text: str, bot_user: str) -> str:
    """What follows the mention of the bot; all of it if there is none."""
    for mention in _MENTION.finditer(text):
        if not bot_user or mention[1] == bot_user:
            return text[mention.end() :]
    return text


def _split(text: str) -> tuple[str, str]:
    """Verb and the rest behind it; nothing at all asks for help."""
    words = text.split(maxsplit=1)
    if not words:
        return "help", ""
    word = words[0].removeprefix("/").lower()
    return word.rstrip("?!.,؟") or word or "help", words[1] if len(words) > 1 else ""


def _as_typed(text: str) -> str:
    """The text as the person typed it: Slack escapes three characters and puts addresses into angle brackets."""
    return html.unescape(_TOKEN.sub(_typed_token, text)).strip()


def _typed_token(match: re.Match[str]) -> str:
    target, label = match[1], match[2] or ""
    if target.startswith(("@", "#", "!")):
        sign = "@" if target[0] == "!" else target[0]
        return f"{sign}{label or target[1:]}".replace("@@", "@")
    return label if target.startswith(("mailto:", "tel:")) else target
