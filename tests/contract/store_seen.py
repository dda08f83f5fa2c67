"""What every store promises about what feeds have shown, what was learned of them, and what happened to them."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.feed_notices import FeedNotice, NoticeKind
from bot.domain.health import Health, Pulse
from bot.domain.novelty import MEMORY, Revision
from bot.domain.rhythm import new_rhythm
from bot.ports.store import Store
from tests.factories import at, build_feed, build_item, build_outgoing, build_poll
from tests.fakes.clock import START


def revision(title: str, **fields: str) -> Revision:
    """`item-1` under another headline."""
    values = {"feed_id": "asia-plus", "key": "item-1", "link_key": "link-of-item-1", "summary": ""} | fields
    return Revision(title=title, at=at(5), **values)


class SeenContract:
    """Keys, learned rhythms, health, notices and revisions."""

    async def test_items_are_known_by_each_of_their_keys_within_their_feed(self, fed: Store) -> None:
        item = build_item("k1", link_key="l1", title_key="t1")
        await fed.record_polls([build_poll(items=(item,))], at(0))
        asked = frozenset({"k1", "l1", "t1", "k2", ""})
        found = await fed.find_seen({"asia-plus": asked, "tass": asked})
        assert found == {"asia-plus": {"k1": at(0), "l1": at(0), "t1": at(0)}, "tass": {}}

    async def test_nothing_asked_is_nothing_found(self, fed: Store) -> None:
        assert await fed.find_seen({}) == {}
        assert await fed.find_seen({"asia-plus": []}) == {"asia-plus": {}}

    async def test_keys_are_forgotten_when_a_whole_document_has_not_listed_them_for_long(self, fed: Store) -> None:
        await fed.record_polls([build_poll(items=(build_item("old"), build_item("kept")))], at(0))
        later = START + MEMORY + timedelta(hours=2)
        await fed.record_polls([build_poll()], later)
        assert set((await fed.find_seen({"asia-plus": ["old", "kept"]}))["asia-plus"]) == {"old", "kept"}
        await fed.record_polls([build_poll(remember=("kept",), whole=True)], later)
        assert set((await fed.find_seen({"asia-plus": ["old", "kept"]}))["asia-plus"]) == {"kept"}

    async def test_what_was_learned_comes_back_with_the_feed(self, fed: Store) -> None:
        rhythm = new_rhythm(at(0), [at(-60 * hours) for hours in range(40)], window=40)
        pulse = Pulse(at(0), Health.STUCK, 2, Health.OK, Health.UNDATED, (0, 65535, 7), "k", at(-3), 3)
        await fed.record_polls([build_poll(rhythm=rhythm, pulse=pulse)], at(0))
        status = (await fed.list_feeds())[0]
        assert (status.rhythm, status.pulse) == (rhythm, pulse)
        assert (await fed.list_due_feeds(at(60), 10))[-1] == status
        louder = replace(rhythm, window=41)
        await fed.record_polls([build_poll(rhythm=louder)], at(1))
        status = (await fed.list_feeds())[0]
        assert (status.rhythm, status.pulse) == (louder, pulse)
        assert sorted(await fed.list_paces()) == [b"", rhythm.pace]

    async def test_a_feed_with_an_interval_of_its_own_has_no_pace(self, store: Store) -> None:
        await store.sync_feeds([build_feed(interval=timedelta(minutes=5))], START)
        assert await store.list_paces() == []

    async def test_busy_feeds_are_not_due(self, fed: Store) -> None:
        assert [one.feed.id for one in await fed.list_due_feeds(at(0), 10, frozenset({"tass"}))] == ["asia-plus"]

    async def test_notices_come_newest_first(self, fed: Store) -> None:
        first = FeedNotice("asia-plus", at(0), NoticeKind.HEALTH, "one")
        second = FeedNotice("", at(1), NoticeKind.NETWORK_DOWN, "two")
        await fed.record_polls([build_poll(notices=(first,))], at(0))
        await fed.record_polls([build_poll(notices=(second,))], at(1))
        assert await fed.list_feed_notices(at(0), 10) == [second, first]
        assert await fed.list_feed_notices(at(1), 10) == [second]
        assert await fed.list_feed_notices(at(0), 1) == [second]

    async def test_messages_of_a_poll_go_into_the_outbox_once(self, fed: Store) -> None:
        poll = build_poll(messages=(build_outgoing("coverage:tg"),))
        await fed.record_polls([poll], at(0))
        await fed.record_polls([poll], at(1))
        assert (await fed.count_totals()).deliveries == 1

    async def test_an_edited_headline_is_kept_beside_the_item(self, fed: Store) -> None:
        await fed.record_polls([build_poll(items=(build_item(),))], at(0))
        await fed.record_polls([build_poll(revisions=(revision("First edit"),))], at(5))
        by_link = revision("Second edit", key="another-id")
        await fed.record_polls([build_poll(revisions=(by_link, revision("Of nothing", key="x", link_key="")))], at(6))
        assert [one.title for one in await fed.list_revisions("item-1")] == ["First edit", "Second edit"]
        assert (await fed.list_revisions("item-1"))[0] == revision("First edit")
