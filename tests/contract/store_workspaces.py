"""What every store promises about the workspaces that the bot is installed in."""

from bot.domain.chats import ChatKind, Destination, Platform
from bot.domain.workspaces import MOST_INVITATIONS, Workspace
from bot.ports.store import Store
from tests.contract.reopening import Reopen
from tests.factories import at

GONE = "the app was uninstalled from the workspace"


def _workspace(workspace_id: str = "T0ONE", token: str = "xoxb-1") -> Workspace:
    return Workspace(workspace_id, "One", "U0BOT", token, ("chat:write",), f"slack:{workspace_id}/U1", at(0))


def _channel(address: str, workspace: str) -> Destination:
    return Destination(Platform.SLACK, address, kind=ChatKind.CHANNEL, workspace=workspace)


class WorkspaceContract:
    """Installations and invitations."""

    async def test_an_installation_outlives_a_restart(self, store: Store, reopen: Reopen) -> None:
        await store.record_workspace(_workspace())
        await store.record_workspace(_workspace("T0TWO", "xoxb-2"))
        await store.record_workspace(_workspace(token="xoxb-3"))
        store = await reopen()
        assert await store.list_workspaces() == [_workspace(token="xoxb-3"), _workspace("T0TWO", "xoxb-2")]
        assert await store.find_workspace("T0TWO") == _workspace("T0TWO", "xoxb-2")
        assert await store.find_workspace("T0NONE") is None

    async def test_an_uninstalled_workspace_loses_its_token_and_its_chats_until_it_comes_back(
        self, store: Store
    ) -> None:
        await store.record_workspace(_workspace())
        mine, closed = _channel("T0ONE/C1", "T0ONE"), _channel("T0ONE/C2", "T0ONE")
        theirs = _channel("T0TWO/C1", "T0TWO")
        for one in (mine, closed, theirs):
            await store.ensure_destination(one)
        await store.disable_destination(closed.key, "the channel was archived")
        met = _channel("T0ONE/C3", "T0ONE")
        await store.ensure_destination(met)
        await store.disable_destination(met.key, "Slack refused: token_revoked.")
        await store.leave_workspace(Platform.SLACK, "T0ONE", GONE)
        left = await store.find_workspace("T0ONE")
        assert left is not None
        assert (left.token, left.gone) == ("", GONE)
        assert await self._disabled(store, mine, closed, theirs) == [GONE, "the channel was archived", ""]
        await store.record_workspace(_workspace())
        assert await self._disabled(store, mine, closed, theirs, met) == ["", "the channel was archived", "", ""]

    async def test_chats_of_a_single_workspace_go_on_among_several(self, store: Store) -> None:
        await store.ensure_destination(_channel("C1", "T0ONE"))
        await store.subscribe(_channel("C1", "T0ONE"), "csto", "slack:U1", at(0))
        await store.ensure_destination(_channel("C2", "T0TWO"))
        await store.record_workspace(_workspace())
        watched = [(one.destination.key, one.watchlist) for one in await store.list_subscriptions()]
        assert watched == [("slack:T0ONE/C1", "csto")]
        (other,) = await store.list_destinations(["slack:C2"])
        assert other.address == "C2"
        await store.record_workspace(_workspace())
        assert [one.destination.address for one in await store.list_subscriptions()] == ["T0ONE/C1"]

    async def test_an_invitation_works_once_and_for_ten_minutes(self, store: Store) -> None:
        assert await store.record_invitation("a", at(10), at(0))
        assert await store.record_invitation("b", at(10), at(0))
        assert await store.use_invitation("a", at(9))
        assert not await store.use_invitation("a", at(9))
        assert not await store.use_invitation("b", at(10))
        assert not await store.use_invitation("never", at(0))

    async def test_invitations_are_bounded_and_expired_ones_make_room(self, store: Store) -> None:
        for number in range(MOST_INVITATIONS):
            await store.record_invitation(str(number), at(10), at(0))
        assert not await store.record_invitation("more", at(10), at(0))
        assert await store.record_invitation("more", at(20), at(10))

    @staticmethod
    async def _disabled(store: Store, *destinations: Destination) -> list[str]:
        found = {one.key: one.disabled for one in await store.list_destinations([one.key for one in destinations])}
        return [found[one.key] for one in destinations]
