"""Taking stories in hand and giving them back, notes, how likely a story is, and what people save for themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.alerts import AlertView
from bot.domain.chats import Person
from bot.domain.language import tr
from bot.domain.triage import CREDIBILITY, LONGEST_NOTE, Acknowledgement, Credibility, Note, Saved
from bot.domain.wording import shorten
from bot.errors import SettingsError
from bot.ports.alert_store import AlertStore
from bot.ports.triage_store import SavedStore, TriageStore

_TITLE_LIMIT = 220


class TriagingStore(TriageStore, SavedStore, AlertStore, Protocol):
    """The part of the store that triage needs."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Who has a story in hand, and whether that was settled just now."""

    acknowledgement: Acknowledgement
    is_new: bool


async def acknowledge(store: TriagingStore, view: AlertView, person: Person, now: datetime) -> Taken:
    """Takes a story in hand for a person, unless somebody has it already."""
    wanted = Acknowledgement(view.alert.id, person.key, person.name, now)
    held = await store.record_acknowledgement(wanted)
    return Taken(held, is_new=held == wanted)


async def add_note(store: TriagingStore, view: AlertView, text: str, person: Person, now: datetime) -> Note:
    """Keeps what a person says about a story. Raises SettingsError for nothing and for too much, and Conflict."""
    said = text.strip()
    if not said:
        raise SettingsError(
            tr("What should the note say?"), tr("Example: /note {id} drivers called back", id=view.alert.id)
        )
    if len(said) > LONGEST_NOTE:
        raise SettingsError(
            tr(
                "That note has {count:,} characters; I keep at most {most:,}.",
                count=len(said),
                most=LONGEST_NOTE,
            )
        )
    return await store.record_note(Note(view.alert.id, person.key, person.name, said, now))


async def set_credibility(
    store: TriagingStore, view: AlertView, digit: int | None, person: Person, now: datetime
) -> Credibility:
    """Says how likely a story is. Raises SettingsError for what is no digit of the Admiralty code."""
    if digit not in CREDIBILITY:
        known = ", ".join(f"{number} {tr(words)}" for number, words in CREDIBILITY.items())
        raise SettingsError(
            tr("How likely is it? {known}.", known=known), tr("Example: /rate {id} 2", id=view.alert.id)
        )
    credibility = Credibility(view.alert.id, digit, person.key, person.name, now)
    await store.record_credibility(credibility)
    return credibility


async def save(store: TriagingStore, view: AlertView, person: Person, now: datetime) -> bool:
    """Keeps an alert in a person's own list; False if it was there. Raises Conflict for a list that is full."""
    first = view.reports[0].item
    title = shorten(view.story.headline or first.title or tr("(no headline)"), _TITLE_LIMIT)
    return await store.save_alert(Saved(person.key, view.alert.id, title, first.link, now))
