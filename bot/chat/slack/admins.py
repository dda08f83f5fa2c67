"""Who may change what a channel watches: admins and owners of the workspace, and the members of one user group."""

import structlog

from bot.chat.slack.calls import answer_of
from bot.chat.slack.places import slack_id
from bot.chat.slack.workspaces import Workspaces
from bot.errors import SendError
from bot.ports.clock import Clock

_KNOWN_SECONDS = 300.0
_MOST_KNOWN = 10_000
_POWERS = ("is_admin", "is_owner", "is_primary_owner")

log = structlog.get_logger(__name__)


class Admins:
    """Asks Slack and remembers for five minutes. `group` is the id of a user group; empty for none."""

    def __init__(self, workspaces: Workspaces, clock: Clock, group: str = "") -> None:
        self._workspaces = workspaces
        self._clock = clock
        self._group = group
        self._known: dict[tuple[str, str], tuple[float, bool]] = {}
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    async def knows(self, person: str, workspace: str) -> bool:
        """Whether a person is one of them. False when Slack cannot be asked."""
        now = self._clock.monotonic()
        known_at, known = self._known.get((workspace, person), (float("-inf"), False))
        if now - known_at < _KNOWN_SECONDS:
            return known
        try:
            known = await self._has_power(person, workspace) or slack_id(person) in await self._list_group(workspace)
        except SendError as error:
            log.warning("slack_admin_not_known", reason=str(error))
            return False
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[workspace, person] = now, known
        return known

    async def _has_power(self, person: str, workspace: str) -> bool:
        client = await self._workspaces.client_for(workspace)
        user = (await answer_of(client.users_info(user=slack_id(person)))).get("user") or {}
        return any(user.get(power) for power in _POWERS)

    async def _list_group(self, workspace: str) -> frozenset[str]:
        """The members of the group, by the ids that Slack gives them."""
        if not self._group:
            return frozenset()
        now = self._clock.monotonic()
        known_at, members = self._members.get(workspace, (float("-inf"), frozenset[str]()))
        if now - known_at < _KNOWN_SECONDS:
            return members
        client = await self._workspaces.client_for(workspace)
        answer = await answer_of(client.usergroups_users_list(usergroup=self._group))
        members = frozenset(str(user) for user in answer.get("users") or ())
        self._members[workspace] = now, members
        return members
