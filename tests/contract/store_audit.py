"""What every store promises about the audit trail."""

from dataclasses import replace

import pytest

from bot.domain.audit import FILES, Action, AuditEntry, Subject
from bot.domain.feeds import FeedOrigin
from bot.errors import NotFound
from bot.ports.store import Store
from tests.contract.outbox import claim
from tests.factories import at, build_destination, build_feed, build_outgoing, build_slack_destination

DESK = build_destination()
CHANNEL = build_slack_destination()
CHANGED = AuditEntry(at(1), FILES, Action.CHANGED, Subject.WATCHLIST, "csto", detail="csto.yaml", version="v2")


async def _told(store: Store, destination: str | None = None) -> list[tuple[str, str, str, str]]:
    return [
        (entry.by, entry.name, f"{entry.action} {entry.subject}", entry.subject_id)
        for entry in await store.list_audit(100, destination)
    ]


async def _versions(store: Store) -> dict[str, str]:
    return {entry.subject_id: entry.version for entry in await store.list_standing(Subject.WATCHLIST, FILES)}


class AuditContract:
    """Entries and versions."""

    async def test_who_watches_and_who_stops_is_entered_once_each(self, store: Store) -> None:
        for _ in range(2):
            await store.subscribe(DESK, "csto", "telegram:42", at(0), name="Dana")
        for _ in range(2):
            await store.unsubscribe(DESK, "csto", "telegram:43", at(1), name="Rustam")
        assert await _told(store) == [
            ("telegram:43", "Rustam", "removed subscription", "csto"),
            ("telegram:42", "Dana", "added subscription", "csto"),
        ]

    async def test_feeds_of_people_and_of_files_are_entered(self, store: Store) -> None:
        await store.add_feed(build_feed("a", origin=FeedOrigin.CHAT, added_by="telegram:42"), at(0), name="Dana")
        await store.remove_feed("a", "telegram:43", at(1))
        await store.sync_feeds([build_feed("b"), build_feed("c", enabled=False)], at(2))
        await store.sync_feeds([build_feed("b", outlet="New name")], at(3))
        await store.sync_feeds([], at(4))
        assert await _told(store) == [
            (FILES, "", "removed feed", "b"),
            (FILES, "", "changed feed", "b"),
            (FILES, "", "added feed", "b"),
            ("telegram:43", "", "removed feed", "a"),
            ("telegram:42", "Dana", "added feed", "a"),
        ]

    async def test_what_did_not_happen_is_not_entered(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.sync_feeds([build_feed()], at(1))
        await store.unsubscribe(DESK, "csto", "telegram:42", at(2))
        with pytest.raises(NotFound):
            await store.remove_feed("nobody", "telegram:42", at(3))
        assert len(await store.list_audit(100)) == 1

    async def test_a_chat_sees_its_own_entries_and_those_that_concern_all(self, store: Store) -> None:
        await store.subscribe(DESK, "csto", "telegram:42", at(0))
        await store.subscribe(CHANNEL, "ttp", "slack:U1", at(0))
        await store.record_changes([CHANGED], [], at(1))
        assert [one[3] for one in await _told(store, DESK.key)] == ["csto", "csto"]
        assert [one[3] for one in await _told(store, CHANNEL.key)] == ["csto", "ttp"]
        assert len(await store.list_audit(2)) == 2

    async def test_a_change_and_the_notice_of_it_are_recorded_together(self, store: Store) -> None:
        await store.record_changes([CHANGED], [build_outgoing("notice-1")], at(1))
        (entry,) = await store.list_audit(10)
        assert replace(entry, id=0) == CHANGED
        assert len(await claim(store, at(1))) == 1

    async def test_the_latest_version_of_each_subject_is_known_until_it_is_gone(self, store: Store) -> None:
        first = replace(CHANGED, action=Action.ADDED, version="v1")
        other = replace(first, subject_id="ttp")
        person = replace(first, by="telegram:42", version="chat-1")
        await store.record_changes([first, other, CHANGED, person], [], at(1))
        assert await _versions(store) == {"csto": "v2", "ttp": "v1"}
        await store.record_changes([replace(other, action=Action.REMOVED, version="")], [], at(2))
        assert await _versions(store) == {"csto": "v2"}
