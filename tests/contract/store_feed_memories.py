"""What every store promises about what is remembered of feeds' answers."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.feed_memory import FeedMemory, Parts
from bot.domain.polls import PollRecord
from bot.domain.wishes import Wishes
from bot.ports.store import Store
from tests.contract.reopening import Reopen
from tests.factories import build_feed, build_feed_state
from tests.fakes.clock import START

MEMORY = FeedMemory(
    body=b"\x00\x01" * 8,
    entries=b"12345678abcdefgh",
    frame=b"frame\x00xy",
    parts=Parts.BEGINNING,
    part_readings=3,
    wishes=Wishes(timedelta(hours=1), (0, 23), (5, 6)),
    full_at=START,
    not_modified=7,
    moved_to="https://new.example/rss",
    moved_since=START - timedelta(days=2),
    address="https://there.example/rss",
    second_agent=True,
    hub="https://hub.example/",
    topic="https://there.example/rss",
)


class FeedMemoryContract:
    """What feeds answered is remembered as part of the poll that recorded it."""

    async def test_a_memory_comes_back_as_it_was(self, store: Store, reopen: Reopen) -> None:
        await store.sync_feeds([build_feed(), build_feed("other")], START)
        await store.record_polls([PollRecord(build_feed_state(), memory=FeedMemory())], START)
        await store.record_polls([PollRecord(build_feed_state(), memory=MEMORY)], START)
        store = await reopen()
        assert await store.find_memories(["asia-plus", "other", "unknown"]) == {"asia-plus": MEMORY}
        assert await store.find_memories([]) == {}

    async def test_a_poll_without_a_memory_leaves_the_last_one(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], START)
        await store.record_polls([PollRecord(build_feed_state(), memory=MEMORY)], START)
        await store.record_polls([PollRecord(build_feed_state())], START)
        assert await store.find_memories(["asia-plus"]) == {"asia-plus": MEMORY}

    async def test_of_an_answer_like_the_last_one_only_the_number_changes(self, store: Store) -> None:
        await store.sync_feeds([build_feed(), build_feed("other")], START)
        states = [build_feed_state(), build_feed_state("other")]
        await store.record_polls([PollRecord(state, memory=MEMORY) for state in states], START)
        await store.record_polls([PollRecord(states[0], only_counted=True), PollRecord(states[1])], START)
        counted = replace(MEMORY, not_modified=8)
        assert await store.find_memories(["asia-plus", "other"]) == {"asia-plus": counted, "other": MEMORY}

    async def test_a_feed_at_another_address_is_remembered_no_more(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], START)
        await store.record_polls([PollRecord(build_feed_state(), memory=MEMORY)], START)
        await store.sync_feeds([build_feed(url="https://elsewhere.example/rss")], START)
        assert await store.find_memories(["asia-plus"]) == {}
