"""Who and what exists on the fake Slack: one workspace, its people, its conversations and their messages."""

import time
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Literal

from tests.fakes.server import JSON
from tests.fakes.slack_blocks import elements_of
from tests.fakes.slack_text import Live

TEAM_ID, TEAM_DOMAIN = "T0TOCSIN", "tocsin-test"
APP_ID, BOT_ID, BOT_USER_ID = "A0TOCSIN", "B0TOCSIN", "U0TOCSIN"
ConversationKind = Literal["public", "private", "im"]


class SlackError(Exception):
    """An answer with ok=false; `messages` is what Slack puts into response_metadata."""

    def __init__(self, error: str, messages: list[str] | None = None, *, retry_after: int = 0) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []
        self.retry_after = retry_after

    def json(self) -> JSON:
        """The body of the answer."""
        details = {"errors": self.messages, "response_metadata": {"messages": self.messages}} if self.messages else {}
        return {"ok": False, "error": self.error, **details}


@dataclass(slots=True)
class SlackUser:
    """A person, or the bot."""

    id: str
    name: str
    timezone: str = "UTC"
    is_admin: bool = False
    is_bot: bool = False
    locale: str = "en-US"

    def json(self) -> JSON:
        """Slack's user object."""
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "name": self.name,
            "real_name": self.name.title(),
            "deleted": False,
            "tz": self.timezone,
            "tz_offset": 0,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_bot": self.is_bot,
            "profile": {"display_name": self.name, "real_name": self.name.title()},
        }


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """One message of the bot as it reads: `visible` is what a person sees of blocks and text together with nothing
    decoded left out, `live` every mention and link in it. `ts` names it within its channel; `at` is Unix time.
    """

    method: str
    channel: str
    ts: str
    text: str
    blocks: tuple[JSON, ...]
    visible: str
    live: tuple[Live, ...]
    thread_ts: str
    metadata: JSON
    raw: JSON
    at: float
    only_for: str = ""

    @property
    def mentions(self) -> list[Live]:
        """What calls people or names channels; links are left out."""
        return [live for live in self.live if live.kind != "link"]

    @property
    def elements(self) -> list[tuple[str, JSON]]:
        """Buttons, menus and the like, each with its block's id."""
        return elements_of(list(self.blocks))

    def element(self, action_id: str) -> tuple[str, JSON]:
        """The block id and element with this action id.

        Raises:
            AssertionError: there is none.
        """
        for block_id, element in self.elements:
            if element["action_id"] == action_id:
                return block_id, element
        raise AssertionError(f"no element {action_id!r} among {[e['action_id'] for _, e in self.elements]}")

    def json(self) -> JSON:
        """Slack's message object."""
        return {
            "type": "message",
            "user": BOT_USER_ID,
            "bot_id": BOT_ID,
            "app_id": APP_ID,
            "team": TEAM_ID,
            "ts": self.ts,
            "text": self.text,
            **({"blocks": list(self.blocks)} if self.blocks else {}),
            **({"thread_ts": self.thread_ts} if self.thread_ts else {}),
        }


@dataclass(frozen=True, slots=True)
class SlackFile:
    """A file the bot uploaded and shared in a channel; `alt` is what a picture shows, in words."""

    id: str
    name: str
    title: str
    channel: str
    data: bytes
    alt: str


@dataclass(slots=True)
class Conversation:
    """A channel or a direct message; `sent` holds the bot's messages as they read now, `said` other people's."""

    id: str
    name: str
    kind: ConversationKind = "public"
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    sent: dict[str, SlackMessage] = field(default_factory=dict)
    said: dict[str, JSON] = field(default_factory=dict)

    def json(self) -> JSON:
        """Slack's conversation object."""
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": self.kind == "im",
            "is_private": self.kind != "public",
            "is_archived": self.is_archived,
            "is_member": BOT_USER_ID in self.members,
            "num_members": len(self.members),
        }

    def has_message(self, ts: str) -> bool:
        """Whether anybody wrote a message with this timestamp here."""
        return ts in self.sent or ts in self.said


class Workspace:
    """All users and conversations."""

    def __init__(self) -> None:
        self.people: dict[str, SlackUser] = {BOT_USER_ID: SlackUser(BOT_USER_ID, "tocsin", is_bot=True)}
        self.conversations: dict[str, Conversation] = {}
        self.groups: dict[str, set[str]] = {}
        self._serial = count(1)

    def next_ts(self) -> str:
        """A message timestamp: Unix seconds, and six digits that no other message has."""
        return f"{int(time.time())}.{next(self._serial):06d}"

    def next_id(self, prefix: str) -> str:
        """An id nobody has yet."""
        return f"{prefix}{next(self._serial):08d}"

    def person(self, user_id: str) -> SlackUser:
        """The user, made up on first sight."""
        return self.people.setdefault(user_id, SlackUser(user_id, user_id.lower()))

    def direct_message(self, user_id: str) -> Conversation:
        """The conversation between this person and the bot."""
        self.person(user_id)
        channel_id = f"D{user_id[1:]}"
        members = {user_id, BOT_USER_ID}
        return self.conversations.setdefault(
            channel_id, Conversation(channel_id, user_id.lower(), "im", members=members)
        )

    def get_conversation(self, channel: object) -> Conversation:
        """The conversation a request names by its id; a person's id is the direct message with them.

        Raises:
            SlackError: there is none.
        """
        if isinstance(channel, str) and channel in self.people and channel != BOT_USER_ID:
            return self.direct_message(channel)
        if not isinstance(channel, str) or channel not in self.conversations:
            raise SlackError("channel_not_found")
        return self.conversations[channel]

    def get_postable(self, channel: object) -> Conversation:
        """A conversation the bot may write to.

        Raises:
            SlackError: there is none, the bot is not in it, or it is archived.
        """
        conversation = self.get_conversation(channel)
        if conversation.is_archived:
            raise SlackError("is_archived")
        if BOT_USER_ID not in conversation.members:
            raise SlackError("channel_not_found" if conversation.kind == "private" else "not_in_channel")
        return conversation


def with_ids(blocks: list[JSON], workspace: Workspace) -> tuple[JSON, ...]:
    """The blocks as Slack stores them: every block and every interactive element has an id."""

    def complete(element: JSON) -> JSON:
        return {"action_id": workspace.next_id("act"), **element} if element.get("type") == "button" else element

    stored = []
    for block in blocks:
        filled = {"block_id": workspace.next_id("blk"), **block}
        if block["type"] == "actions":
            filled["elements"] = [complete(element) for element in block["elements"]]
        elif "accessory" in block:
            filled["accessory"] = complete(block["accessory"])
        stored.append(filled)
    return tuple(stored)


def edited(message: SlackMessage, new: SlackMessage) -> SlackMessage:
    """The new content in the old message's place."""
    return replace(new, ts=message.ts, thread_ts=message.thread_ts, metadata=new.metadata or message.metadata)
