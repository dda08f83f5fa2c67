"""What every store promises to people who want to be forgotten."""

import pytest

from bot.domain.alerts import alert_ids
from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chat_settings import ChatSettings
from bot.domain.chats import Destination, Person
from bot.domain.deliveries import Receipt, Urgency
from bot.domain.triage import Acknowledgement, Note, Saved
from bot.ports.store import Store
from tests.contract.outbox import claim, put
from tests.contract.store_lists import build_draft
from tests.factories import at, build_destination, build_feed, build_feedback, build_person, build_ringing_poll

DESK, OTHER = build_destination("7"), build_destination("2002")
DANA, OMAR = build_person("7", name="Dana"), build_person("8", name="Omar")
ALERT = next(alert_ids("item-1"))


async def say(store: Store, person: Person, destination: Destination) -> None:
    """A person takes a story, notes, saves, rates, watches and sets."""
    await store.record_acknowledgement(Acknowledgement(ALERT, person.key, person.name, at(1)))
    await store.record_note(Note(ALERT, person.key, person.name, "called back", at(1)))
    await store.save_alert(Saved(person.key, ALERT, "title", "", at(1)))
    await store.record_feedback(build_feedback(ALERT, person=person.key, destination=destination.key))
    await store.subscribe(destination, "ttp", person.key, at(1), name=person.name)
    entry = AuditEntry(at(1), person.key, Action.CHANGED, Subject.SETTING, "digest", destination.key, person.name)
    await store.record_settings(destination, ChatSettings(digest=None), entry)


class ForgettingContract:
    """What is gone, what stays without a name, and what is none of it."""

    @pytest.fixture
    async def known(self, store: Store) -> Store:
        """Two people in two chats that were shown one story."""
        await store.sync_feeds([build_feed()], at(0))
        await store.record_polls([build_ringing_poll("item-1", DESK, OTHER)], at(0))
        for card in await claim(store):
            await store.record_sent(card.id, Receipt(f"card-{card.id}"), at(0))
        await say(store, DANA, DESK)
        await say(store, OMAR, OTHER)
        return store

    async def test_a_person_and_their_chat_are_forgotten(self, known: Store) -> None:
        await known.forget(DANA, DESK, at(2))
        assert await known.list_saved(DANA.key) == []
        assert await known.list_subscriptions(DESK.key) == []
        assert await known.list_attention(DESK.key) == {}
        assert await known.list_destinations([DESK.key]) == []
        assert await known.find_alert(ALERT, DESK.key) is None
        (rated,) = await known.list_rated(at(-1))
        assert [verdict.person for verdict in rated.verdicts] == [OMAR.key]

    async def test_what_was_done_stays_without_who_did_it(self, known: Store) -> None:
        await known.forget(DANA, DESK, at(2))
        triage = (await known.get_alert(ALERT)).triage
        assert triage.acknowledged is not None
        assert (triage.acknowledged.person, triage.acknowledged.name) == ("", "")
        assert [(note.text, note.name) for note in triage.notes] == [("called back", ""), ("called back", "Omar")]
        trail = await known.list_audit(100)
        assert {(entry.by, entry.name) for entry in trail if entry.by != "files"} == {("", ""), (OMAR.key, "Omar")}
        assert not any(DESK.key in (entry.destination, entry.subject_id) for entry in trail)

    async def test_others_keep_what_is_theirs(self, known: Store) -> None:
        await known.forget(DANA, DESK, at(2))
        assert len(await known.list_saved(OMAR.key)) == 1
        assert len(await known.list_subscriptions(OTHER.key)) == 1
        assert await known.find_alert(ALERT, OTHER.key) is not None
        (edit,) = [one for one in await claim(known, at(3)) if one.edits]
        assert edit.destination.key == OTHER.key

    async def test_in_a_chat_of_many_only_the_person_is_forgotten(self, known: Store) -> None:
        await known.forget(DANA, None, at(2))
        assert await known.list_saved(DANA.key) == []
        (subscription,) = await known.list_subscriptions(DESK.key)
        assert subscription.created_by == ""
        assert await known.find_alert(ALERT, DESK.key) is not None

    async def test_lists_made_in_the_chat_go_with_their_versions_and_matches(self, known: Store) -> None:
        kept = await known.record_draft(build_draft(destination=DESK.key))
        made = await known.add_chat_list(kept, "border", at(1))
        await known.forget(DANA, DESK, at(2))
        assert await known.list_chat_lists() == []
        assert await known.list_watchlist_versions(made.id) == []

    async def test_the_chat_may_begin_again(self, known: Store) -> None:
        await known.forget(DANA, DESK, at(2))
        await known.forget(DANA, DESK, at(2))
        assert (await known.ensure_destination(DESK)).key == DESK.key
        assert await known.subscribe(DESK, "csto", DANA.key, at(3))
        await put(known, "hello", destination=DESK)
        assert [one.destination.key for one in await claim(known, at(3)) if one.message] == [DESK.key]

    async def test_a_message_on_its_way_ends_well(self, known: Store) -> None:
        await put(known, "hello", destination=DESK, urgency=Urgency.REPLY)
        sending = [one for one in await claim(known, at(1)) if one.destination.key == DESK.key]
        assert len(sending) == 1
        await known.forget(DANA, DESK, at(2))
        await known.record_sent(sending[0].id, Receipt("901"), at(2))
        assert await known.list_destinations([DESK.key]) == []
