"""Reads what Slack's payloads ask for. Pure, and total: a payload that cannot be read asks for nothing."""

import hashlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.chat.slack.buttons import PRESSES
from bot.chat.slack.payloads import Command, EventCallback, Interaction, read_payload
from bot.chat.slack.places import build_destination, build_person
from bot.chat.slack.views import find_place, read_view
from bot.commands.chat_app import Departure, Membership, Received, ReceivedFile
from bot.commands.invocation import Invocation, Via
from bot.commands.presses import Press
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Person, ReplyAddress

_LEFT = {
    "channel_left": "the bot was removed",
    "group_left": "the bot was removed",
    "channel_archive": "the channel was archived",
    "group_archive": "the channel was archived",
    "channel_deleted": "the channel was deleted",
    "group_deleted": "the channel was deleted",
}
# The tokens of an uninstalled app are revoked as well; either event may come alone.
_GONE = {
    "app_uninstalled": "the app was uninstalled from the workspace",
    "tokens_revoked": "the app's token was revoked in the workspace",
}
# The verbs of commands that only Slack's own ways lead to, and the manifest's callback ids of its shortcuts.
NEW, HOME = "new", "home"
SHORTCUTS = {"watch_this": NEW, "watch_new": NEW, "why_alert": "why"}
_TOKEN = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_READABLE_SUBTYPES = {"", "thread_broadcast", "file_share"}


@dataclass(frozen=True, slots=True)
class Reading:
    """How payloads are read: the name of our slash command, such as `/tocsin`, and whether the app serves `several`
    workspaces, whose channels are then kept apart.
    """

    command: str = "/tocsin"
    several: bool = False

    def destination(self, channel: str, workspace: str, title: str = "") -> Destination:
        """The destination that a channel is."""
        return build_destination(channel, workspace, title, several=self.several)

    def person(self, user: str, workspace: str, name: str = "") -> Person:
        """The person that a user is."""
        return build_person(user, workspace, name, several=self.several)


def update_key(body: Mapping[str, Any]) -> str:
    """What stays the same however often Slack delivers a payload.

    The event's id, the state of the view that was sent off, or the trigger of whatever else somebody did.
    """
    view = body.get("view")
    if body.get("type") == "view_submission" and isinstance(view, Mapping):
        return f"{view.get('id')}:{view.get('hash')}"
    for name in ("event_id", "trigger_id"):
        if isinstance(body.get(name), str) and body[name]:
            return str(body[name])
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def read_update(update: InboundUpdate, reading: Reading) -> Received | Membership | Departure | None:
    """What a payload asks for."""
    content = read_payload(update.payload)
    match content:
        case Command():
            return _read_command(content, update, reading)
        case Interaction(type="block_actions"):
            return _read_press(content, update, reading)
        case Interaction(type="view_submission"):
            return _read_sent_view(content, update, reading)
        case Interaction():
            return _read_shortcut(content, update, reading)
        case EventCallback():
            return _read_event(content, update, reading)
    return None


def find_answer_address(update: InboundUpdate) -> tuple[str, str, str, str]:
    """Channel, workspace, person and response address of a press in a message; empty where there are none."""
    press = read_payload(update.payload)
    if not isinstance(press, Interaction) or press.view is not None:
        return "", "", "", ""
    return press.channel_id, press.workspace, press.user.id, press.response_url


def _read_command(given: Command, update: InboundUpdate, reading: Reading) -> Received | None:
    if given.command.lower() != reading.command.lower() or not given.channel_id or not given.user_id:
        return None
    verb, argument = _split(_as_typed(given.text))
    invocation = Invocation(
        reading.destination(given.channel_id, given.team_id, given.channel_name),
        reading.person(given.user_id, given.team_id, given.user_name),
        verb if given.text.strip() else NEW,
        argument,
        Via.COMMAND,
        update.received_at,
    )
    return Received(invocation, ReplyAddress(only_for=given.user_id, response_url=given.response_url), can_ask=True)


def _invoke(
    given: Interaction,
    update: InboundUpdate,
    reading: Reading,
    destination: Destination,
    asked: Press,
    *,
    via: Via = Via.BUTTON,
    message: str = "",
) -> Invocation:
    """What the person asked for there, on a `message` if it was one."""
    person = reading.person(given.user.id, given.workspace, given.user.name)
    return Invocation(
        destination, person, asked.action, asked.argument, via, update.received_at, asked.subject, message
    )


def _read_press(given: Interaction, update: InboundUpdate, reading: Reading) -> Received | None:
    asked = PRESSES.find(given.actions[0].asked) if given.actions else None
    if asked is None:
        return None
    if given.view is not None:
        return _read_press_in_view(given, asked, update, reading)
    if not given.channel_id:
        return None
    pressed = given.container.message_ts
    name = given.channel.name if given.channel else ""
    destination = reading.destination(given.channel_id, given.workspace, name)
    invocation = _invoke(given, update, reading, destination, asked, message=pressed)
    if destination.kind is ChatKind.PRIVATE:  # nobody reads along, and what is for one person's eyes does not last
        return Received(invocation, ReplyAddress(), can_ask=True)
    card = "" if given.container.is_ephemeral else pressed  # such a message cannot be answered under
    return Received(invocation, ReplyAddress(card, given.user.id, given.response_url), can_ask=True)


def _read_press_in_view(given: Interaction, asked: Press, update: InboundUpdate, reading: Reading) -> Received | None:
    """Something pressed in a modal or the home tab: the answer is shown there too."""
    where = read_view(given.view) if given.view else None
    if where is None:
        return None
    channel = find_place(given.actions[0].block_id) or where.channel
    destination = reading.destination(channel, given.workspace)
    invocation = _invoke(given, update, reading, destination, asked)
    return Received(invocation, _aside(destination, given), can_ask=True, on_screen=True)


def _aside(destination: Destination, given: Interaction) -> ReplyAddress:
    """Where to answer somebody who acts outside of messages: to them alone."""
    return ReplyAddress(only_for="" if destination.kind is ChatKind.PRIVATE else given.user.id)


def _read_sent_view(given: Interaction, update: InboundUpdate, reading: Reading) -> Received | None:
    sent = read_view(given.view) if given.view else None
    if sent is None or not sent.action:
        return None
    destination = reading.destination(sent.channel, given.workspace)
    asked = Press(sent.subject, sent.action, sent.argument)
    invocation = replace(_invoke(given, update, reading, destination, asked, via=Via.DIALOG), fields=sent.fields)
    return Received(invocation, _aside(destination, given), can_ask=sent.waits, on_screen=sent.waits)


def _read_shortcut(given: Interaction, update: InboundUpdate, reading: Reading) -> Received | None:
    verb = SHORTCUTS.get(given.callback_id)
    if verb is None:
        return None
    # A shortcut of the search bar has no channel; the person's id stands for the direct message with them.
    destination = reading.destination(given.channel_id or given.user.id, given.workspace)
    said, ts = given.message.get("text"), given.message.get("ts")
    words = _as_typed(said) if isinstance(said, str) and verb == NEW else ""
    message = ts if isinstance(ts, str) else ""
    invocation = _invoke(given, update, reading, destination, Press("", verb, words), via=Via.COMMAND, message=message)
    reply_to = ReplyAddress(only_for=given.user.id, response_url=given.response_url)
    if destination.kind is ChatKind.PRIVATE:
        reply_to = ReplyAddress()
    return Received(invocation, reply_to, can_ask=True)


def _read_event(
    given: EventCallback, update: InboundUpdate, reading: Reading
) -> Received | Membership | Departure | None:
    event, workspace = given.event, given.workspace
    if event.type in _GONE and (event.type != "tokens_revoked" or event.tokens.get("bot")):
        return Departure(workspace, _GONE[event.type]) if workspace else None
    if not given.channel:
        return None
    destination = reading.destination(given.channel, workspace)
    if event.type in _LEFT:
        return Membership(destination, present=False, reason=_LEFT[event.type])
    if event.type == "member_joined_channel":
        return Membership(destination, present=True) if given.user and given.user == given.bot_user else None
    is_from_person = given.user and not event.bot_id and given.user != given.bot_user
    return _read_deed(given, destination, update, reading) if is_from_person else None


def _read_deed(
    given: EventCallback, destination: Destination, update: InboundUpdate, reading: Reading
) -> Received | None:
    """What a person did or said."""
    event = given.event
    if event.type == "app_home_opened":
        return _read_home(given, destination, update, reading)
    is_for_bot = event.type == "app_mention" or (event.type == "message" and event.channel_type == "im")
    is_said = is_for_bot and event.subtype in _READABLE_SUBTYPES
    return _read_words(given, destination, update, reading) if is_said else None


def _read_home(
    given: EventCallback, destination: Destination, update: InboundUpdate, reading: Reading
) -> Received | None:
    if given.event.tab != "home":
        return None
    person = reading.person(given.user, given.workspace)
    invocation = Invocation(destination, person, HOME, "", Via.COMMAND, update.received_at)
    return Received(invocation, ReplyAddress(), can_ask=True, on_screen=True)


def _read_words(
    given: EventCallback, destination: Destination, update: InboundUpdate, reading: Reading
) -> Received | None:
    event = given.event
    words = _as_typed(_behind_mention(event.text, given.bot_user))
    is_mention = event.type == "app_mention"
    files = () if words else event.files
    if not words and not is_mention and not files:
        return None
    verb, argument = _split(words) if not files else ("", "")
    # Whoever names the bot wants a command of it, in a thread too; other words under a card may be plain talk.
    via = Via.REPLY if event.thread_ts and not is_mention else Via.COMMAND
    invocation = Invocation(
        destination,
        reading.person(given.user, given.workspace),
        verb,
        argument,
        via,
        update.received_at,
        replied_message=event.thread_ts,
    )
    under = event.thread_ts or (event.ts if is_mention else "")
    file = ReceivedFile(files[0].id, files[0].name or "", files[0].size) if files else None
    return Received(invocation, ReplyAddress(under), file=file)


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
