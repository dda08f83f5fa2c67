"""Mutes: what a chat does not want to be told for a while. Pure; critical alerts pass unless a mute takes them too."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from bot.domain.items import Item
from bot.matching.records import Match, Priority
from bot.matching.tokens import folded_words

MUTED = "muted: "  # how the reason of a suppressed card begins


class MuteKind(StrEnum):
    """What is muted; the value is stored."""

    STORY = "story"
    SOURCE = "source"
    WORD = "word"
    LIST = "list"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Mute:
    """One mute of one chat. `value` is a story's key, an outlet, folded words or a list's id; `what` names it.

    `until` is None for one that lasts until it is taken back; `critical` says that it takes critical alerts too.
    `by` and `name` are its author. `proposed` is set while a second member of the group has to agree; such a mute
    does nothing yet. `id` is given by the store.
    """

    destination: str
    kind: MuteKind
    value: str
    what: str
    at: datetime
    until: datetime | None = None
    critical: bool = False
    by: str = ""
    name: str = ""
    proposed: bool = False
    id: int = 0

    @property
    def is_pause(self) -> bool:
        """Whether nothing at all comes through."""
        return self.kind is MuteKind.ALL and self.critical

    def is_active(self, now: datetime) -> bool:
        """Whether it holds at that moment."""
        return not self.proposed and (self.until is None or self.until > now)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A new report that may be sent: its item, the outlet and the story it belongs to."""

    item: Item
    outlet: str
    story_key: str


def apply_mutes(
    mutes: Sequence[Mute], matches: Iterable[Match], candidate: Candidate, now: datetime
) -> tuple[tuple[Match, ...], Mute | None]:
    """The matches that no mute takes, and the mute that took the first of the others."""
    active = [mute for mute in mutes if mute.is_active(now)]
    if not active:
        return tuple(matches), None
    covers = partial(_covers, candidate, f" {_text_words(active, candidate.item)} ")
    left, first = [], None
    for match in matches:
        taken = next((mute for mute in active if covers(mute, match)), None)
        if taken is None:
            left.append(match)
        first = first or taken
    return tuple(left), first


def _covers(candidate: Candidate, text: str, mute: Mute, match: Match) -> bool:
    if match.priority is Priority.CRITICAL and not mute.critical:
        return False
    match mute.kind:
        case MuteKind.ALL:
            return True
        case MuteKind.LIST:
            return match.watchlist == mute.value
        case MuteKind.STORY:
            return candidate.story_key == mute.value
        case MuteKind.SOURCE:
            return candidate.outlet.casefold() == mute.value.casefold()
        case _:
            return f" {mute.value} " in text


def _text_words(mutes: Iterable[Mute], item: Item) -> str:
    """The folded words of an item, if a mute asks for words at all."""
    if not any(mute.kind is MuteKind.WORD for mute in mutes):
        return ""
    return " ".join(word for text in (item.title, item.summary, item.content) for word in folded_words(text))


def read_muted_words(text: str) -> str:
    """A word or phrase as mutes compare it; empty if there is no word in it."""
    return " ".join(folded_words(text))
