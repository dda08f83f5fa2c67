"""Who and what exists on the fake Telegram: users, chats, messages, and the bot's place in each chat."""

import time
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.server import JSON
from tests.fakes.telegram_rules import ApiError, SentFile, bad_request, forbidden

ChatType = Literal["private", "group", "supergroup", "channel"]
BotStatus = Literal["administrator", "member", "left", "kicked"]

BOT_ID = 7000000001
ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


@dataclass(slots=True)
class User:
    """A person, or the bot."""

    id: int
    first_name: str
    username: str = ""
    language_code: str = "en"
    is_bot: bool = False
    is_deactivated: bool = False

    def json(self) -> JSON:
        """Telegram's User object."""
        return {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
            **({"username": self.username} if self.username else {}),
            **({"language_code": self.language_code} if not self.is_bot else {}),
        }


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message as the bot sent or edited it: what the reader sees, and the raw request.

    `text` is the visible text or caption; offsets in `entities` are UTF-16; `at` is Unix time in seconds.
    """

    method: str
    chat_id: int
    message_id: int
    text: str
    entities: tuple[JSON, ...]
    keyboard: tuple[tuple[JSON, ...], ...]
    thread_id: int | None
    is_silent: bool
    reply_to: int | None
    parse_mode: str
    raw: JSON
    at: float
    dropped_links: tuple[str, ...] = ()
    file: SentFile | None = None

    @property
    def buttons(self) -> list[JSON]:
        """All buttons, row after row."""
        return [button for row in self.keyboard for button in row]

    def button(self, label_or_data: str) -> JSON:
        """The first button whose label contains this, or whose callback data is this.

        Raises:
            AssertionError: there is none.
        """
        for button in self.buttons:
            if label_or_data in button["text"] or label_or_data == button.get("callback_data"):
                return button
        raise AssertionError(f"no button {label_or_data!r} among {[button['text'] for button in self.buttons]}")


@dataclass(slots=True)
class Chat:
    """A chat; `topics` maps a forum's thread ids to whether they are open."""

    id: int
    type: ChatType
    title: str = ""
    username: str = ""
    bot_status: BotStatus = "member"
    members: set[int] = field(default_factory=set)
    admins: set[int] = field(default_factory=set)
    topics: dict[int, bool] = field(default_factory=dict)
    is_bot_blocked: bool = False
    takes_files: bool = True
    migrated_to: int = 0
    messages: dict[int, JSON] = field(default_factory=dict)
    sent: dict[int, SentMessage] = field(default_factory=dict)
    last_message_id: int = 0

    def json(self, people: dict[int, User]) -> JSON:
        """Telegram's Chat object."""
        if self.type == "private":
            person = people[self.id]
            name = {"username": person.username} if person.username else {}
            return {"id": self.id, "type": "private", "first_name": person.first_name, **name}
        return {
            "id": self.id,
            "type": self.type,
            "title": self.title,
            **({"username": self.username} if self.username else {}),
            **({"is_forum": True} if self.topics else {}),
        }

    def next_message_id(self) -> int:
        """Counts up within the chat."""
        self.last_message_id += 1
        return self.last_message_id


class World:
    """All users and chats; ids are the platform's."""

    def __init__(self, bot: User) -> None:
        self.bot = bot
        self.people: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}

    def person(self, user_id: int) -> User:
        """The user, made up on first sight."""
        return self.people.setdefault(user_id, User(user_id, f"User {user_id}", f"user{user_id}"))

    def find_chat(self, chat_id: object) -> Chat | None:
        """By id, or by @username."""
        by_name = next((c for c in self.chats.values() if c.username and f"@{c.username}" == chat_id), None)
        try:
            return by_name or self.chats.get(int(str(chat_id)))
        except ValueError:
            return None

    def get_chat(self, chat_id: object) -> Chat:
        """The chat a request names.

        Raises:
            ApiError: empty id, no such chat, or it became a supergroup.
        """
        if chat_id in {None, ""}:
            raise bad_request("chat_id is empty")
        chat = self.find_chat(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": chat.migrated_to},
            )
        return chat

    def check_bot_present(self, chat: Chat) -> None:
        """The bot can read and act in this chat.

        Raises:
            ApiError: blocked, deactivated, kicked, or not a member.
        """
        if chat.type == "private":
            if self.person(chat.id).is_deactivated:
                raise forbidden("user is deactivated")
            if chat.is_bot_blocked:
                raise forbidden("bot was blocked by the user")
        elif chat.bot_status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        elif chat.bot_status == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")

    def check_may_post(self, chat: Chat, thread_id: int | None) -> None:
        """The bot may post to this chat and topic.

        Raises:
            ApiError: as `check_bot_present`, or no right to post, or no such open topic.
        """
        self.check_bot_present(chat)
        if chat.type == "channel" and chat.bot_status != "administrator":
            raise bad_request("need administrator rights in the channel chat")
        if thread_id is None:
            return
        if thread_id not in chat.topics:
            raise bad_request("message thread not found")
        if not chat.topics[thread_id]:
            raise bad_request("TOPIC_CLOSED")

    def check_may_send(self, chat: Chat, file: SentFile) -> None:
        """The chat takes files.

        Raises:
            ApiError: its admins have forbidden them.
        """
        if not chat.takes_files:
            raise bad_request(f"not enough rights to send {file.field}s to the chat")

    def member_json(self, chat: Chat, user_id: int) -> JSON:
        """Telegram's ChatMember object; everyone not known there has left."""
        if user_id == self.bot.id:
            return self.status_json(chat, user_id, chat.bot_status)
        if user_id in chat.admins:
            return self.status_json(chat, user_id, "creator" if user_id == min(chat.admins) else "administrator")
        return self.status_json(chat, user_id, "member" if user_id in chat.members or chat.id == user_id else "left")

    def status_json(self, chat: Chat, user_id: int, status: str) -> JSON:
        """A ChatMember object with this status."""
        extra: JSON = {}
        if status == "creator":
            extra = {"is_anonymous": False}
        elif status == "administrator":
            extra = {"can_be_edited": False, "is_anonymous": False, **dict.fromkeys(ADMIN_RIGHTS, True)}
            if chat.type == "channel":
                extra |= {"can_post_messages": True, "can_edit_messages": True}
        elif status == "kicked":
            extra = {"until_date": 0}
        return {"user": self.person(user_id).json(), "status": status, **extra}

    def message_json(self, chat: Chat, message_id: int, sender: User | None, thread_id: int | None) -> JSON:
        """The frame of a Message object; without a sender it is a channel post."""
        return {
            "message_id": message_id,
            "date": int(time.time()),
            "chat": chat.json(self.people),
            **({"from": sender.json()} if sender else {"sender_chat": chat.json(self.people)}),
            **({"message_thread_id": thread_id, "is_topic_message": True} if thread_id else {}),
        }
