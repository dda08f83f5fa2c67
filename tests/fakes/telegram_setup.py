"""How a bot is set up on the fake: its webhook, and its command menus by scope and language."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.fakes.server import JSON
from tests.fakes.telegram_parameters import Parameters
from tests.fakes.telegram_rules import bad_request, check_commands
from tests.fakes.telegram_updates import UpdateQueue

WEBHOOK_PORTS = {443, 80, 88, 8443}  # telegram.constants.SUPPORTED_WEBHOOK_PORTS
SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
CHAT_SCOPES = {"chat", "chat_administrators", "chat_member"}


class Setup:
    """State and methods."""

    def __init__(self, updates: UpdateQueue) -> None:
        self.commands: dict[tuple[str, str], list[JSON]] = {}
        self.webhook: JSON = {}
        self.last_webhook_error = ""
        self._updates = updates
        self.methods = {
            "setMyCommands": self._set_my_commands,
            "getMyCommands": self._get_my_commands,
            "deleteMyCommands": self._delete_my_commands,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._get_webhook_info,
        }

    def menu(self, scope: str = "default", language: str = "") -> list[str]:
        """The names in a menu, in order."""
        return [one["command"] for one in self.commands.get((json.dumps({"type": scope}), language), [])]

    async def call_webhook(self, origin: str, *, answers_arrive: bool = True) -> int:
        """Delivers what is pending in order, until one call fails; how many were answered.

        The server is reached at `origin`, which stands for what https and the proxy do in between. What is answered
        comes again if the answer does not arrive.
        """
        assert self.webhook, "no webhook is set"
        answered = 0
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
        async with aiohttp.ClientSession(headers=headers) as session:
            for update in self._updates.pending:
                address = f"{origin}{urlsplit(self.webhook['url']).path}"
                try:
                    async with session.post(address, json=update) as answer:
                        answer.raise_for_status()
                except aiohttp.ClientResponseError as error:
                    self.last_webhook_error = f"Wrong response from the webhook: {error.status} {error.message}"
                    break
                except aiohttp.ClientConnectionError:
                    self.last_webhook_error = "Connection refused"
                    break
                if answers_arrive:
                    self._updates.confirm_before(update["update_id"] + 1)
                answered += 1
        return answered

    async def _set_my_commands(self, given: Parameters) -> bool:
        commands = check_commands(given.structure("commands"))
        self.commands[_menu(given)] = commands
        return True

    async def _get_my_commands(self, given: Parameters) -> list[JSON]:
        return self.commands.get(_menu(given), [])

    async def _delete_my_commands(self, given: Parameters) -> bool:
        self.commands.pop(_menu(given), None)
        return True

    async def _set_webhook(self, given: Parameters) -> bool:
        url, secret = given.text("url"), given.text("secret_token")
        parts = urlsplit(url)
        if url and parts.scheme != "https":
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if url and (parts.port or 443) not in WEBHOOK_PORTS:
            raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise bad_request("secret token contains unallowed characters")
        self._updates.allow(given.structure("allowed_updates"))
        return self._use_webhook({"url": url, "secret_token": secret} if url else {}, given)

    async def _delete_webhook(self, given: Parameters) -> bool:
        return self._use_webhook({}, given)

    def _use_webhook(self, webhook: JSON, given: Parameters) -> bool:
        self.webhook = webhook
        self._updates.is_webhook_set = bool(webhook)
        if given.boolean("drop_pending_updates"):
            self._updates.drop_all()
        return True

    async def _get_webhook_info(self, _: Parameters) -> JSON:
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.pending),
            **({"last_error_message": self.last_webhook_error} if self.last_webhook_error else {}),
        }


def _menu(given: Parameters) -> tuple[str, str]:
    scope: Any = given.structure("scope") or {"type": "default"}
    language = given.text("language_code")
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES | CHAT_SCOPES:
        raise bad_request("unsupported scope type specified")
    if scope["type"] in CHAT_SCOPES and not scope.get("chat_id"):
        raise bad_request("can't parse BotCommandScope: chat identifier is not specified")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    return json.dumps(scope, sort_keys=True), language
