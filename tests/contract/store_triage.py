"""What every store promises about what people settle, save and rate."""

from dataclasses import replace

import pytest

from bot.domain.alerts import alert_ids
from bot.domain.corrections import Correction
from bot.domain.deliveries import Receipt
from bot.domain.polls import PlannedAlert
from bot.domain.reminders import build_reminder
from bot.domain.triage import MOST_NOTES, MOST_SAVED, Acknowledgement, Credibility, Note, Saved
from bot.errors import Conflict, NotFound
from bot.matching.records import Priority
from bot.ports.store import Store
from tests.contract.outbox import claim
from tests.factories import at, build_destination, build_feed, build_feedback, build_person, build_ringing_poll

DESK = build_destination()
OTHER = build_destination("2002")
FIRST, SECOND = (next(alert_ids(key)) for key in ("item-1", "item-2"))
DANA, OMAR = build_person("7", name="Dana"), build_person("8", name="Omar")


def taken(alert: str = FIRST, minutes: float = 1, by: str = "Dana") -> Acknowledgement:
    """Somebody takes a story in hand."""
    return Acknowledgement(alert, f"telegram:{by.lower()}", by, at(minutes))


class TriageContract:
    """Who has a story, notes, credibility, saved alerts, verdicts."""

    @pytest.fixture
    async def rung(self, store: Store) -> Store:
        """A store in which two stories rang at the desk, and were shown there."""
        await store.sync_feeds([build_feed()], at(0))
        for key in ("item-1", "item-2"):
            await store.record_polls([build_ringing_poll(key, DESK)], at(0))
            (card,) = await claim(store)
            await store.record_sent(card.id, Receipt(f"card-of-{key}"), at(0))
        return store

    async def test_the_first_acknowledgement_holds_until_it_is_given_back(self, rung: Store) -> None:
        assert await rung.record_acknowledgement(taken()) == taken()
        assert await rung.record_acknowledgement(taken(minutes=5, by="Omar")) == taken()
        assert (await rung.get_alert(FIRST)).triage.acknowledged == taken()
        assert (await rung.get_alert(SECOND)).triage.acknowledged is None
        assert await rung.end_acknowledgement(FIRST, at(6)) == taken()
        assert await rung.end_acknowledgement(FIRST, at(6)) is None
        assert await rung.record_acknowledgement(taken(minutes=7, by="Omar")) == taken(minutes=7, by="Omar")

    async def test_a_merged_story_is_one_that_somebody_has(self, rung: Store) -> None:
        await rung.record_acknowledgement(taken(SECOND))
        await rung.record_merge(FIRST, SECOND, Correction(DANA.key, DESK.key, at(2)))
        assert (await rung.get_alert(FIRST)).triage.acknowledged == taken(SECOND)
        assert await rung.record_acknowledgement(taken(FIRST, minutes=3, by="Omar")) == taken(SECOND)
        await rung.undo_merge(SECOND, Correction(DANA.key, DESK.key, at(4)))
        assert (await rung.get_alert(FIRST)).triage.acknowledged is None
        assert (await rung.get_alert(SECOND)).triage.acknowledged == taken(SECOND)

    async def test_what_changes_cards_has_them_renewed_once_and_at_once(self, rung: Store) -> None:
        await rung.record_acknowledgement(taken())
        await rung.record_credibility(Credibility(FIRST, 2, DANA.key, "Dana", at(1)))
        (edit,) = await claim(rung, now=at(1))
        assert (edit.alert_id, edit.edits) == (FIRST, "card-of-item-1")
        await rung.record_sent(edit.id, Receipt(""), at(1))
        assert await claim(rung, now=at(1)) == []
        await rung.record_acknowledgement(taken(minutes=2, by="Omar"))
        assert await claim(rung, now=at(2)) == []
        await rung.end_acknowledgement(FIRST, at(3))
        assert len(await claim(rung, now=at(3))) == 1

    async def test_nothing_is_settled_about_an_unknown_alert(self, store: Store) -> None:
        with pytest.raises(NotFound):
            await store.record_acknowledgement(taken("0000"))
        with pytest.raises(NotFound):
            await store.end_acknowledgement("0000", at(1))
        with pytest.raises(NotFound):
            await store.record_note(Note("0000", DANA.key, "Dana", "text", at(1)))
        with pytest.raises(NotFound):
            await store.record_credibility(Credibility("0000", 2, DANA.key, "Dana", at(1)))
        with pytest.raises(NotFound):
            await store.save_alert(Saved(DANA.key, "0000", "title", "", at(1)))

    async def test_a_note_that_comes_again_is_kept_once(self, rung: Store) -> None:
        first = await rung.record_note(Note(FIRST, DANA.key, "Dana", "called the desk", at(1)))
        assert await rung.record_note(Note(FIRST, DANA.key, "Dana", "called the desk", at(2))) == first
        assert (await rung.get_alert(FIRST)).triage.notes == (first,)

    async def test_notes_are_kept_in_their_order_up_to_a_number(self, rung: Store) -> None:
        made = [
            await rung.record_note(Note(FIRST, DANA.key, "Dana", f"note {number}", at(number)))
            for number in range(MOST_NOTES)
        ]
        assert (await rung.get_alert(FIRST)).triage.notes == tuple(made)
        assert len({note.id for note in made}) == MOST_NOTES
        with pytest.raises(Conflict):
            await rung.record_note(Note(FIRST, DANA.key, "Dana", "one more", at(99)))

    async def test_the_last_word_on_credibility_holds(self, rung: Store) -> None:
        for minutes, digit in ((1, 2), (2, 5)):
            await rung.record_credibility(Credibility(FIRST, digit, DANA.key, "Dana", at(minutes)))
        assert (await rung.get_alert(FIRST)).triage.credibility == Credibility(FIRST, 5, DANA.key, "Dana", at(2))

    async def test_responses_tell_how_long_it_took(self, rung: Store) -> None:
        await rung.record_acknowledgement(taken(minutes=14))
        (response,) = await rung.list_responses(at(0))
        assert (response.alert_id, response.took) == (FIRST, at(14) - at(0))
        assert await rung.list_responses(at(20)) == []

    async def test_critical_cards_that_nobody_has_are_found(self, rung: Store) -> None:
        loud = replace(build_ringing_poll("item-3", DESK), alerts=(PlannedAlert("item-3", Priority.CRITICAL),))
        await rung.record_polls([loud], at(1))
        (card,) = await claim(rung, at(1))
        assert await rung.list_unanswered(DESK.key, at(0), at(9)) == []
        await rung.record_sent(card.id, Receipt("card-of-item-3"), at(2))
        (found,) = await rung.list_unanswered(DESK.key, at(0), at(9))
        assert (found.alert_id, found.message, found.sent_at) == (card.alert_id, "card-of-item-3", at(2))
        assert found.destination.key == DESK.key
        assert await rung.list_unanswered(OTHER.key, at(0), at(9)) == []
        assert await rung.list_unanswered(DESK.key, at(0), at(1)) == []
        assert await rung.list_unanswered(DESK.key, at(2), at(9)) == []
        await rung.enqueue([build_reminder(found, ())], at(9))
        assert await rung.list_unanswered(DESK.key, at(0), at(9)) == []

    async def test_a_critical_card_that_somebody_has_is_answered(self, rung: Store) -> None:
        loud = replace(build_ringing_poll("item-3", DESK), alerts=(PlannedAlert("item-3", Priority.CRITICAL),))
        await rung.record_polls([loud], at(1))
        (card,) = await claim(rung, at(1))
        await rung.record_sent(card.id, Receipt("card-of-item-3"), at(2))
        await rung.record_acknowledgement(taken(card.alert_id))
        assert await rung.list_unanswered(DESK.key, at(0), at(9)) == []

    async def test_saved_alerts_are_a_persons_own(self, rung: Store) -> None:
        first, second = (
            Saved(DANA.key, alert, f"title of {alert}", "https://a.example", at(1)) for alert in (FIRST, SECOND)
        )
        assert await rung.save_alert(first)
        assert not await rung.save_alert(first)
        assert await rung.save_alert(Saved(DANA.key, SECOND, second.title, second.link, at(2)))
        assert [one.alert_id for one in await rung.list_saved(DANA.key)] == [SECOND, FIRST]
        assert await rung.list_saved(OMAR.key) == []
        assert await rung.remove_saved(DANA.key, FIRST)
        assert not await rung.remove_saved(DANA.key, FIRST)
        assert not await rung.remove_saved(OMAR.key, SECOND)
        assert MOST_SAVED > 0

    async def test_a_verdict_is_taken_back(self, rung: Store) -> None:
        await rung.record_feedback(build_feedback(FIRST))
        assert await rung.remove_feedback(FIRST, build_person().key)
        assert not await rung.remove_feedback(FIRST, build_person().key)
        assert await rung.list_rated(at(-1)) == []

    async def test_rated_alerts_come_with_all_their_verdicts(self, rung: Store) -> None:
        await rung.record_feedback(build_feedback(FIRST, at=at(1)))
        await rung.record_feedback(build_feedback(SECOND, at=at(2), useful=False, reason="src", asked=True))
        await rung.record_feedback(build_feedback(FIRST, person=DANA.key, at=at(3)))
        rated = await rung.list_rated(at(0))
        assert [one.view.alert.id for one in rated] == [FIRST, SECOND]
        assert [verdict.person for verdict in rated[0].verdicts] == [build_person().key, DANA.key]
        assert rated[1].verdicts == (build_feedback(SECOND, at=at(2), useful=False, reason="src", asked=True),)
        assert [one.view.alert.id for one in await rung.list_rated(at(3))] == [FIRST]
        assert await rung.list_rated(at(0), "ttp") == []
        assert len(await rung.list_rated(at(0), "csto", 1)) == 1

    async def test_a_rating_that_was_asked_for_stays_one(self, rung: Store) -> None:
        await rung.record_feedback(build_feedback(FIRST, useful=False, asked=True))
        await rung.record_feedback(build_feedback(FIRST, useful=False, reason="old"))
        (rated,) = await rung.list_rated(at(-1))
        assert [(verdict.reason, verdict.asked) for verdict in rated.verdicts] == [("old", True)]

    async def test_a_chat_is_asked_about_what_nobody_rated_once(self, rung: Store) -> None:
        assert list(await rung.list_unrated(DESK.key, at(-1))) == [FIRST, SECOND]
        assert list(await rung.list_unrated(OTHER.key, at(-1))) == []
        assert list(await rung.list_unrated(DESK.key, at(1))) == []
        await rung.record_feedback(build_feedback(FIRST))
        assert not await rung.was_asked(DESK.key, SECOND)
        await rung.record_question(DESK.key, SECOND, at(1))
        await rung.record_question(DESK.key, SECOND, at(2))
        assert await rung.was_asked(DESK.key, SECOND)
        assert list(await rung.list_unrated(DESK.key, at(-1))) == []
