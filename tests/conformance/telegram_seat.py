"""Telegram's seat: the real adapter on the fake Bot API, which checks every payload."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

from bot.chat.telegram.connect import TelegramChat, open_telegram
from bot.commands.inbox import Inbox
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Platform
from bot.ports.clock import Clock
from tests.conformance.cases import How, Place, Step, Who
from tests.conformance.seats import LOST_RECEIPT, button_rows, file_words
from tests.conformance.voices import Voice
from tests.factories import build_destination
from tests.fakes.server import JSON
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_files import Upload
from tests.fakes.telegram_rules import TelegramLimits
from tests.fakes.telegram_world import SentMessage

_NO_LIMITS = TelegramLimits(chat_interval=0.0, group_per_minute=10_000, overall_per_second=10_000)
_IDS = {Who.DANA: 100, Who.BAHROM: 200, Who.SITORA: 300}
_GROUP = -100500
_CHANNEL = -100900


class TelegramSeat:
    """People in their private chats and in one supergroup that Dana administers, with a channel beside it."""

    name = "Telegram"

    def __init__(self, fake: TelegramFake, chat: TelegramChat, clock: Clock, voice: Voice) -> None:
        self.app, self.messenger = chat.app, chat.messenger
        self._fake = fake
        self._voice = voice
        self._clock = clock
        self._seen = {"sent": 0, "edits": 0, "answers": 0}

    def destination(self, place: Place) -> Destination | None:
        """Dana's private chat or the group."""
        if place is Place.PRIVATE:
            return build_destination(str(_IDS[Who.DANA]), title="Dana")
        return build_destination(str(_GROUP), kind=ChatKind.GROUP, title="Field desk")

    async def act(self, step: Step, inbox: Inbox) -> bool:
        """Somebody writes, presses or answers; the bot then holds what Telegram gives out."""
        person = _IDS[step.who]
        chat = person if step.place is Place.PRIVATE else _GROUP
        before = len(self._fake.api.updates.pending)
        if step.how is How.PRESS:
            message, button = self._find(chat, step.text)
            self._fake.user_presses(message, button["callback_data"], person)
        elif step.how is How.LOCATE:
            latitude, longitude = map(float, step.text.split(","))
            self._fake.user_shares_location(chat, person, latitude, longitude)
        elif step.how is How.FILE:
            caption, _, text = step.text.partition("\n")
            upload = Upload("list.yaml", text.encode())
            self._fake.user_sends_file(chat, person, upload, caption=f"/{caption}" if caption else "")
        else:
            card = self._find_card(chat) if step.how is How.ANSWER else None
            self._fake.user_says(chat, person, step.text if card else f"/{step.text}", reply_to=card)
        for update in self._fake.api.updates.pending[before:]:
            key, content = str(update["update_id"]), json.dumps(update)
            await inbox.store_update(InboundUpdate(Platform.TELEGRAM, key, content, self._clock.now()))
        return True

    def _find(self, chat: int, label: str) -> tuple[SentMessage, JSON]:
        shown = [(one, button) for one in reversed(self._fake.messages(chat)) for button in one.buttons]
        found = next((pair for pair in shown if self._voice.says(pair[1]["text"], label)), None)
        assert found is not None, f"nobody was shown a button {label!r}"
        return found

    def _find_card(self, chat: int) -> SentMessage:
        return next(one for one in reversed(self._fake.messages(chat)) if "#csto" in one.text)

    def take(self) -> list[str]:
        """Messages, edits and toasts, as Telegram was given them."""
        shown = [("message", one) for one in self._fake.sent[self._seen["sent"] :]]
        shown += [("edit", one) for one in self._fake.edits[self._seen["edits"] :]]
        answers = list(self._fake.api.answers.values())[self._seen["answers"] :]
        self._seen = {
            "sent": len(self._fake.sent),
            "edits": len(self._fake.edits),
            "answers": len(self._fake.api.answers),
        }
        toasts = [f"(toast) {one.text}" for one in answers if one.text]
        return [_words(what, one) for what, one in shown] + toasts

    def check(self) -> None:
        """Telegram took everything, but for edits of what is on no screen and questions about chats there are not."""
        refused = [call for call in self._fake.calls if call.status != HTTPStatus.OK]
        wrong = [
            call
            for call in refused
            if call.method != "getChat" and int(call.parameters.get("message_id", 0)) < LOST_RECEIPT
        ]
        assert not wrong, wrong


def _words(what: str, message: SentMessage) -> str:
    head = f"({what}{', silent' if message.is_silent else ''}{_place(message)})"
    is_keyboard = message.method == "editMessageReplyMarkup"
    body = "" if is_keyboard else str(message.raw.get("text") or message.raw.get("caption") or "")
    rows = button_rows([[_button(button) for button in row] for row in message.keyboard])
    file = file_words(message.file.name, message.file.data) if message.file else ""
    return "\n".join(part for part in (head, body, file, rows) if part)


def _place(message: SentMessage) -> str:
    return " in the group" if message.chat_id == _GROUP else " in the channel" if message.chat_id == _CHANNEL else ""


def _button(button: JSON) -> str:
    return f"{button['text']} → {button.get('callback_data') or button.get('url')}"


@asynccontextmanager
async def open_telegram_seat(clock: Clock, _: Path, voice: Voice) -> AsyncIterator[TelegramSeat]:
    """The seat, with a fake of its own."""
    async with TelegramFake(limits=_NO_LIMITS) as fake:
        for who, user in _IDS.items():
            fake.add_user(user, who.value, language_code=voice.language)
            fake.add_chat(user, "private")
        people, admins = [_IDS[Who.BAHROM]], [_IDS[Who.DANA]]
        fake.add_chat(_GROUP, "supergroup", title="Field desk", members=people, admins=admins)
        fake.add_chat(_CHANNEL, "channel", title="Border news", username="bordernews", admins=admins)
        async with open_telegram(fake.token, fake.origin, clock) as chat:
            yield TelegramSeat(fake, chat, clock, voice)
