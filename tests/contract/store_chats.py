"""What every store promises about updates from chats and about who watches what."""

from dataclasses import replace

import pytest

from bot.domain.audit import Action
from bot.domain.chats import ChatKind, Level, Platform, Subscription
from bot.errors import NotFound
from bot.ports.store import Store
from tests.contract.outbox import claim, keys
from tests.contract.reopening import Reopen
from tests.factories import at, build_destination, build_outgoing, build_slack_destination, build_update

DESK = build_destination()


class ChatContract:
    """Inbox, destinations and subscriptions."""

    async def test_an_update_is_stored_once(self, store: Store) -> None:
        update = build_update("900", payload='{"text": "سلام"}')
        assert await store.record_update(update)
        assert not await store.record_update(replace(update, payload="{}"))
        assert await store.list_unhandled_updates(Platform.TELEGRAM, 10) == [update]

    async def test_platforms_may_use_the_same_keys(self, store: Store) -> None:
        slack = build_update("900", platform=Platform.SLACK)
        assert await store.record_update(build_update("900"))
        assert await store.record_update(slack)
        assert await store.list_unhandled_updates(Platform.SLACK, 10) == [slack]

    async def test_unhandled_updates_outlive_a_restart_in_order(self, store: Store, reopen: Reopen) -> None:
        updates = [build_update(str(number), received_at=at(number % 3)) for number in (9, 5, 7)]
        for update in updates:
            await store.record_update(update)
        store = await reopen()
        assert await store.list_unhandled_updates(Platform.TELEGRAM, 10) == updates
        assert await store.list_unhandled_updates(Platform.TELEGRAM, 2) == updates[:2]

    async def test_a_handled_update_is_done_and_its_replies_wait_together(self, store: Store, reopen: Reopen) -> None:
        update = build_update()
        await store.record_update(update)
        await store.record_handled(update, [build_outgoing("r1"), build_outgoing("r2")], at(1))
        store = await reopen()
        assert await store.list_unhandled_updates(Platform.TELEGRAM, 10) == []
        assert not await store.record_update(update)
        assert (await store.count_totals()).deliveries_pending == 2

    async def test_handling_twice_replies_once(self, store: Store) -> None:
        update = build_update()
        await store.record_update(update)
        for _ in range(2):
            await store.record_handled(update, [build_outgoing("r1")], at(1))
        assert (await store.count_totals()).deliveries == 1

    async def test_a_reply_that_cannot_be_stored_leaves_the_update_unhandled(self, store: Store) -> None:
        update = build_update()
        await store.record_update(update)
        naive = at(1).replace(tzinfo=None)
        with pytest.raises(TypeError):
            await store.record_handled(update, [build_outgoing("r1")], naive)
        assert await store.list_unhandled_updates(Platform.TELEGRAM, 10) == [update]
        assert (await store.count_totals()).deliveries == 0

    async def test_a_destination_is_made_once_and_comes_back_as_stored(self, store: Store) -> None:
        group = build_destination("-100", thread="7", kind=ChatKind.GROUP, timezone="Asia/Dushanbe")
        assert await store.ensure_destination(group) == group
        assert await store.ensure_destination(replace(group, timezone="UTC", title="")) == group
        renamed = replace(group, title="Renamed", kind=ChatKind.CHANNEL, workspace="T1")
        assert await store.ensure_destination(renamed) == renamed
        assert await store.ensure_destination(replace(renamed, title="", workspace="")) == renamed

    async def test_a_destination_that_is_seen_again_is_live_again(self, store: Store) -> None:
        await store.subscribe(DESK, "csto", "telegram:42", at(0))
        await store.disable_destination(DESK.key, "blocked")
        assert await store.list_subscriptions() == []
        assert (await store.ensure_destination(DESK)).disabled == ""
        assert len(await store.list_subscriptions()) == 1

    async def test_a_reply_to_a_lost_destination_does_not_revive_it(self, store: Store) -> None:
        await store.subscribe(DESK, "csto", "telegram:42", at(0))
        await store.disable_destination(DESK.key, "blocked")
        await store.enqueue([build_outgoing()], at(0))
        assert await claim(store) == []
        assert await store.list_subscriptions() == []

    async def test_disabling_an_unknown_destination_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound):
            await store.disable_destination("telegram:404", "blocked")

    async def test_subscribing_is_said_to_be_new_only_once(self, store: Store) -> None:
        assert await store.subscribe(DESK, "csto", "telegram:42", at(3))
        assert not await store.subscribe(DESK, "csto", "telegram:43", at(4))
        assert await store.list_subscriptions() == [Subscription(DESK, "csto", "telegram:42", at(3))]

    async def test_subscribing_again_at_another_level_changes_it_and_is_audited(self, store: Store) -> None:
        assert await store.subscribe(DESK, "csto", "telegram:42", at(3), level=Level.HIGH)
        assert not await store.subscribe(DESK, "csto", "telegram:43", at(4), level=Level.HIGH)
        assert await store.subscribe(DESK, "csto", "telegram:43", at(5), level=Level.DIGEST)
        assert await store.list_subscriptions() == [Subscription(DESK, "csto", "telegram:42", at(3), Level.DIGEST)]
        changes = [(entry.action, entry.detail) for entry in await store.list_audit(10)]
        assert changes == [(Action.CHANGED, "digest"), (Action.ADDED, "high")]

    async def test_a_chat_that_moves_keeps_its_levels(self, store: Store) -> None:
        new = build_destination("1002")
        await store.ensure_destination(new)
        await store.subscribe(DESK, "csto", "telegram:42", at(0), level=Level.DIGEST)
        await store.move_chat(DESK, new.address)
        (moved,) = await store.list_subscriptions(new.key)
        assert moved.level is Level.DIGEST

    async def test_unsubscribing_is_said_to_have_worked_only_once(self, store: Store) -> None:
        assert not await store.unsubscribe(DESK, "csto", "telegram:42", at(5))
        await store.subscribe(DESK, "csto", "telegram:42", at(0))
        await store.subscribe(DESK, "ttp", "telegram:42", at(0))
        assert await store.unsubscribe(DESK, "csto", "telegram:42", at(5))
        assert not await store.unsubscribe(DESK, "csto", "telegram:42", at(5))
        assert [one.watchlist for one in await store.list_subscriptions(DESK.key)] == ["ttp"]

    async def test_subscriptions_outlive_a_restart_and_are_listed_per_destination(
        self, store: Store, reopen: Reopen
    ) -> None:
        channel = build_slack_destination()
        await store.subscribe(DESK, "csto", "telegram:42", at(0))
        await store.subscribe(channel, "csto", "slack:U1", at(0))
        store = await reopen()
        assert [one.destination for one in await store.list_subscriptions()] == [DESK, channel]
        assert [one.destination for one in await store.list_subscriptions(channel.key)] == [channel]
        assert await store.list_subscriptions("telegram:404") == []

    async def test_a_reply_waits_for_the_destination_it_names(self, store: Store) -> None:
        channel = build_slack_destination()
        await store.enqueue([build_outgoing("r1", destination=channel)], at(0))
        (delivery,) = await claim(store, platform=Platform.SLACK)
        assert delivery.destination == channel
        assert keys([delivery]) == ["Watching CSTO."]
