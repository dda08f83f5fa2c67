"""What every store promises about chats that the bot lost."""

from dataclasses import replace

from bot.domain.audit import ITSELF, Action, AuditEntry, Subject
from bot.domain.chats import ChatKind, Destination
from bot.ports.store import Store
from tests.contract.outbox import claim, put
from tests.factories import at, build_destination

GROUP = build_destination("-100500", kind=ChatKind.GROUP, title="Border desk")
TOPIC = replace(GROUP, thread="7")
OTHER = build_destination("-1005", kind=ChatKind.GROUP)
REASON = "the bot was removed"


def _lost(destination: Destination, minutes: float) -> AuditEntry:
    return AuditEntry(at(minutes), ITSELF, Action.REMOVED, Subject.CHAT, "Border desk", destination.key)


async def _watch(store: Store, *destinations: Destination) -> None:
    for one in destinations:
        await store.subscribe(one, "csto", "telegram:42", at(0))


class DepartureContract:
    """Chats that come and go."""

    async def test_a_lost_chat_gets_nothing_any_more_nor_do_its_topics(self, store: Store) -> None:
        await _watch(store, GROUP, TOPIC, OTHER)
        await put(store, "a", destination=TOPIC)
        assert await store.disable_chat(GROUP, REASON, _lost(GROUP, 1))
        assert [one.destination.key for one in await store.list_subscriptions()] == [OTHER.key]
        assert await claim(store, at(2)) == []
        assert [one.subject for one in await store.list_audit(1)] == [Subject.CHAT]

    async def test_a_group_known_by_its_topics_alone_is_lost_as_well(self, store: Store) -> None:
        await _watch(store, TOPIC)
        assert await store.disable_chat(GROUP, REASON, _lost(GROUP, 1))
        assert await store.list_subscriptions() == []

    async def test_a_chat_that_was_never_served_cannot_be_lost(self, store: Store) -> None:
        assert not await store.disable_chat(GROUP, REASON, _lost(GROUP, 1))
        assert await store.list_audit(10) == []

    async def test_who_comes_back_finds_everything(self, store: Store) -> None:
        await _watch(store, GROUP, TOPIC)
        await store.disable_chat(GROUP, REASON, _lost(GROUP, 1))
        await store.revive_chat(GROUP)
        assert await store.forget_departed(at(99)) == 0
        assert len(await store.list_subscriptions()) == 2

    async def test_who_does_not_is_let_go_after_a_while(self, store: Store) -> None:
        await _watch(store, GROUP, TOPIC, OTHER)
        await store.disable_chat(GROUP, REASON, _lost(GROUP, 1))
        assert await store.forget_departed(at(1)) == 0
        assert await store.forget_departed(at(2)) == 2
        assert await store.forget_departed(at(2)) == 0
        assert await store.list_destinations([GROUP.key, TOPIC.key]) == []
        assert [one.destination.key for one in await store.list_subscriptions()] == [OTHER.key]
        assert not any(entry.destination == GROUP.key for entry in await store.list_audit(10))

    async def test_the_last_loss_counts(self, store: Store) -> None:
        await _watch(store, GROUP)
        await store.disable_chat(GROUP, REASON, _lost(GROUP, 1))
        await store.revive_chat(GROUP)
        await store.disable_chat(GROUP, REASON, _lost(GROUP, 10))
        assert await store.forget_departed(at(5)) == 0
        assert await store.forget_departed(at(11)) == 1

    async def test_a_chat_that_only_could_not_be_written_to_is_kept(self, store: Store) -> None:
        await _watch(store, GROUP)
        await store.disable_destination(GROUP.key, "Forbidden")
        assert await store.forget_departed(at(99)) == 0
