"""What every store promises about the bot's owner."""

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chats import Destination, Person, Platform
from bot.domain.ownership import Owner
from bot.ports.store import Store
from tests.contract.reopening import Reopen
from tests.factories import at


def _owner(person_id: str) -> Owner:
    person = Person(Platform.SLACK, person_id, "Dana")
    return Owner(person, Destination(Platform.SLACK, person_id, title="Dana", workspace="T0TEAM"), at(0))


def _entry(action: Action, minutes: float) -> AuditEntry:
    return AuditEntry(at(minutes), "slack:U1", action, Subject.OWNER, "Dana")


class OwnerContract:
    """One owner at most."""

    async def test_an_owner_outlives_a_restart_and_is_audited(self, store: Store, reopen: Reopen) -> None:
        assert await store.find_owner() is None
        assert await store.record_owner(_owner("U1"), _entry(Action.ADDED, 0))
        store = await reopen()
        assert await store.find_owner() == _owner("U1")
        assert [one.subject for one in await store.list_audit(10)] == [Subject.OWNER]

    async def test_nobody_takes_the_place_of_an_owner(self, store: Store) -> None:
        assert await store.record_owner(_owner("U1"), _entry(Action.ADDED, 0))
        assert not await store.record_owner(_owner("U2"), _entry(Action.ADDED, 1))
        assert await store.find_owner() == _owner("U1")
        assert len(await store.list_audit(10)) == 1

    async def test_who_was_forgotten_can_be_followed_by_another(self, store: Store) -> None:
        assert not await store.forget_owner(_entry(Action.REMOVED, 0))
        await store.record_owner(_owner("U1"), _entry(Action.ADDED, 0))
        assert await store.forget_owner(_entry(Action.REMOVED, 1))
        assert await store.record_owner(_owner("U2"), _entry(Action.ADDED, 2))
        assert [one.action for one in await store.list_audit(10)] == [Action.ADDED, Action.REMOVED, Action.ADDED]
