"""What went wrong with a request, as the outbox needs to know it. Pure.

The library's own errors are not enough: it takes an unparseable 200 for no network error, `{"ok": false}` for a
KeyError, a refused message (BadRequest) for a kind of network error, and a proxy's 404 for a wrong token.
"""

import json
import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import httpx
from telegram.error import TelegramError

from bot.errors import SendError, SendOutcome

_LONGEST_WAIT = timedelta(days=1)
_LONGEST_DESCRIPTION = 200
_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
# The request cannot have been read by the server when one of these is raised.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
# A gateway says that it found nobody behind it; 504 may come after the request was passed on.
_NOBODY_BEHIND = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE}
_CHECK_TOKEN = "Check TELEGRAM_BOT_TOKEN; @BotFather shows the present one under /mybots."  # noqa: S105  no password
_ONE_PROCESS = "Let one process alone use this token."
_CHECK_NETWORK = "Tocsin keeps trying; check the network, or TELEGRAM_API_URL if you run your own Bot API server."
# Texts of the server about chats and topics, in 400 and 403 alike: tdlib/telegram-bot-api rewrites one to the other.
_TOPIC_GONE = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
_MESSAGE_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid", "message is too old")
_CHAT_GONE = (
    "chat not found",
    "chat was deleted",
    "chat was deactivated",
    "group chat was upgraded",
    "peer_id_invalid",
    "channel_private",
    "channel_invalid",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_send_plain_forbidden",
    "chat_admin_required",
    "user_is_blocked",
    "user_deactivated",
    "input_user_deactivated",
    "user_banned_in_channel",
    "have no rights to send",
    "not enough rights",
    "need administrator rights",
    "bot was blocked",
    "bot was kicked",
    "bot is not a member",
    "user not found",
    "chat_id is empty",
)

# A chat that takes text and no files: the message goes without its file, in its simplest form.
_NO_FILES = (
    "rights to send photos",
    "rights to send documents",
    "chat_send_photos_forbidden",
    "chat_send_docs_forbidden",
    "chat_send_media_forbidden",
)

_OUTCOMES: dict[int, SendOutcome] = {
    HTTPStatus.UNAUTHORIZED: SendOutcome.UNAUTHORISED,
    HTTPStatus.NOT_FOUND: SendOutcome.UNAUTHORISED,  # a token of the wrong form
    HTTPStatus.FORBIDDEN: SendOutcome.DESTINATION_GONE,
    HTTPStatus.CONFLICT: SendOutcome.NOT_SENT,
    HTTPStatus.TOO_MANY_REQUESTS: SendOutcome.RATE_LIMITED,
}
_CURES = {
    SendOutcome.UNAUTHORISED: _CHECK_TOKEN,
    SendOutcome.DESTINATION_GONE: "Let the bot write there again, then send it /start.",
    SendOutcome.NOT_SENT: "Tocsin keeps trying.",
    SendOutcome.UNKNOWN: "",
    SendOutcome.RATE_LIMITED: "",
    SendOutcome.BAD_MESSAGE: "",
    SendOutcome.MESSAGE_GONE: "",
}


class RefusedRequest(TelegramError):
    """A request failed in the way that `error` tells; `description` is the server's own text, if it gave one."""

    def __init__(self, error: SendError, description: str = "") -> None:
        self.error = error
        self.description = description
        super().__init__(str(error))

    @property
    def is_topic_gone(self) -> bool:
        """Whether only the topic is closed or deleted, not the chat."""
        return _says(self.description, _TOPIC_GONE)

    @property
    def is_not_modified(self) -> bool:
        """Whether an edit would have changed nothing."""
        return _says(self.description, ("message is not modified",))

    @property
    def is_about_times(self) -> bool:
        """Whether the server does not know the `tg-time` tag."""
        return 'start tag "tg-time"' in self.description.lower()

    @property
    def is_about_webhook(self) -> bool:
        """Whether the server will not be polled because a webhook is set."""
        return "webhook is active" in self.description.lower()


def find_refusal(status: int, body: bytes) -> RefusedRequest | None:
    """Why an answer is none; None for a good one, whose JSON has `ok` and `result`."""
    answer = _read_answer(body)
    if answer is None:
        return RefusedRequest(_foreign_answer(status, body))
    if answer.get("ok") is True and "result" in answer:
        return None
    code = answer.get("error_code")
    description = _TOKEN.sub("[token]", str(answer.get("description", "")))[:_LONGEST_DESCRIPTION]
    parameters = answer.get("parameters")
    error = _refusal(
        code if isinstance(code, int) else status, description, parameters if isinstance(parameters, dict) else {}
    )
    return RefusedRequest(error, description)


def build_send_error(problem: Exception) -> SendError:
    """What an exception of the library says about the fate of the request it came from."""
    if isinstance(problem, RefusedRequest):
        return problem.error
    name = type(problem.__cause__ or problem).__name__
    if isinstance(problem.__cause__, _BEFORE_SENDING):
        return SendError(SendOutcome.NOT_SENT, f"Telegram cannot be reached ({name}).", _CHECK_NETWORK)
    return SendError(SendOutcome.UNKNOWN, f"The connection to Telegram broke before its answer came ({name}).")


def _read_answer(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) and isinstance(answer.get("ok"), bool) else None


def _foreign_answer(status: int, body: bytes) -> SendError:
    """The Bot API always answers with JSON, so this came from something on the way: a portal, proxy or gateway."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return SendError(SendOutcome.RATE_LIMITED, "Something before Telegram limits the rate of requests (429).")
    is_page = body.lstrip()[:1] == b"<"
    if status in _NOBODY_BEHIND or (is_page and status < HTTPStatus.INTERNAL_SERVER_ERROR):
        return SendError(
            SendOutcome.NOT_SENT, f"Something on the way to Telegram answered in its place ({status}).", _CHECK_NETWORK
        )
    return SendError(SendOutcome.UNKNOWN, f"An answer that is not Telegram's came back ({status}).", _CHECK_NETWORK)


def _refusal(code: int, description: str, parameters: dict[str, Any]) -> SendError:
    moved_to = parameters.get("migrate_to_chat_id")
    outcome = SendOutcome.DESTINATION_GONE if moved_to else _outcome(code, description)
    return SendError(
        outcome,
        f"Telegram refused: {description or 'it gave no reason'} ({code}).",
        _ONE_PROCESS if code == HTTPStatus.CONFLICT else _CURES[outcome],
        retry_after=_wait(parameters.get("retry_after")) if outcome is SendOutcome.RATE_LIMITED else None,
        moved_to=str(moved_to or ""),
    )


def _outcome(code: int, description: str) -> SendOutcome:
    if _says(description, _NO_FILES):
        return SendOutcome.BAD_MESSAGE
    if code in _OUTCOMES:
        return _OUTCOMES[code]
    if code == HTTPStatus.BAD_REQUEST and description.lower().removeprefix("bad request: ").startswith(_MESSAGE_GONE):
        return SendOutcome.MESSAGE_GONE
    if code == HTTPStatus.BAD_REQUEST and _says(description, _CHAT_GONE + _TOPIC_GONE):
        return SendOutcome.DESTINATION_GONE
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # The server says itself that it failed. Were this UNKNOWN, an outage would cost every message in it.
        return SendOutcome.NOT_SENT
    return SendOutcome.BAD_MESSAGE if code >= HTTPStatus.BAD_REQUEST else SendOutcome.UNKNOWN


def _wait(seconds: object) -> timedelta | None:
    if not isinstance(seconds, int | float) or not seconds > 0:
        return None
    return min(timedelta(seconds=min(seconds, _LONGEST_WAIT.total_seconds())), _LONGEST_WAIT)


def _says(description: str, texts: tuple[str, ...]) -> bool:
    # Behind a quotation mark stand pieces of our own message, which a feed may have worded.
    own_words = re.split("['\"]", description.lower(), maxsplit=1)[0]
    return any(text in own_words for text in texts)
