"""What the Bot API refuses: error texts as the server words them, content limits, keyboards, and flood limits."""

import math
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from tests.fakes.server import JSON
from tests.fakes.telegram_html import (
    MarkupError,
    Parsed,
    automatic_entities,
    link_problem,
    parse_html,
    trimmed,
    utf16_length,
)

TEXT_MAX = 4096  # telegram.constants.MessageLimit.MAX_TEXT_LENGTH, counted in UTF-16 units
CAPTION_MAX = 1024
PHOTO_BYTES_MAX, FILE_BYTES_MAX = 10_000_000, 50_000_000
PHOTO_SIDES_MAX, PHOTO_RATIO_MAX = 10_000, 20
ENTITIES_MAX = 100
ENTITY_BYTES_MAX = 9500  # "good approximation", tdlib/telegram-bot-api#165
ENTITY_OVERHEAD = 12  # kind, offset and length of one entity on the wire, four bytes each
BUTTONS_MAX = 100
BUTTONS_PER_ROW_MAX = 8
CALLBACK_DATA_MAX = 64
ANSWER_TEXT_MAX = 200
BUTTON_ACTIONS = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
}
COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class ApiError(Exception):
    """An answer with ok=false; `parameters` is Telegram's ResponseParameters."""

    def __init__(self, code: int, description: str, parameters: JSON | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}


def bad_request(text: str) -> ApiError:
    """A 400 in the server's form."""
    return ApiError(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    """A 403 in the server's form."""
    return ApiError(403, f"Forbidden: {text}")


def read_text(text: str, parse_mode: str, entities: list[JSON], limit: int) -> Parsed:
    """Visible text and entities of a message or caption; markup other than HTML is not spoken here.

    Raises:
        ApiError: markup, length or entities are against the rules.
    """
    if parse_mode.lower() not in {"", "html"}:
        raise bad_request("unsupported parse_mode")
    if not parse_mode:
        _check_bounds(text, entities)
    try:
        parsed = parse_html(text) if parse_mode else trimmed(Parsed(text, entities))
    except MarkupError as error:
        raise bad_request(f"can't parse entities: {error}") from error
    if utf16_length(parsed.text) > limit:
        raise bad_request("message is too long" if limit == TEXT_MAX else "message caption is too long")
    _check_size(parsed.entities)
    return Parsed(
        parsed.text,
        sorted([*parsed.entities, *automatic_entities(parsed.text, parsed.entities)], key=lambda e: e["offset"]),
        parsed.dropped_links,
    )


def _check_bounds(text: str, entities: list[JSON]) -> None:
    for entity in entities:
        end = entity["offset"] + entity["length"]
        if end > utf16_length(text):
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity['offset']} ends after the end of the text at UTF-16 "
                f"offset {end}"
            )


def _check_size(entities: list[JSON]) -> None:
    size = sum(ENTITY_OVERHEAD + len(str(entity.get("url", "")).encode()) for entity in entities)
    if len(entities) > ENTITIES_MAX or size > ENTITY_BYTES_MAX:
        raise bad_request("ENTITIES_TOO_LONG")


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file the bot uploaded; `field` is `photo` or `document`."""

    field: str
    name: str
    content_type: str
    data: bytes


def check_file(file: SentFile) -> None:
    """Size, and for photos format and shape: telegram.constants.FileSizeLimit and core.telegram.org/bots/api#sendphoto.

    Raises:
        ApiError: the file is against the rules.
    """
    if not file.data:
        raise bad_request("file must be non-empty")
    if len(file.data) > (PHOTO_BYTES_MAX if file.field == "photo" else FILE_BYTES_MAX):
        raise ApiError(413, "Request Entity Too Large")
    if file.field != "photo":
        return
    try:
        with Image.open(BytesIO(file.data)) as picture:
            width, height = picture.size
    except UnidentifiedImageError as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
    if width + height > PHOTO_SIDES_MAX or max(width, height) > PHOTO_RATIO_MAX * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def check_keyboard(markup: Any) -> list[list[JSON]]:
    """The rows of an inline keyboard; [] for the other kinds of reply markup.

    Raises:
        ApiError: a button or the whole is against the rules.
    """
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return []
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be of type Array of Arrays')
    for button in (button for row in rows for button in row):
        _check_button(button)
    if sum(map(len, rows)) > BUTTONS_MAX or any(len(row) > BUTTONS_PER_ROW_MAX for row in rows):
        raise bad_request("reply markup is too long")
    return [row for row in rows if row]


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    actions = [name for name in BUTTON_ACTIONS if button.get(name) not in {None, ""}]
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one action must be specified")
    if actions == ["callback_data"] and len(button["callback_data"].encode()) > CALLBACK_DATA_MAX:
        raise bad_request("BUTTON_DATA_INVALID")
    if actions == ["url"] and (problem := link_problem(button["url"])):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: {problem}")


def check_commands(commands: Any) -> list[JSON]:
    """The list given to setMyCommands.

    Raises:
        ApiError: a name, a description or the number of commands is against the rules.
    """
    if not isinstance(commands, list):
        raise bad_request('can\'t parse commands: Field "commands" must be of type Array')
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(str(command.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return commands


@dataclass(frozen=True, slots=True)
class TelegramLimits:
    """Flood limits of the Bots FAQ, in the platform's seconds.

    `chat_burst` messages may come at once before the spacing of `chat_interval` holds. `tolerance` forgives what the
    way over the network takes off the distance between two messages; it does not add up.
    """

    chat_interval: float = 1.0
    chat_burst: int = 1
    group_per_minute: int = 20
    overall_per_second: int = 30
    tolerance: float = 0.05


class FloodGate:
    """Counts messages and says no; a refused message does not count."""

    def __init__(self, limits: TelegramLimits, now: Callable[[], float]) -> None:
        self._limits = limits
        self._now = now
        self._next_due: dict[int, float] = {}
        self._groups: dict[int, deque[float]] = {}
        self._overall: deque[float] = deque()

    def admit(self, chat_id: int) -> None:
        """Takes one message for this chat; groups, supergroups and channels have negative ids.

        Raises:
            ApiError: 429 with `retry_after` in whole seconds.
        """
        now, limits = self._now(), self._limits
        group = self._groups.setdefault(chat_id, deque()) if chat_id < 0 else deque[float]()
        wait = max(
            self._next_due.get(chat_id, now) - limits.chat_interval * (limits.chat_burst - 1) - limits.tolerance - now,
            _window_wait(group, now, 60.0, limits.group_per_minute),
            _window_wait(self._overall, now, 1.0, limits.overall_per_second),
        )
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
        self._next_due[chat_id] = max(self._next_due.get(chat_id, now), now) + limits.chat_interval
        group.append(now)
        self._overall.append(now)


def _window_wait(times: deque[float], now: float, window: float, allowed: int) -> float:
    while times and times[0] <= now - window:
        times.popleft()
    return times[0] + window - now if len(times) >= allowed else 0.0
