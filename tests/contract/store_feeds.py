"""What every store promises about feeds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.feeds import FeedOrigin, FeedState, FeedStatus
from bot.errors import Conflict, NotFound
from bot.ports.store import Store
from tests.factories import at, build_feed, build_feed_state, build_item, build_poll

CHAT = FeedOrigin.CHAT


async def _status(store: Store, feed_id: str = "asia-plus") -> FeedStatus:
    return next(status for status in await store.list_feeds() if status.feed.id == feed_id)


class FeedContract:
    """Feeds and their state."""

    async def test_a_synced_feed_comes_back_as_it_was_given_and_is_due_at_once(self, store: Store) -> None:
        feed = build_feed(
            topics=("security", "тоҷикӣ"),
            boilerplate=("Read more",),
            interval=timedelta(minutes=7, microseconds=3),
            origin_group="tass",
            note="slow",
            added_by="ops",
        )
        await store.sync_feeds([feed], at(0))
        assert await store.list_feeds() == [FeedStatus(feed, FeedState("asia-plus", next_due=at(0)), items=0)]
        assert await store.list_due_feeds(at(0), 10) == await store.list_feeds()

    async def test_feeds_in_exile_and_those_with_a_note_are_marked_also_when_they_are_not_read(
        self, store: Store
    ) -> None:
        marked = [build_feed("a", owner="exile"), build_feed("c", note="undesirable", enabled=False)]
        await store.sync_feeds([*marked, build_feed("b")], at(0))
        assert await store.list_marked_feeds() == marked

    async def test_a_letter_is_changed_where_people_added_the_feed(self, store: Store) -> None:
        await store.sync_feeds([build_feed("filed")], at(0))
        await store.add_feed(build_feed("added", origin=CHAT, added_by="telegram:42", grade="F"), at(0))
        entry = AuditEntry(at(1), "telegram:7", Action.CHANGED, Subject.FEED, "added", detail="reliability B")
        await store.grade_feed("added", "B", entry)
        assert (await _status(store, "added")).feed.grade == "B"
        assert [replace(one, id=0) for one in await store.list_audit(1)] == [entry]
        with pytest.raises(Conflict, match="set in a file"):
            await store.grade_feed("filed", "C", entry)
        with pytest.raises(NotFound, match="no feed nowhere"):
            await store.grade_feed("nowhere", "C", entry)
        assert len(await store.list_audit(10)) == 3

    async def test_a_feed_gone_from_the_files_is_disabled_and_comes_back_with_its_items(self, store: Store) -> None:
        await store.sync_feeds([build_feed("a"), build_feed("b")], at(0))
        await store.record_polls([build_poll("b", items=(build_item(feed_id="b"),))], at(0))
        await store.sync_feeds([build_feed("a")], at(1))
        assert not (await _status(store, "b")).feed.enabled
        assert [status.feed.id for status in await store.list_due_feeds(at(60), 10)] == ["a"]
        await store.sync_feeds([build_feed("a"), build_feed("b")], at(2))
        assert (await _status(store, "b")).feed.enabled
        assert (await _status(store, "b")).items == 1

    async def test_syncing_keeps_the_state_of_feeds_whose_address_stayed(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        state = build_feed_state(etag='"v1"', last_modified="Tue", failures=2, problem="timeout", problem_since=at(0))
        await store.record_polls([build_poll(state=state)], at(0))
        await store.sync_feeds([build_feed(outlet="Asia-Plus Media", grade="A")], at(1))
        status = await _status(store)
        assert status.feed.outlet == "Asia-Plus Media"
        assert status.feed.grade == "A"
        assert status.state == state

    async def test_a_feed_with_a_new_address_loses_its_validators_and_keeps_its_items(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        state = build_feed_state(etag='"v1"', last_modified="Tue")
        await store.record_polls([build_poll(state=state, items=(build_item(),))], at(0))
        await store.sync_feeds([build_feed(url="https://new.example/rss")], at(1))
        status = await _status(store)
        assert status.feed.url == "https://new.example/rss"
        assert status.state == replace(state, etag="", last_modified="", next_due=at(1))
        assert status.items == 1

    async def test_two_feeds_of_the_files_may_swap_their_addresses(self, store: Store) -> None:
        first, second = build_feed("a"), build_feed("b")
        await store.sync_feeds([first, second], at(0))
        await store.sync_feeds([replace(first, url=second.url), replace(second, url=first.url)], at(1))
        assert [status.feed.url for status in await store.list_feeds()] == [second.url, first.url]
        assert all(status.feed.enabled for status in await store.list_feeds())

    async def test_syncing_leaves_feeds_of_other_origins_alone(self, store: Store) -> None:
        await store.add_feed(build_feed("mine", origin=CHAT, added_by="telegram:42"), at(0))
        before = await _status(store, "mine")
        await store.sync_feeds([build_feed("mine", outlet="Theirs"), build_feed("a", url=before.feed.url)], at(1))
        assert await _status(store, "mine") == before
        assert [status.feed.id for status in await store.list_due_feeds(at(1), 10)] == ["mine"]

    async def test_adding_a_feed_twice_is_a_conflict_that_names_the_one_there(self, store: Store) -> None:
        await store.add_feed(build_feed("a", origin=CHAT), at(0))
        with pytest.raises(Conflict, match="feed a"):
            await store.add_feed(build_feed("other", url=build_feed("a").url), at(0))
        with pytest.raises(Conflict, match="feed a"):
            await store.add_feed(build_feed("a", url="https://elsewhere.example/"), at(0))
        assert len(await store.list_feeds()) == 1

    async def test_a_removed_feed_keeps_its_items_and_can_be_added_again(self, store: Store) -> None:
        await store.add_feed(build_feed(origin=CHAT), at(0))
        state = build_feed_state(etag='"v1"', failures=3, problem="timeout", problem_since=at(0))
        await store.record_polls([build_poll(state=state, items=(build_item(),))], at(0))
        await store.remove_feed("asia-plus", "telegram:42", at(0))
        assert not (await _status(store)).feed.enabled
        assert await store.list_due_feeds(at(60), 10) == []
        await store.add_feed(build_feed(origin=CHAT), at(1))
        assert await store.list_due_feeds(at(1), 10) == [
            FeedStatus(build_feed(origin=CHAT), FeedState("asia-plus", next_due=at(1)), items=1)
        ]

    async def test_removing_an_unknown_feed_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound):
            await store.remove_feed("nobody", "telegram:42", at(0))

    async def test_due_feeds_come_longest_overdue_first_and_never_more_than_asked_for(self, store: Store) -> None:
        await store.sync_feeds([build_feed(feed_id) for feed_id in "abcd"], at(0))
        due = {"a": at(3), "b": at(1), "c": at(2), "d": at(9)}
        await store.record_polls([build_poll(state=build_feed_state(key, next_due=due[key])) for key in due], at(0))
        assert [status.feed.id for status in await store.list_due_feeds(at(3), 10)] == ["b", "c", "a"]
        assert [status.feed.id for status in await store.list_due_feeds(at(3), 2)] == ["b", "c"]
