"""Which language a person has chosen in Slack."""

import asyncio

import structlog

from bot.chat.slack.calls import answer_of
from bot.chat.slack.places import slack_id
from bot.chat.slack.workspaces import Workspaces
from bot.errors import SendError

_SECONDS = 2.0
_MOST_KNOWN = 10_000

log = structlog.get_logger(__name__)


class Languages:
    """Asks Slack once for each person, as long as the program runs: what a person chose for a chat counts more."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._known: dict[tuple[str, str], str] = {}

    async def find(self, person: str, workspace: str) -> str:
        """A code such as `ru-RU`; empty when Slack cannot be asked. Never raises.

        The locale is there when it is asked for: https://docs.slack.dev/reference/methods/users.info
        """
        if (workspace, person) in self._known:
            return self._known[workspace, person]
        try:
            async with asyncio.timeout(_SECONDS):
                client = await self._workspaces.client_for(workspace)
                answer = await answer_of(client.users_info(user=slack_id(person), include_locale=True))
        except (SendError, TimeoutError) as error:
            log.info("slack_language_not_known", reason=str(error) or "timeout")
            return ""
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[workspace, person] = str((answer.get("user") or {}).get("locale") or "")
        return self._known[workspace, person]
