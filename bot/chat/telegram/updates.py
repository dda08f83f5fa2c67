"""Reads what Telegram's updates ask for. Pure, and total: an update that cannot be read asks for nothing."""

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.chat.telegram.buttons import PRESSES
from bot.commands.chat_app import Membership, Received, ReceivedFile
from bot.commands.invocation import Invocation, Via
from bot.commands.presses import Press
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Person, Platform, ReplyAddress

# What the bot asks Telegram for. `my_chat_member` tells at once that it was added, removed or blocked.
KINDS_OF_UPDATES = ("message", "callback_query", "my_chat_member", "channel_post")
_KINDS = {
    "private": ChatKind.PRIVATE,
    "group": ChatKind.GROUP,
    "supergroup": ChatKind.GROUP,
    "channel": ChatKind.CHANNEL,
}
_COMMAND = re.compile(r"/(?P<verb>[A-Za-z0-9_]{1,64})(?:@(?P<bot>[A-Za-z0-9_]{1,64}))?(?=\s|$)[ \t]*\n?")
# What watchlists are sent as.
_TEXT_FILES = (".yaml", ".yml", ".txt")
_PRESENT = {"member", "administrator", "creator"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Chat(_Part):
    id: int
    type: str
    title: str = ""
    first_name: str = ""
    last_name: str = ""

    @property
    def name(self) -> str:
        return self.title or f"{self.first_name} {self.last_name}".strip()


class _User(_Part):
    id: int
    first_name: str = ""
    last_name: str = ""
    is_bot: bool = False
    language_code: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class _Document(_Part):
    file_id: str
    file_name: str = ""
    file_size: int = 0

    @property
    def is_text(self) -> bool:
        return self.file_name.lower().endswith(_TEXT_FILES)


class _Location(_Part):
    latitude: float
    longitude: float


class _Message(_Part):
    """A message, or the frame that is left of one too old to be read (InaccessibleMessage)."""

    message_id: int
    chat: _Chat
    sender: _User | None = Field(None, alias="from")
    sender_chat: _Chat | None = None
    text: str = ""
    caption: str = ""
    document: _Document | None = None
    location: _Location | None = None
    reply_to_message: "_Message | None" = None
    message_thread_id: int | None = None
    is_topic_message: bool = False
    is_automatic_forward: bool = False
    forward_origin: Any = None
    migrate_to_chat_id: int | None = None

    @property
    def thread(self) -> str:
        """The forum topic. Other groups number their reply threads in the same field, and those are no addresses."""
        return str(self.message_thread_id) if self.is_topic_message and self.message_thread_id else ""

    @property
    def person(self) -> Person | None:
        """Who wrote it.

        Anonymous admins, and people who write as a channel, all carry one account's id in `from`
        (telegram.constants.ChatID); only the chat they speak for tells them apart.
        """
        if self.sender_chat is not None:
            return Person(Platform.TELEGRAM, str(self.sender_chat.id), self.sender_chat.name)
        if self.sender is None or self.sender.is_bot:
            return None
        return Person(Platform.TELEGRAM, str(self.sender.id), self.sender.name)


class _Press(_Part):
    sender: _User = Field(alias="from")
    message: _Message | None = None
    data: str = ""


class _Member(_Part):
    status: str = ""
    is_member: bool = False

    @property
    def is_present(self) -> bool:
        return self.status in _PRESENT or (self.status == "restricted" and self.is_member)


class _MemberChange(_Part):
    chat: _Chat
    old_chat_member: _Member = _Member()
    new_chat_member: _Member


class _Update(_Part):
    message: _Message | None = None
    channel_post: _Message | None = None
    callback_query: _Press | None = None
    my_chat_member: _MemberChange | None = None


class _PressId(_Part):
    id: str


class _PressUpdate(_Part):
    callback_query: _PressId


def read_update(update: InboundUpdate, bot_id: int, bot_name: str) -> Received | Membership | None:
    """What an update asks of the bot with this id and user name; the name may be empty while it is not known.

    Commands for other bots, forwarded texts and everything that cannot be read ask for nothing.
    """
    try:
        content = _Update.model_validate_json(update.payload)
    except (ValidationError, UnicodeEncodeError):
        return None
    if content.my_chat_member:
        return _membership(content.my_chat_member)
    if content.callback_query:
        return _press(content.callback_query, update)
    message = content.message or content.channel_post
    if message is None or message.is_automatic_forward or message.forward_origin is not None:
        return None
    if message.migrate_to_chat_id:
        destination = _destination(message.chat, "")
        moved_to = str(message.migrate_to_chat_id)
        return Membership(destination, present=True, moved_to=moved_to) if destination else None
    return _written(message, update, bot_id, bot_name)


def find_press_id(update: InboundUpdate) -> str:
    """The id by which a button press is answered; empty if the update is none."""
    try:
        return _PressUpdate.model_validate_json(update.payload).callback_query.id
    except (ValidationError, UnicodeEncodeError):
        return ""


def _destination(chat: _Chat, thread: str) -> Destination | None:
    kind = _KINDS.get(chat.type)
    return Destination(Platform.TELEGRAM, str(chat.id), thread, kind, chat.name) if kind else None


def _membership(change: _MemberChange) -> Membership | None:
    destination, member = _destination(change.chat, ""), change.new_chat_member
    if destination is None or member.is_present == change.old_chat_member.is_present:
        return None  # Other rights, in the same chat.
    if member.is_present:
        return Membership(destination, present=True)
    if destination.kind is ChatKind.PRIVATE:
        reason = "the bot was blocked"
    else:
        reason = "the bot was banned" if member.status == "kicked" else "the bot was removed"
    return Membership(destination, present=False, reason=reason)


def _press(press: _Press, update: InboundUpdate) -> Received | None:
    destination = _destination(press.message.chat, press.message.thread) if press.message else None
    if press.message is None or destination is None:
        return None
    # A button that nobody knows any more still waits for an answer, so it asks for a command that does not exist.
    asked = PRESSES.find(press.data) or Press("", "", "")
    card = str(press.message.message_id)
    return Received(
        Invocation(
            destination,
            Person(Platform.TELEGRAM, str(press.sender.id), press.sender.name),
            asked.action,
            asked.argument,
            Via.BUTTON,
            update.received_at,
            asked.subject,
            card,
            language=press.sender.language_code,
        ),
        ReplyAddress(card),
    )


def _written(message: _Message, update: InboundUpdate, bot_id: int, bot_name: str) -> Received | None:
    destination, person = _destination(message.chat, message.thread), message.person
    replied = _replied_message(message, bot_id)
    file = message.document if message.document and message.document.is_text else None
    text = message.caption if file else message.text
    asked = _read_command(text, bot_name)
    via = Via.COMMAND
    is_ours = bool(replied) or (destination is not None and destination.kind is ChatKind.PRIVATE)
    if asked is None and file and is_ours:
        asked = "", ""
    elif asked is None and message.location and is_ours:
        # Hardly anybody tells a bot where they are for another reason than to be told the time there.
        asked = "timezone", f"{message.location.latitude:.2f}, {message.location.longitude:.2f}"
    elif asked is None and replied and not text.startswith("/"):
        asked, via = _read_words(text), Via.REPLY
    if asked is None or destination is None or person is None:
        return None
    verb, argument = asked
    answer_under = "" if destination.kind is ChatKind.PRIVATE and not replied else str(message.message_id)
    return Received(
        Invocation(
            destination,
            person,
            verb,
            argument,
            via,
            update.received_at,
            replied_message=replied,
            language=message.sender.language_code if message.sender else "",
        ),
        ReplyAddress(answer_under),
        file=ReceivedFile(file.file_id, file.file_name, file.file_size) if file else None,
    )


def _replied_message(message: _Message, bot_id: int) -> str:
    """The bot's own message that this one answers; empty if it answers none.

    In a forum every message answers the one that opened its topic, unless it answers another.
    """
    replied = message.reply_to_message
    if replied is None or replied.sender is None or replied.sender.id != bot_id:
        return ""
    is_topic_opening = message.is_topic_message and replied.message_id == message.message_thread_id
    return "" if is_topic_opening else str(replied.message_id)


def _read_command(text: str, bot_name: str) -> tuple[str, str] | None:
    match = _COMMAND.match(text)
    if match is None:
        return None
    # A name is compared only once the bot knows its own; to miss a command would be worse than to answer another's.
    if match["bot"] and bot_name and match["bot"].lower() != bot_name.lower():
        return None
    return match["verb"].lower(), text[match.end() :]


def _read_words(text: str) -> tuple[str, str] | None:
    words = text.split(maxsplit=1)
    if not words:
        return None
    return words[0].lower(), words[1] if len(words) > 1 else ""
