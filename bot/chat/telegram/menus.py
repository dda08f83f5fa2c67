"""The menus that Telegram shows behind the slash, for private chats, groups and their administrators."""

from collections.abc import Sequence

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.constants import BotCommandLimit
from telegram.error import TelegramError

from bot.chat.telegram.failures import build_send_error
from bot.chat.telegram.fitting import cut
from bot.commands.menus import Audience, Menu

_SCOPES: dict[Audience, BotCommandScope] = {
    Audience.PRIVATE: BotCommandScopeAllPrivateChats(),
    Audience.GROUP: BotCommandScopeAllGroupChats(),
    Audience.ADMINS: BotCommandScopeAllChatAdministrators(),
}

log = structlog.get_logger(__name__)


async def publish_menus(telegram_bot: Bot, menus: Sequence[Menu]) -> None:
    """Sets each menu that is not as it should be, and takes away the one for everybody that older versions set.

    Never raises: a bot without menus works.
    """
    try:
        for menu in menus:
            await _publish(telegram_bot, menu)
        if menus and await telegram_bot.get_my_commands():
            await telegram_bot.delete_my_commands()
    except TelegramError as problem:
        log.warning("telegram_commands_not_set", reason=str(build_send_error(problem)))


async def _publish(telegram_bot: Bot, menu: Menu) -> None:
    longest = int(BotCommandLimit.MAX_DESCRIPTION)
    wanted = tuple(BotCommand(name, cut(summary, longest)) for name, summary in menu.entries)
    scope, language = _SCOPES[menu.audience], menu.language or None
    if tuple(await telegram_bot.get_my_commands(scope, language)) != wanted:
        await telegram_bot.set_my_commands(wanted, scope, language)
