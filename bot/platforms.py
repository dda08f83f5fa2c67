"""The chat platforms that have tokens, connected to the parts that serve them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.bootstrap import App, open_sealer
from bot.chat.slack.setup import SlackSetup
from bot.commands.all_commands import REGISTRY
from bot.commands.chat_app import ChatApp
from bot.commands.menus import Menu, build_menus
from bot.config import Settings
from bot.domain.language import LANGUAGES, default_language, speaking
from bot.ports.messenger import Messenger
from bot.services.hooks import Hooks

if TYPE_CHECKING:
    from bot.chat.telegram.webhook import WebhookAddress


@dataclass(frozen=True, slots=True)
class Chat:
    """Both halves of a chat platform. `ends_service` says that the service stops when no more updates can come."""

    app: ChatApp
    messenger: Messenger
    ends_service: bool = False


@asynccontextmanager
async def open_chats(app: App, hooks: Hooks) -> AsyncIterator[list[Chat]]:
    """The chat platforms that have tokens; none connects before it is used. What calls us does so through `hooks`.

    Raises SendError (UNAUTHORISED) for a token that cannot be one.
    """
    settings = app.settings
    chats = []
    async with AsyncExitStack() as stack:
        if settings.telegram_bot_token:
            # The platforms' libraries take 24 MB: only who has a token pays for them.
            from bot.chat.telegram.connect import open_telegram  # noqa: PLC0415  see above

            token = settings.telegram_bot_token.get_secret_value()
            telegram = await stack.enter_async_context(
                open_telegram(
                    token,
                    settings.telegram_api_url,
                    app.clock,
                    _list_menus(),
                    hooks=hooks,
                    webhook=_find_webhook(settings),
                )
            )
            chats.append(Chat(telegram.app, telegram.messenger))
        if settings.wants_slack:
            from bot.chat.slack.connect import open_slack  # noqa: PLC0415  see above

            sealer = open_sealer(settings)
            slack = await stack.enter_async_context(
                open_slack(build_slack_setup(settings), app.clock, hooks, app.store, sealer)
            )
            chats.append(Chat(slack.app, slack.messenger))
        yield chats


def build_slack_setup(settings: Settings) -> SlackSetup:
    """What the settings say of Slack."""

    def read(secret: SecretStr | None) -> str:
        return secret.get_secret_value() if secret else ""

    return SlackSetup(
        read(settings.slack_bot_token),
        read(settings.slack_app_token),
        read(settings.slack_signing_secret),
        settings.slack_api_url,
        settings.slack_command,
        settings.slack_admin_group,
        settings.slack_client_id,
        read(settings.slack_client_secret),
    )


def _find_webhook(settings: Settings) -> "WebhookAddress | None":
    from bot.chat.telegram.webhook import WebhookAddress  # noqa: PLC0415  only who has a token loads the library

    secret = settings.telegram_webhook_secret
    if not settings.wants_webhook:
        return None
    return WebhookAddress(settings.telegram_webhook_url, secret.get_secret_value() if secret else "")


def _list_menus() -> tuple[Menu, ...]:
    """The command menus in every language; those of the installation's are for all others, too."""
    menus: list[Menu] = []
    for language in LANGUAGES:
        with speaking(language):
            menus += build_menus(REGISTRY, "" if language == default_language() else language)
    return tuple(menus)
