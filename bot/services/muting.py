"""Muting and unmuting: who may, what exactly, and what is told of it in the audit trail. The words are the caller's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.alerts import AlertView
from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.cards import all_matches, lead_report
from bot.domain.chats import Destination, Person
from bot.domain.language import tr
from bot.domain.mutes import Mute, MuteKind, read_muted_words
from bot.domain.origins import outlet_of
from bot.domain.policy import ringing
from bot.errors import NotFound, SettingsError
from bot.ports.alert_store import AlertStore
from bot.ports.attention_store import AttentionStore
from bot.ports.chat_store import SubscriptionStore
from bot.ports.feed_store import FeedStore
from bot.services.lists import Lists

# Two members of a group may mute a story together.
AGREE_WITHIN = timedelta(minutes=10)
_MOST_WORDS = 100
_MOST_MUTES = 200


class MutingStore(AttentionStore, FeedStore, AlertStore, SubscriptionStore, Protocol):
    """The part of the store that muting needs."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be muted; `what` names it for people."""

    kind: MuteKind
    value: str
    what: str


def target_all() -> Target:
    """Everything."""
    return Target(MuteKind.ALL, "", tr("Everything"))


def target_list(lists: Lists, text: str) -> Target:
    """A list by its id or number. Raises NotFound."""
    watchlist = lists.get(text)
    return Target(MuteKind.LIST, watchlist.id, watchlist.title)


def target_words(text: str) -> Target:
    """A word or phrase. Raises SettingsError for one without letters."""
    words = read_muted_words(text[:_MOST_WORDS])
    if not words:
        raise SettingsError(tr("Which word?"), tr('Example: /mute word "treaty" 8h'))
    return Target(MuteKind.WORD, words, f"“{text.strip()[:_MOST_WORDS]}”")


def target_story(view: AlertView) -> Target:
    """The story of an alert."""
    return Target(MuteKind.STORY, view.story.key, tr("Story {story}", story=view.story.label))


async def target_outlet(store: FeedStore, text: str) -> Target:
    """An outlet by its name or by the id of one of its feeds. Raises NotFound."""
    wanted = text.strip().casefold()
    for status in await store.list_feeds():
        outlet = outlet_of(status.feed)
        if wanted in (status.feed.id.casefold(), outlet.casefold(), status.feed.outlet.casefold()):
            return Target(MuteKind.SOURCE, outlet, outlet)
    raise NotFound(tr("I read no source “{name}”.", name=text.strip()[:40]), tr("/feeds shows all of them."))


def target_of_card(kind: MuteKind, view: AlertView, watched: frozenset[str]) -> Target:
    """What a word such as `mute source` means in answer to a card."""
    if kind is MuteKind.STORY:
        return target_story(view)
    if kind is MuteKind.SOURCE:
        outlet = outlet_of(lead_report(view, watched).feed)
        return Target(MuteKind.SOURCE, outlet, outlet)
    matches = all_matches(view)
    rings = ringing(matches, watched) or ringing(matches, frozenset(match.watchlist for match in matches))
    return Target(MuteKind.LIST, rings[0].watchlist, rings[0].title)


async def list_mutes(store: MutingStore, destination: Destination, now: datetime) -> list[Mute]:
    """What is muted in a chat now, oldest first."""
    attention = await store.list_attention(destination.key)
    return [mute for one in attention.values() for mute in one.mutes if mute.is_active(now)]


async def mute(
    store: MutingStore,
    target: Target,
    destination: Destination,
    *,
    until: datetime | None,
    critical: bool = False,
    by: Person,
    now: datetime,
) -> Mute:
    """Mutes something in a chat; the mute with its id. Raises SettingsError for a chat with very many mutes."""
    if len(await list_mutes(store, destination, now)) >= _MOST_MUTES:
        raise SettingsError(
            tr("{count} mutes are the most a chat can have.", count=_MOST_MUTES),
            tr("/unmute takes some back."),
        )
    made = Mute(destination.key, target.kind, target.value, target.what, now, until, critical, by=by.key, name=by.name)
    return await store.record_mute(made, destination, _entry(made, Action.MUTED, by, now))


async def mute_critical_too(
    store: MutingStore, mute_id: int, destination: Destination, *, by: Person, now: datetime
) -> Mute:
    """Lets a mute take critical alerts as well. Raises NotFound."""
    known = await find_mute_by_id(store, mute_id, destination, now)
    louder = replace(known, critical=True, at=now, by=by.key, name=by.name)
    return await store.record_mute(louder, destination, _entry(louder, Action.MUTED, by, now))


async def propose_story_mute(
    store: MutingStore, target: Target, destination: Destination, *, until: datetime | None, by: Person, now: datetime
) -> Mute:
    """A member's wish to mute a story: it holds once a second member has it too within ten minutes.

    What is given back is `proposed` until then.
    """
    attention = await store.list_attention(destination.key)
    open_ones = [
        one
        for found in attention.values()
        for one in found.mutes
        if one.proposed and one.kind is target.kind and one.value == target.value and now - one.at < AGREE_WITHIN
    ]
    first = next((one for one in open_ones if one.by != by.key), None)
    if first is not None:
        both = replace(
            by, name=tr("{name} and {other}", name=first.name, other=by.name) if first.name and by.name else by.name
        )
        return await mute(store, target, destination, until=until, by=both, now=now)
    if open_ones:
        return open_ones[0]
    wish = Mute(
        destination.key, target.kind, target.value, target.what, now, until, by=by.key, name=by.name, proposed=True
    )
    return await store.record_mute(wish, destination, None)


async def find_mute_by_id(store: MutingStore, mute_id: int, destination: Destination, now: datetime) -> Mute:
    """An active mute of a chat. Raises NotFound."""
    found = next((one for one in await list_mutes(store, destination, now) if one.id == mute_id), None)
    if found is None:
        raise NotFound(tr("That is not muted any more."), tr("/mute lists what is."))
    return found


async def unmute(
    store: MutingStore, mutes: Sequence[Mute], destination: Destination, *, by: Person, now: datetime
) -> int:
    """Takes mutes back; how many were still there."""
    entries = [_entry(one, Action.UNMUTED, by, now) for one in mutes]
    return await store.end_mutes(destination.key, [one.id for one in mutes], entries)


def _entry(one: Mute, action: Action, by: Person, now: datetime) -> AuditEntry:
    facts = [f"until {one.until:%Y-%m-%d %H:%M} UTC"] if one.until else []
    facts += ["critical too"] if one.critical else []
    detail = ", ".join(facts) if action is Action.MUTED else ""
    return AuditEntry(now, by.key, action, Subject.MUTE, one.what, one.destination, name=by.name, detail=detail)
