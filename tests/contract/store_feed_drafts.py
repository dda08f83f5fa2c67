"""What every store promises about feeds that wait for a button."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.feed_drafts import FEED_DRAFT_LIFE, FeedDraft
from bot.errors import NotFound
from bot.ports.store import Store
from tests.contract.reopening import Reopen
from tests.factories import at, build_destination, build_person

DESK = build_destination("1", title="Desk")
DRAFT = FeedDraft(DESK.key, "https://pamir.example/rss", "Pamir Post", "tg", 12, at(-90), 3, build_person().key, at(0))


class FeedDraftContract:
    """Feeds that were looked at and not added yet."""

    async def test_a_feed_that_waits_outlives_a_restart(self, store: Store, reopen: Reopen) -> None:
        await store.ensure_destination(DESK)
        kept = await store.record_feed_draft(DRAFT)
        assert replace(kept, id=0) == DRAFT
        said = await store.describe_feed_draft(kept.id, DESK.key, "state", "C")
        assert said == replace(kept, owner="state", grade="C")
        store = await reopen()
        assert await store.get_feed_draft(kept.id, DESK.key) == said

    async def test_a_feed_that_waits_belongs_to_its_chat(self, store: Store) -> None:
        await store.ensure_destination(DESK)
        kept = await store.record_feed_draft(replace(DRAFT, newest=None))
        with pytest.raises(NotFound):
            await store.get_feed_draft(kept.id, "telegram:2")
        with pytest.raises(NotFound):
            await store.describe_feed_draft(kept.id, "telegram:2", "state", "A")
        await store.drop_feed_draft(kept.id, "telegram:2")
        assert (await store.get_feed_draft(kept.id, DESK.key)).newest is None
        with pytest.raises(NotFound):
            await store.record_feed_draft(replace(DRAFT, destination="telegram:2"))

    async def test_a_feed_that_was_added_waits_no_more_except_for_the_request_that_added_it(self, store: Store) -> None:
        await store.ensure_destination(DESK)
        kept = await store.record_feed_draft(DRAFT)
        for _ in range(2):
            await store.use_feed_draft(kept.id, DESK.key, at(1))
            assert await store.get_feed_draft(kept.id, DESK.key, at(1)) == replace(kept, used_at=at(1))
        for moment in (None, at(2)):
            with pytest.raises(NotFound):
                await store.get_feed_draft(kept.id, DESK.key, moment)
        with pytest.raises(NotFound):
            await store.use_feed_draft(kept.id, DESK.key, at(2))

    async def test_a_number_never_stands_for_another_feed(self, store: Store) -> None:
        await store.ensure_destination(DESK)
        first = await store.record_feed_draft(DRAFT)
        await store.drop_feed_draft(first.id, DESK.key)
        await store.drop_feed_draft(first.id, DESK.key)
        assert (await store.record_feed_draft(DRAFT)).id != first.id
        with pytest.raises(NotFound):
            await store.get_feed_draft(first.id, DESK.key)

    async def test_feeds_that_waited_too_long_go_with_the_next_one(self, store: Store) -> None:
        await store.ensure_destination(DESK)
        old = await store.record_feed_draft(DRAFT)
        await store.record_feed_draft(replace(DRAFT, at=DRAFT.at + FEED_DRAFT_LIFE + timedelta(seconds=1)))
        with pytest.raises(NotFound):
            await store.get_feed_draft(old.id, DESK.key)

    async def test_feeds_that_wait_are_forgotten_with_their_person_and_their_chat(self, store: Store) -> None:
        await store.ensure_destination(DESK)
        mine = await store.record_feed_draft(DRAFT)
        await store.forget(build_person(), None, at(1))
        with pytest.raises(NotFound):
            await store.get_feed_draft(mine.id, DESK.key)
