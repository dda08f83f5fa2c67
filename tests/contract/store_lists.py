"""What every store promises about lists made in chats, versions, drafts, and reading the archive again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.audit import Action, Subject
from bot.domain.chat_lists import DRAFT_LIFE, MOST_LISTS_IN_A_CHAT, Draft, Sample, Version
from bot.domain.deliveries import DeliveryState
from bot.domain.traces import Wanted
from bot.errors import Conflict, NotFound
from bot.ports.store import Store
from tests.contract.reopening import Reopen
from tests.factories import (
    at,
    build_destination,
    build_feed,
    build_item,
    build_poll,
    build_ringing_poll,
    build_watchlist,
)

DESK, OTHER = build_destination("1001"), build_destination("2002")


def build_draft(**fields: Any) -> Draft:
    draft = Draft(DESK.key, "", 0, "id: border\n", build_watchlist("border"), "telegram:42", "Dana", at(0))
    return replace(draft, **fields)


class ListContract:
    """Lists made in chats, and replays."""

    @pytest.fixture
    async def desks(self, store: Store) -> Store:
        """A store that knows two chats."""
        for destination in (DESK, OTHER):
            await store.ensure_destination(destination)
        return store

    async def add(self, store: Store, list_id: str = "border", **fields: Any) -> Draft:
        """Makes a list; the draft it was made of."""
        draft = await store.record_draft(build_draft(content=build_watchlist(list_id), **fields))
        await store.add_chat_list(draft, list_id, at(1))
        return draft

    async def test_a_list_is_made_of_a_draft_once(self, desks: Store, reopen: Reopen) -> None:
        draft = await self.add(desks)
        (made,) = await (await reopen()).list_chat_lists()
        assert (made.id, made.destination, made.owner_name, made.removed) == ("border", DESK.key, "Dana", False)
        assert made.version == Version(
            "border", 1, 0, draft.yaml, build_watchlist("border"), "telegram:42", "Dana", at(1)
        )

    async def test_a_used_draft_makes_no_second_list(self, desks: Store) -> None:
        draft = await self.add(desks)
        with pytest.raises(NotFound):
            await desks.add_chat_list(draft, "border-2", at(2))
        assert len(await desks.list_chat_lists()) == 1

    async def test_a_request_that_is_handled_again_finds_what_it_made_of_its_draft(self, desks: Store) -> None:
        draft = await self.add(desks)
        assert await desks.get_draft(draft.id, DESK.key, at(1)) == replace(draft, used_at=at(1))
        again = await desks.add_chat_list(draft, "border-2", at(1))
        assert [again] == await desks.list_chat_lists()
        changed = await desks.record_draft(build_draft(watchlist="border", based_on=1))
        versions = [await desks.add_version(changed, at(2)) for _ in range(2)]
        assert versions[0] == versions[1]
        for used in (draft, changed):
            for moment in (None, at(3)):
                with pytest.raises(NotFound):
                    await desks.get_draft(used.id, DESK.key, moment)
        with pytest.raises(NotFound):
            await desks.add_version(changed, at(3))
        assert len(await desks.list_watchlist_versions("border")) == 2

    async def test_a_taken_id_leaves_the_draft(self, desks: Store) -> None:
        await self.add(desks)
        draft = await desks.record_draft(build_draft())
        with pytest.raises(Conflict):
            await desks.add_chat_list(draft, "border", at(2))
        assert await desks.get_draft(draft.id, DESK.key) == draft

    async def test_a_chat_has_so_many_lists_and_no_more(self, desks: Store) -> None:
        for number in range(MOST_LISTS_IN_A_CHAT):
            await self.add(desks, f"list-{number}")
        with pytest.raises(Conflict, match="as many as it may have"):
            await self.add(desks, "one-more")
        await desks.remove_chat_list("list-0", "telegram:42", "Dana", at(2))
        await self.add(desks, "one-more")
        await self.add(desks, "elsewhere", destination=OTHER.key)

    async def test_an_undo_that_is_handled_again_goes_back_once(self, desks: Store) -> None:
        await self.add(desks)
        for number, word in ((2, "river"), (3, "bridge")):
            changed = build_draft(watchlist="border", based_on=number - 1, content=build_watchlist("border", word))
            assert (await desks.add_version(await desks.record_draft(changed), at(number))).number == number
        for _ in range(2):
            assert (await desks.undo_version("border", "telegram:7", "Rustam", at(4))).number == 2
        assert (await desks.undo_version("border", "telegram:7", "Rustam", at(5))).number == 1

    async def test_a_change_is_a_new_version_and_undo_goes_back_along_parents(self, desks: Store) -> None:
        await self.add(desks)
        changed = await desks.record_draft(
            build_draft(watchlist="border", based_on=1, content=build_watchlist("border", "river"))
        )
        assert (await desks.add_version(changed, at(2))).number == 2
        assert (await desks.undo_version("border", "telegram:7", "Rustam", at(3))).number == 1
        with pytest.raises(NotFound):
            await desks.undo_version("border", "telegram:7", "Rustam", at(4))
        again = await desks.record_draft(build_draft(watchlist="border", based_on=1))
        assert (await desks.add_version(again, at(5))).number == 3
        assert (await desks.undo_version("border", "telegram:7", "Rustam", at(6))).number == 1
        versions = await desks.list_watchlist_versions("border")
        assert [(version.number, version.parent) for version in versions] == [(3, 1), (2, 1), (1, 0)]
        assert versions[1].content == build_watchlist("border", "river")

    async def test_a_change_of_a_stale_version_is_refused(self, desks: Store) -> None:
        await self.add(desks)
        first, second = [await desks.record_draft(build_draft(watchlist="border", based_on=1)) for _ in range(2)]
        await desks.add_version(first, at(2))
        with pytest.raises(Conflict, match="Dana changed border in the meantime"):
            await desks.add_version(second, at(3))

    async def test_a_removed_list_is_kept_without_its_subscriptions(self, desks: Store) -> None:
        await self.add(desks)
        await desks.subscribe(DESK, "border", "telegram:42", at(2))
        await desks.remove_chat_list("border", "telegram:42", "Dana", at(3))
        assert [made.removed for made in await desks.list_chat_lists()] == [True]
        assert await desks.list_subscriptions(DESK.key) == []
        with pytest.raises(NotFound):
            await desks.remove_chat_list("border", "telegram:42", "Dana", at(4))

    async def test_what_is_done_to_a_list_is_in_the_audit_trail(self, desks: Store) -> None:
        await self.add(desks, query="tajik border")
        await desks.remove_chat_list("border", "telegram:7", "Rustam", at(3))
        entries = [one for one in await desks.list_audit(10) if one.subject is Subject.WATCHLIST]
        assert [(one.action, one.by, one.name, one.detail, one.destination) for one in entries] == [
            (Action.REMOVED, "telegram:7", "Rustam", "", DESK.key),
            (Action.ADDED, "telegram:42", "Dana", "tajik border", DESK.key),
        ]

    async def test_a_file_gets_a_version_when_it_says_something_else(self, store: Store) -> None:
        forms = [build_watchlist("csto", word) for word in ("one", "one", "two")]
        kept = [
            await store.record_file_versions([Version("csto", 0, 0, "…", form, "file", "", at(minute))])
            for minute, form in enumerate(forms)
        ]
        assert kept == [1, 0, 1]
        numbers = [(one.number, one.parent, one.at) for one in await store.list_watchlist_versions("csto")]
        assert numbers == [(2, 1, at(2)), (1, 0, at(0))]
        assert await store.list_chat_lists() == []

    async def test_a_draft_belongs_to_its_chat_and_lasts_two_weeks(self, desks: Store) -> None:
        sample = Sample("CSTO meets", "https://x.example", "wire", "en", at(0), ("CSTO",))
        draft = await desks.record_draft(build_draft(samples={"samples": (sample, sample), "gone": ()}))
        assert await desks.get_draft(draft.id, DESK.key) == draft
        with pytest.raises(NotFound):
            await desks.get_draft(draft.id, OTHER.key)
        rated = await desks.rate_sample(draft.id, DESK.key, 1, useful=False)
        assert [one.useful for one in rated.samples["samples"]] == [None, False]
        with pytest.raises(NotFound):
            await desks.rate_sample(draft.id, DESK.key, 2, useful=True)
        await desks.drop_draft(draft.id, OTHER.key)  # not theirs
        assert await desks.get_draft(draft.id, DESK.key) == rated
        await desks.record_draft(build_draft(at=at(1) + DRAFT_LIFE))
        with pytest.raises(NotFound):
            await desks.get_draft(draft.id, DESK.key)

    async def test_other_chats_do_not_see_matches_of_a_private_list(self, desks: Store) -> None:
        await self.add(desks, "csto")
        await desks.sync_feeds([build_feed()], at(0))
        await desks.record_polls([build_ringing_poll("item-1", DESK, OTHER)], at(2))
        views = {key: (await desks.list_alerts(key, at(0), 5))[0] for key in (DESK.key, OTHER.key)}
        assert [len(views[key].reports[0].matches) for key in (DESK.key, OTHER.key)] == [1, 0]
        assert (await desks.get_alert(views[DESK.key].alert.id, OTHER.key)).reports[0].matches == ()

    async def test_the_archive_is_read_part_by_part(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        items = tuple(build_item(f"item-{number}", first_seen=at(number)) for number in range(5))
        await store.record_polls([build_poll(items=items)], at(9))
        first = await store.list_items(at(1), 0, 2)
        assert [item for _, item in first] == list(items[1:3])
        rest = await store.list_items(at(1), first[-1][0], 10)
        assert [item for _, item in rest] == list(items[3:])
        assert await store.list_items(at(1), rest[-1][0], 10) == []
        assert await store.list_items(at(60), 0, 10) == []

    @pytest.mark.parametrize(
        "wanted",
        [
            Wanted(link_keys=("nothing", "link-of-item-1")),
            Wanted(link="https://asia-plus.example/news/item-1"),
            Wanted(item_key="item-1"),
            Wanted(story=1),
        ],
    )
    async def test_an_item_is_traced_to_its_cards(self, desks: Store, wanted: Wanted) -> None:
        await desks.sync_feeds([build_feed()], at(0))
        await desks.record_polls([build_ringing_poll("item-1", DESK), build_poll(items=(build_item("other"),))], at(2))
        (found,) = await desks.trace_items(wanted, 5)
        assert (found.item.key, found.feed, [one.outcome for one in found.matches]) == (
            "item-1",
            build_feed(),
            ["alert"],
        )
        assert found.story is not None
        (by_alert,) = await desks.trace_items(Wanted(alert_id=found.story.alert_id), 5)
        assert by_alert == found
        (card,) = found.story.cards
        assert (card.destination.key, card.state, card.created_at) == (DESK.key, DeliveryState.PENDING, at(2))
        assert found.story.reports == 1

    async def test_an_item_that_matched_nothing_is_traced_without_a_story(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.record_polls([build_poll(items=(build_item("item-1"),))], at(0) + timedelta(minutes=1))
        (found,) = await store.trace_items(Wanted(item_key="item-1"), 5)
        assert (found.matches, found.story) == ((), None)
        assert await store.trace_items(Wanted(link="https://nowhere.example"), 5) == []
