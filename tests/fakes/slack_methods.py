"""The Slack Web API methods of the fake: each checks its rules, does its work, and gives back the answer."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.server import JSON, Signal
from tests.fakes.slack_blocks import check_blocks
from tests.fakes.slack_shapes import ShapeError
from tests.fakes.slack_text import find_bare_links, find_live, visible_text
from tests.fakes.slack_views import Views
from tests.fakes.slack_world import (
    BOT_ID,
    BOT_USER_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    Conversation,
    SlackError,
    SlackFile,
    SlackMessage,
    Workspace,
    edited,
    with_ids,
)

POST_TEXT_MAX = 40_000  # Slack cuts what is longer; here it is refused
UPDATE_TEXT_MAX = 4_000  # docs.slack.dev/reference/methods/chat.update, msg_too_long
ALT_MAX = 1_000  # docs.slack.dev/reference/methods/files.getUploadURLExternal, alt_txt_too_large
RESPONSE_USES, RESPONSE_SECONDS = 5, 1800.0
HISTORY_SCOPES = {"public": "channels:history", "private": "groups:history", "im": "im:history"}


@dataclass(frozen=True, slots=True)
class SlackLimits:
    """Messages per channel, in the platform's seconds; `tolerance` forgives network jitter and does not add up."""

    channel_interval: float = 1.0
    tolerance: float = 0.05


@dataclass(slots=True)
class ResponseUrl:
    """Where a press or a command may be answered without a token."""

    channel: str
    user: str
    source: SlackMessage | None
    issued_at: float
    uses: int = 0


@dataclass(slots=True)
class Upload:
    """A file on its way: announced with its length, then uploaded, shown only at last."""

    name: str
    length: int
    alt: str
    data: bytes = b""


class WebApi:
    """State and methods; `sent`, `edits`, `views` and `files` are what a test asserts on."""

    def __init__(
        self,
        world: Workspace,
        limits: SlackLimits,
        *,
        now: Callable[[], float],
        signal: Signal,
        scopes: set[str],
        on_post: Callable[[SlackMessage], None],
    ) -> None:
        self.world = world
        self.now = now
        self.scopes = scopes
        self.sent: list[SlackMessage] = []
        self.edits: list[SlackMessage] = []
        self.deleted: list[SlackMessage] = []
        self.views = Views(world, now, signal)
        self.files: list[SlackFile] = []
        self.uploads: dict[str, Upload] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self._limits = limits
        self._signal = signal
        self._on_post = on_post
        self._next_due: dict[str, float] = {}
        self.methods: dict[str, Callable[[JSON], JSON]] = {
            **self.views.methods,
            "auth.test": self._auth_test,
            "chat.postMessage": self._post_message,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "users.info": self._users_info,
            "conversations.info": self._conversations_info,
            "usergroups.users.list": self._list_group,
            "conversations.open": self._open_conversation,
            "conversations.history": self._history,
            "files.getUploadURLExternal": self._get_upload_url,
            "files.completeUploadExternal": self._complete_upload,
        }

    def _auth_test(self, _: JSON) -> JSON:
        return {
            "url": f"https://{TEAM_DOMAIN}.slack.com/",
            "team": TEAM_DOMAIN,
            "team_id": TEAM_ID,
            "user": "tocsin",
            "user_id": BOT_USER_ID,
            "bot_id": BOT_ID,
            "is_enterprise_install": False,
        }

    def _users_info(self, given: JSON) -> JSON:
        person = self._get_person(given.get("user"))
        locale = {"locale": person.locale} if str(given.get("include_locale")).lower() in ("1", "true") else {}
        return {"user": {**person.json(), **locale}}

    def _get_person(self, user: object) -> Any:
        if user not in self.world.people:
            raise SlackError("user_not_found")
        return self.world.people[str(user)]

    def _post_message(self, given: JSON) -> JSON:
        self._need_scope("chat:write")
        channel = self.world.get_postable(given.get("channel"))
        message = self._compose("chat.postMessage", channel, given, POST_TEXT_MAX)
        thread = str(given.get("thread_ts") or "")
        if thread and not channel.has_message(thread):
            raise SlackError("thread_not_found")
        self._admit(channel.id)
        self._keep(message)
        return {"channel": channel.id, "ts": message.ts, "message": message.json()}

    def _admit(self, channel: str) -> None:
        now = self.now()
        wait = self._next_due.get(channel, now) - self._limits.tolerance - now
        if wait > 0:
            raise SlackError("ratelimited", retry_after=max(1, math.ceil(wait)))
        self._next_due[channel] = max(self._next_due.get(channel, now), now) + self._limits.channel_interval

    def _post_ephemeral(self, given: JSON) -> JSON:
        self._need_scope("chat:write")
        channel = self.world.get_postable(given.get("channel"))
        user = str(given.get("user") or "")
        if user not in channel.members:
            raise SlackError("user_not_in_channel")
        message = self._compose("chat.postEphemeral", channel, given, POST_TEXT_MAX, only_for=user)
        self._keep(message)
        return {"message_ts": message.ts}

    def _compose(
        self, method: str, channel: Conversation, given: JSON, maximum: int, only_for: str = ""
    ) -> SlackMessage:
        text, blocks = str(given.get("text") or ""), given.get("blocks") or []
        if not text and not blocks:
            raise SlackError("no_text")
        if len(text) > maximum:
            raise SlackError("msg_too_long")
        try:
            content = check_blocks(blocks)
        except ShapeError as error:
            raise SlackError("invalid_blocks", [str(error)]) from error
        metadata = given.get("metadata") or {}
        if metadata and not (
            isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
        ):
            raise SlackError("invalid_metadata_format")
        bare = [] if blocks or given.get("parse") == "none" else find_bare_links(text)
        return SlackMessage(
            method=method,
            channel=channel.id,
            ts=self.world.next_ts(),
            text=text,
            blocks=with_ids(blocks, self.world),
            visible=content.visible or visible_text(text),
            live=(*find_live(text), *bare, *content.live),
            thread_ts=str(given.get("thread_ts") or ""),
            metadata=metadata,
            raw=given,
            at=time.time(),
            only_for=only_for,
        )

    def _keep(self, message: SlackMessage) -> None:
        if not message.only_for:
            self.world.conversations[message.channel].sent[message.ts] = message
        self.sent.append(message)
        self._on_post(message)
        self._signal.fire()

    def _update(self, given: JSON) -> JSON:
        self._need_scope("chat:write")
        channel, old = self._own_message(given, "cant_update_message")
        # Blocks that are left out stay: slackapi/python-slack-sdk#523.
        kept = {} if "blocks" in given else {"blocks": list(old.blocks)}
        new = self._compose("chat.update", channel, given | kept, UPDATE_TEXT_MAX)
        self._replace(old, new)
        return {"channel": channel.id, "ts": old.ts, "text": new.text, "message": channel.sent[old.ts].json()}

    def _replace(self, old: SlackMessage, new: SlackMessage) -> None:
        message = edited(old, new)
        self.world.conversations[old.channel].sent[old.ts] = message
        self.edits.append(message)
        self._signal.fire()

    def _delete(self, given: JSON) -> JSON:
        self._need_scope("chat:write")
        channel, message = self._own_message(given, "cant_delete_message")
        self._remove(message)
        return {"channel": channel.id, "ts": message.ts}

    def _remove(self, message: SlackMessage) -> None:
        del self.world.conversations[message.channel].sent[message.ts]
        self.deleted.append(message)
        self._signal.fire()

    def _own_message(self, given: JSON, refusal: str) -> tuple[Conversation, SlackMessage]:
        channel = self.world.get_postable(given.get("channel"))
        ts = str(given.get("ts") or "")
        if ts in channel.said:
            raise SlackError(refusal)
        if ts not in channel.sent:
            raise SlackError("message_not_found")
        return channel, channel.sent[ts]

    def _conversations_info(self, given: JSON) -> JSON:
        channel = self.world.get_conversation(given.get("channel"))
        self._need_scope({"public": "channels:read", "private": "groups:read", "im": "im:read"}[channel.kind])
        if channel.kind == "private" and BOT_USER_ID not in channel.members:
            raise SlackError("channel_not_found")
        return {"channel": channel.json()}

    def _list_group(self, given: JSON) -> JSON:
        self._need_scope("usergroups:read")
        if given.get("usergroup") not in self.world.groups:
            raise SlackError("no_such_subteam")
        return {"users": sorted(self.world.groups[given["usergroup"]])}

    def _open_conversation(self, given: JSON) -> JSON:
        users = str(given.get("users") or "").split(",")
        if len(users) != 1 or users[0] not in self.world.people:
            raise SlackError("user_not_found")
        return {"channel": self.world.direct_message(users[0]).json()}

    def _history(self, given: JSON) -> JSON:
        channel = self.world.get_conversation(given.get("channel"))
        self._need_scope(HISTORY_SCOPES[channel.kind])
        if BOT_USER_ID not in channel.members:
            raise SlackError("not_in_channel")
        oldest, latest = float(given.get("oldest") or 0), float(given.get("latest") or math.inf)
        is_inclusive, wants_metadata = _is_true(given.get("inclusive")), _is_true(given.get("include_all_metadata"))
        own = {
            ts: m.json() | ({"metadata": m.metadata} if m.metadata and wants_metadata else {})
            for ts, m in channel.sent.items()
        }
        messages = [
            message
            for ts, message in sorted((own | channel.said).items(), reverse=True)
            if oldest < float(ts) < latest or (is_inclusive and float(ts) in {oldest, latest})
        ]
        limit = int(given.get("limit") or 100)
        return {"messages": messages[:limit], "has_more": len(messages) > limit}

    def _need_scope(self, scope: str) -> None:
        if scope not in self.scopes:
            raise SlackError("missing_scope", [f"needed: {scope}"])

    def respond(self, key: str, given: JSON) -> None:
        """Takes what came to a response_url.

        Raises:
            SlackError: the address is unknown, used up, or too old; or the content is against the rules.
        """
        address = self.response_urls.get(key)
        if address is None or self.now() - address.issued_at > RESPONSE_SECONDS:
            raise SlackError("expired_url")
        if address.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        address.uses += 1
        if given.get("delete_original") and address.source is not None:
            self._remove(address.source)
        else:
            self.answer_in_place(address, given, "response_url")

    def answer_in_place(self, address: ResponseUrl, given: JSON, method: str) -> None:
        """Shows an answer where the press or command was: to that person only, unless it says otherwise."""
        channel = self.world.conversations[address.channel]
        is_public = given.get("response_type") == "in_channel"
        only_for = "" if is_public else address.user
        message = self._compose(method, channel, given, POST_TEXT_MAX, only_for)
        if given.get("replace_original") and address.source is not None:
            self._replace(address.source, message)
        else:
            self._keep(message)

    def _get_upload_url(self, given: JSON) -> JSON:
        self._need_scope("files:write")
        length = int(given.get("length") or 0)
        if not given.get("filename") or length <= 0:
            raise SlackError("missing_argument")
        alt = str(given.get("alt_txt") or "")
        if len(alt) > ALT_MAX:
            raise SlackError("alt_txt_too_large")
        file_id = self.world.next_id("F")
        self.uploads[file_id] = Upload(str(given["filename"]), length, alt)
        return {"file_id": file_id}

    def _complete_upload(self, given: JSON) -> JSON:
        self._need_scope("files:write")
        named = str(given.get("channel_id") or given.get("channels") or "")
        channels = [self.world.get_postable(name) for name in named.split(",") if name]
        thread = str(given.get("thread_ts") or "")
        if thread and not (len(channels) == 1 and channels[0].has_message(thread)):
            raise SlackError("invalid_thread_ts")
        files = self._take_uploads(given, channels)
        comment = given.get("initial_comment")
        content = {"text": comment} if comment else {"blocks": given.get("blocks") or []}
        for channel in channels if any(content.values()) else ():
            shown = content | {"thread_ts": thread}
            self._keep(self._compose("files.completeUploadExternal", channel, shown, POST_TEXT_MAX))
        self.files += files
        self._signal.fire()
        return {"files": [{"id": file.id, "title": file.title} for file in files]}

    def _take_uploads(self, given: JSON, channels: list[Conversation]) -> list[SlackFile]:
        files: list[SlackFile] = []
        for entry in given.get("files") or []:
            upload = self.uploads.get(entry.get("id"))
            if upload is None or len(upload.data) != upload.length:
                raise SlackError("file_not_found")
            title = str(entry.get("title") or upload.name)
            files += [
                SlackFile(entry["id"], upload.name, title, channel.id, upload.data, upload.alt) for channel in channels
            ]
            del self.uploads[entry["id"]]
        return files


def _is_true(value: object) -> bool:
    return value in {True, "true", "1"}
