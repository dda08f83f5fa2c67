"""Text files that people send to the bot."""

import asyncio

import structlog
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.chat.telegram.failures import build_send_error
from bot.chat.telegram.transport import ANSWER_SECONDS, CONNECT_SECONDS, trusted_authorities
from bot.commands.chat_app import ReceivedFile
from bot.commands.gate import LONGEST_REQUEST
from bot.domain.language import tr
from bot.errors import NotFound, SettingsError

_SECONDS = 30.0

log = structlog.get_logger(__name__)


class Downloads:
    """Fetches files from the Bot API server, whose addresses hold the token."""

    def __init__(self, telegram_bot: Bot, request: HTTPXRequest) -> None:
        self._bot = telegram_bot
        self._request = request

    async def read_text(self, file: ReceivedFile) -> str:
        """The text of a file. Raises SettingsError for one that is too large or no text, NotFound for a lost one."""
        _check_size(file.size)
        try:
            async with asyncio.timeout(_SECONDS):
                content = await self._fetch(file)
        except (TelegramError, TimeoutError) as problem:
            reason = str(build_send_error(problem)) if isinstance(problem, TelegramError) else "timeout"
            log.warning("telegram_file_not_fetched", reason=reason)
            raise NotFound(tr("I could not fetch that file."), tr("Send it again.")) from problem
        _check_size(len(content))
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            raise SettingsError(tr("That file is no text in UTF-8."), tr("Save it as UTF-8 and send it again.")) from (
                problem
            )

    async def _fetch(self, file: ReceivedFile) -> bytes:
        found = await self._bot.get_file(file.id)
        _check_size(found.file_size or 0)
        address = found.file_path or ""
        # A Bot API server in local mode names a path on its own disk instead; ours is none of its business.
        if not address.startswith(f"{self._bot.base_file_url}/"):
            raise TelegramError("the server gives no address for the file")
        return await self._request.retrieve(address)


def build_download_request() -> HTTPXRequest:
    """One connection for files; their answers are no JSON, so that they are not judged as answers of methods."""
    return HTTPXRequest(
        connection_pool_size=1,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        write_timeout=ANSWER_SECONDS,
        pool_timeout=CONNECT_SECONDS,
        httpx_kwargs={"verify": trusted_authorities()},
    )


def _check_size(size: int) -> None:
    if size > LONGEST_REQUEST:
        said = tr("That file has {size} bytes; I read at most {most}.", size=f"{size:,}", most=f"{LONGEST_REQUEST:,}")
        raise SettingsError(said)
