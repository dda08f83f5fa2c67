"""The Bot API methods of the fake: each checks its rules, does its work on the world, and gives back the result."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.server import JSON, Signal
from tests.fakes.telegram_files import Files
from tests.fakes.telegram_html import Parsed
from tests.fakes.telegram_parameters import Parameters
from tests.fakes.telegram_rules import (
    ANSWER_TEXT_MAX,
    CAPTION_MAX,
    TEXT_MAX,
    ApiError,
    FloodGate,
    SentFile,
    bad_request,
    check_file,
    check_keyboard,
    read_text,
)
from tests.fakes.telegram_setup import Setup
from tests.fakes.telegram_updates import UpdateQueue
from tests.fakes.telegram_world import Chat, SentMessage, World

CHAT_ACTIONS = {"typing", "upload_photo", "upload_document", "upload_video", "record_voice", "find_location"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot answered to a button press: the toast, or the dialog if `is_alert`."""

    query_id: str
    text: str
    is_alert: bool


class BotApi:
    """State and methods; `sent`, `edits` and `answers` are what a test asserts on."""

    def __init__(self, world: World, updates: UpdateQueue, gate: FloodGate, signal: Signal) -> None:
        self.world = world
        self.updates = updates
        self.sent: list[SentMessage] = []
        self.edits: list[SentMessage] = []
        self.answers: dict[str, Answer] = {}
        self.joins_groups = True
        self.reads_everything = False
        self.open_queries: set[str] = set()
        self.chat_actions: list[tuple[int, str]] = []
        self.setup = Setup(updates)
        self.files = Files()
        self._gate = gate
        self._signal = signal
        self.methods: dict[str, Callable[[Parameters], Awaitable[Any]]] = {
            **self.setup.methods,
            **self.files.methods,
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "sendMessage": self._send_message,
            "sendDocument": lambda given: self._send_file(given, "document"),
            "sendPhoto": lambda given: self._send_file(given, "photo"),
            "editMessageText": self._edit_text,
            "editMessageReplyMarkup": self._edit_keyboard,
            "answerCallbackQuery": self._answer_callback,
            "getChat": self._get_chat,
            "getChatMember": self._get_chat_member,
            "getChatAdministrators": self._get_chat_administrators,
            "sendChatAction": self._send_chat_action,
            "leaveChat": self._leave_chat,
            "deleteMessage": self._delete_message,
        }

    async def _get_me(self, _: Parameters) -> JSON:
        return {
            **self.world.bot.json(),
            "can_join_groups": self.joins_groups,
            "can_read_all_group_messages": self.reads_everything,
            "supports_inline_queries": False,
        }

    async def _get_updates(self, given: Parameters) -> list[JSON]:
        self.updates.allow(given.structure("allowed_updates"))
        return await self.updates.get(
            offset=given.integer("offset") or 0,
            limit=given.integer("limit") or 100,
            seconds=max(given.integer("timeout") or 0, 0),
        )

    async def _send_message(self, given: Parameters) -> JSON:
        parsed = self._parse(given, "text", "entities", TEXT_MAX)
        if not parsed.text:
            raise bad_request("message text is empty")
        return self._deliver("sendMessage", given, parsed, None)

    async def _send_file(self, given: Parameters, field: str) -> JSON:
        file = given.values.get(field)
        if file is None:
            raise bad_request(f"there is no {field} in the request")
        if not isinstance(file, SentFile):
            raise bad_request("wrong file identifier/HTTP URL specified")
        check_file(file)
        parsed = self._parse(given, "caption", "caption_entities", CAPTION_MAX)
        return self._deliver(f"send{field.title()}", given, parsed, file)

    def _parse(self, given: Parameters, name: str, entities: str, limit: int) -> Parsed:
        return read_text(given.text(name), given.text("parse_mode"), given.structure(entities) or [], limit)

    def _deliver(self, method: str, given: Parameters, parsed: Parsed, file: SentFile | None) -> JSON:
        chat = self.world.get_chat(given.values.get("chat_id"))
        thread_id = given.integer("message_thread_id")
        self.world.check_may_post(chat, thread_id)
        if file is not None:
            self.world.check_may_send(chat, file)
        reply = given.structure("reply_parameters") or {}
        reply_to = self._reply_target(chat, reply)
        markup = given.structure("reply_markup")
        rows = check_keyboard(markup) if markup is not None else []
        self._gate.admit(chat.id)
        message = SentMessage(
            method=method,
            chat_id=chat.id,
            message_id=chat.next_message_id(),
            text=parsed.text,
            entities=tuple(parsed.entities),
            keyboard=tuple(tuple(row) for row in rows),
            thread_id=thread_id,
            is_silent=given.boolean("disable_notification"),
            reply_to=reply_to,
            parse_mode=given.text("parse_mode"),
            raw={name: value for name, value in given.values.items() if not isinstance(value, SentFile)},
            at=time.time(),
            dropped_links=tuple(parsed.dropped_links),
            file=file,
        )
        self.sent.append(message)
        return self._store(chat, message)

    def _reply_target(self, chat: Chat, reply: JSON) -> int | None:
        if not reply:
            return None
        target = reply.get("message_id")
        if target in chat.messages:
            return int(str(target))
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")

    def _store(self, chat: Chat, message: SentMessage) -> JSON:
        sender = None if chat.type == "channel" else self.world.bot
        frame = self.world.message_json(chat, message.message_id, sender, message.thread_id)
        if message.message_id in chat.messages:
            frame |= {"date": chat.messages[message.message_id]["date"], "edit_date": int(time.time())}
        content = {"text": message.text, "entities": list(message.entities)}
        if message.file is not None:
            content = {"caption": message.text, "caption_entities": list(message.entities), **_file_json(message)}
        body: JSON = {**frame, **content}
        if message.keyboard:
            body["reply_markup"] = {"inline_keyboard": [list(row) for row in message.keyboard]}
        if message.reply_to is not None:
            target = chat.messages[message.reply_to]
            body["reply_to_message"] = {name: value for name, value in target.items() if name != "reply_to_message"}
        chat.messages[message.message_id] = body
        chat.sent[message.message_id] = message
        self._signal.fire()
        return body

    async def _edit_text(self, given: Parameters) -> JSON:
        parsed = self._parse(given, "text", "entities", TEXT_MAX)
        if not parsed.text:
            raise bad_request("message text is empty")
        markup = given.structure("reply_markup")
        return self._edit("editMessageText", given, parsed, check_keyboard(markup) if markup is not None else [])

    async def _edit_keyboard(self, given: Parameters) -> JSON:
        markup = given.structure("reply_markup")
        return self._edit("editMessageReplyMarkup", given, None, check_keyboard(markup) if markup is not None else [])

    def _edit(self, method: str, given: Parameters, parsed: Parsed | None, rows: list[list[JSON]]) -> JSON:
        chat = self.world.get_chat(given.values.get("chat_id"))
        self.world.check_bot_present(chat)
        message_id = given.integer("message_id") or 0
        if message_id not in chat.messages:
            raise bad_request("message to edit not found")
        if message_id not in chat.sent:
            raise bad_request("message can't be edited")
        old = chat.sent[message_id]
        if parsed is not None and old.file is not None:
            raise bad_request("there is no text in the message to edit")
        now = parsed or Parsed(old.text, list(old.entities), list(old.dropped_links))
        keyboard = tuple(tuple(row) for row in rows)
        if (now.text, tuple(now.entities), keyboard) == (old.text, old.entities, old.keyboard):
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message"
            )
        self._gate.admit(chat.id)
        edited = SentMessage(
            method=method,
            chat_id=chat.id,
            message_id=message_id,
            text=now.text,
            entities=tuple(now.entities),
            keyboard=keyboard,
            thread_id=old.thread_id,
            is_silent=old.is_silent,
            reply_to=old.reply_to,
            parse_mode=given.text("parse_mode"),
            raw=dict(given.values),
            at=time.time(),
            dropped_links=tuple(now.dropped_links),
            file=old.file,
        )
        self.edits.append(edited)
        return self._store(chat, edited)

    async def _answer_callback(self, given: Parameters) -> bool:
        query_id, text = given.text("callback_query_id"), given.text("text")
        if len(text) > ANSWER_TEXT_MAX:
            raise bad_request("MESSAGE_TOO_LONG")
        if query_id not in self.open_queries:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        self.open_queries.remove(query_id)
        self.answers[query_id] = Answer(query_id, text, given.boolean("show_alert"))
        self._signal.fire()
        return True

    async def _get_chat(self, given: Parameters) -> JSON:
        chat = self.world.get_chat(given.values.get("chat_id"))
        self.world.check_bot_present(chat)
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        return {
            **chat.json(self.world.people),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }

    async def _get_chat_member(self, given: Parameters) -> JSON:
        chat = self.world.get_chat(given.values.get("chat_id"))
        self.world.check_bot_present(chat)
        user_id = given.integer("user_id")
        if user_id not in self.world.people:
            raise bad_request("user not found")
        return self.world.member_json(chat, user_id)

    async def _get_chat_administrators(self, given: Parameters) -> list[JSON]:
        chat = self.world.get_chat(given.values.get("chat_id"))
        if chat.type == "private":
            raise bad_request("there are no administrators in the private chat")
        self.world.check_bot_present(chat)
        bot = {self.world.bot.id} if chat.bot_status == "administrator" else set()
        return [self.world.member_json(chat, user_id) for user_id in sorted(chat.admins | bot)]

    async def _send_chat_action(self, given: Parameters) -> bool:
        chat = self.world.get_chat(given.values.get("chat_id"))
        self.world.check_may_post(chat, given.integer("message_thread_id"))
        if given.text("action") not in CHAT_ACTIONS:
            raise bad_request("wrong parameter action in request")
        self.chat_actions.append((chat.id, given.text("action")))
        self._signal.fire()
        return True

    async def _delete_message(self, given: Parameters) -> bool:
        chat = self.world.get_chat(given.values.get("chat_id"))
        self.world.check_bot_present(chat)
        message_id = given.integer("message_id") or 0
        if message_id not in chat.messages:
            raise bad_request("message to delete not found")
        if message_id not in chat.sent:
            raise bad_request("message can't be deleted")
        del chat.messages[message_id], chat.sent[message_id]
        self._signal.fire()
        return True

    async def _leave_chat(self, given: Parameters) -> bool:
        chat = self.world.get_chat(given.values.get("chat_id"))
        if chat.type == "private":
            raise bad_request("chat member status can't be changed in private chats")
        self.world.check_bot_present(chat)
        chat.bot_status = "left"
        self._signal.fire()
        return True


def error_json(error: ApiError) -> JSON:
    """The body of an answer with ok=false."""
    parameters = {"parameters": error.parameters} if error.parameters else {}
    return {"ok": False, "error_code": error.code, "description": error.description, **parameters}


def _file_json(message: SentMessage) -> JSON:
    assert message.file is not None
    file_id = f"file-{message.chat_id}-{message.message_id}"
    known = {"file_id": file_id, "file_unique_id": file_id, "file_size": len(message.file.data)}
    if message.file.field == "photo":
        return {"photo": [{**known, "width": 800, "height": 600}]}
    return {"document": {**known, "file_name": message.file.name, "mime_type": message.file.content_type}}
