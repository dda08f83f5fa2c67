"""Fixes: what people said was wrong with alerts, turned into changes of a watchlist with their cost. Pure.

A fix is only ever proposed. What it would have removed is counted by the real matcher over the alerts that people
rated, the useful ones included.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.precision import RatedAlert
from bot.matching.matcher import Matcher
from bot.matching.records import Document, Priority
from bot.matching.tokens import folded_words, tokenise
from bot.matching.watchlist import Condition, Exclude, Group, Mentions, Watchlist

LOOK_BACK = timedelta(days=30)
# A fix is proposed by itself once so many alerts were found wrong for the same reason.
ENOUGH = 3
UNDO_WITHIN = timedelta(minutes=10)
# A fix that somebody refused is not proposed again for so long.
REFUSED_FOR = timedelta(days=90)
PROPOSED_FOR = timedelta(days=7)
_MOST_WORDS = 24
_SHORTEST_WORD = 3
_LONGEST_READ = 2_000
_MOST_ABOUT = 8
# A fix may cost one useful alert in ten of those it removes.
_WORTH = 10
_QUIETER = {
    Priority.CRITICAL: Priority.HIGH,
    Priority.HIGH: Priority.MEDIUM,
    Priority.MEDIUM: Priority.LOW,
}


class FixKind(StrEnum):
    """What a fix changes; the value is stored."""

    EXCLUDE = "exclude"
    CONTEXT = "context"
    PLACE = "place"
    MENTIONS = "mentions"
    PRIORITY = "priority"
    SOURCE = "source"


class FixState(StrEnum):
    """What became of a fix; the value is stored."""

    OPEN = "open"
    APPLIED = "applied"
    REFUSED = "refused"
    UNDONE = "undone"


KINDS: Mapping[str, tuple[FixKind, ...]] = {
    "sense": (FixKind.EXCLUDE, FixKind.CONTEXT),
    "place": (FixKind.PLACE,),
    "aside": (FixKind.MENTIONS,),
    "minor": (FixKind.PRIORITY,),
    "src": (FixKind.SOURCE,),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """How many of the rated alerts a fix would have removed, or made quieter: of the bad ones and of the useful."""

    bad_gone: int
    bad: int
    useful_gone: int
    useful: int

    @property
    def is_worth_it(self) -> bool:
        """Whether it removes enough for what it costs."""
        return self.bad_gone > 0 and self.useful_gone * _WORTH <= self.bad_gone


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a watchlist: the kind, the word, group, feed or priority it is about, and the list with it."""

    kind: FixKind
    value: str
    watchlist: Watchlist


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that was proposed in a chat. `version` is the list's version once it is applied; `id` the store's."""

    destination: str
    watchlist: str
    kind: FixKind
    value: str
    cost: Cost
    at: datetime
    state: FixState = FixState.OPEN
    version: int = 0
    settled_at: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rated alerts of a list: those found wrong for one reason, and the useful ones, each as its documents."""

    bad: tuple[tuple[Document, ...], ...]
    useful: tuple[tuple[Document, ...], ...]


def split_rated(rated: Iterable[RatedAlert], reason: str) -> tuple[list[RatedAlert], list[RatedAlert]]:
    """The alerts that were found wrong for a reason, and the useful ones."""
    alerts = list(rated)
    return [one for one in alerts if reason in one.reasons()], [one for one in alerts if one.is_useful]


def measure(changes: Iterable[Change], before: Watchlist, evidence: Evidence) -> Iterator[tuple[Change, Cost]]:
    """What each change would have removed, or made quieter where it lowers the priority."""
    matcher = Matcher.build([before])
    bad, useful = ([_loudest(matcher, one) for one in alerts] for alerts in (evidence.bad, evidence.useful))
    for change in changes:
        matcher = matcher.updated([change.watchlist])
        gone = [
            sum(_loudest(matcher, documents) < loud for documents, loud in zip(alerts, before_it, strict=True))
            for alerts, before_it in ((evidence.bad, bad), (evidence.useful, useful))
        ]
        yield change, Cost(gone[0], len(bad), gone[1], len(useful))


def _loudest(matcher: Matcher, documents: Sequence[Document]) -> int:
    """The priority at which a list rings on an alert; 0 where it does not."""
    rings = [match.priority for one in documents for match in matcher.match(one) if match.rings]
    return max(rings, default=0)


def choose(changes: Iterable[Change], before: Watchlist, evidence: Evidence) -> tuple[Change, Cost] | None:
    """The change that removes most of what was wrong for the least of what was useful, the first of equals."""
    best: tuple[Change, Cost] | None = None
    for change, cost in measure(changes, before, evidence):
        is_better = best is None or (cost.bad_gone, -cost.useful_gone) > (best[1].bad_gone, -best[1].useful_gone)
        if cost.is_worth_it and is_better:
            best = change, cost
    return best


def find_words(evidence: Evidence, own: Iterable[str]) -> list[str]:
    """Words of the bad alerts that stand in no useful one, those of most alerts first, as they are written there.

    `own` are terms of the list itself, which make poor exclusions.
    """
    in_useful = {word for documents in evidence.useful for word in _words(documents)}
    mine = {word for term in own for word in folded_words(term)}
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for documents in evidence.bad:
        found = _words(documents)
        counts.update(found.keys() - in_useful - mine)
        for folded, word in found.items():
            # A name is a better reason than any other word, and its capitals show that it is one.
            if folded not in written or (word.isupper() and not written[folded].isupper()):
                written[folded] = word
    ordered = sorted(counts, key=lambda word: (-counts[word], not written[word][0].isupper(), -len(word), word))
    return [written[word] for word in ordered[:_MOST_WORDS]]


def find_context(evidence: Evidence) -> list[str]:
    """Words that all useful alerts share and no bad one has, the longest first."""
    if not evidence.useful:
        return []
    in_bad = {word for documents in evidence.bad for word in _words(documents)}
    texts = [_words(documents) for documents in evidence.useful]
    shared = set(texts[0]).intersection(*texts[1:]) - in_bad
    return [texts[0][word] for word in sorted(shared, key=lambda word: (-len(word), word))[:_MOST_WORDS]]


def _words(documents: Iterable[Document]) -> dict[str, str]:
    """The words of an alert, folded, each as it is written first."""
    found: dict[str, str] = {}
    for one in documents:
        for text in (one.title, one.summary[:_LONGEST_READ], one.content[:_LONGEST_READ]):
            for token in tokenise(text):
                word = text[token.start : token.end]
                if len(token.folded) >= _SHORTEST_WORD and word.isalpha():
                    found.setdefault(token.folded, word)
    return found


def exclude_word(watchlist: Watchlist, word: str) -> Change:
    """The list silent about whatever holds a word."""
    exclude = Exclude(_new_id(watchlist, f"not-{_plain(word)}"), Condition(query=_quoted(word)))
    return Change(FixKind.EXCLUDE, word, replace(watchlist, excludes=(exclude, *watchlist.excludes)))


def require_word(watchlist: Watchlist, word: str) -> Change | None:
    """The list silent about what it is about where a word of context is missing; None for a list of many rules."""
    about = list(dict.fromkeys(part for rule in watchlist.rules for part in _about(rule.condition)))
    if not 0 < len(about) <= _MOST_ABOUT:
        return None
    either = " OR ".join(about)
    query = f"({either}) -{_quoted(word)}" if len(about) > 1 else f"{either} -{_quoted(word)}"
    exclude = Exclude(_new_id(watchlist, f"without-{_plain(word)}"), Condition(query=query))
    return Change(FixKind.CONTEXT, word, replace(watchlist, excludes=(exclude, *watchlist.excludes)))


def _about(condition: Condition) -> list[str]:
    """What occurs whenever a condition holds, in the query language."""
    if condition.query:
        return [f"({condition.query})"]
    return [f"${name}" for name in _first_names(condition)]


def require_place(watchlist: Watchlist, place: Group) -> Change | None:
    """The list silent where no word of a place occurs; None for a list that has that place or no groups."""
    names = tuple(dict.fromkeys(name for rule in watchlist.rules for name in _first_names(rule.condition)))
    if not names or any(rule.condition.query for rule in watchlist.rules):
        return None
    exclude = Exclude(
        _new_id(watchlist, f"outside-{_plain(place.name.rpartition('.')[2])}"),
        Condition(all_of=(names,)),
        unless=(place.name,),
    )
    groups = watchlist.groups if place in watchlist.groups else (*watchlist.groups, place)
    changed = replace(watchlist, excludes=(exclude, *watchlist.excludes), groups=groups)
    return Change(FixKind.PLACE, place.name, changed)


def _first_names(condition: Condition) -> tuple[str, ...]:
    """Groups of which one occurs whenever the condition holds."""
    return condition.all_of[0] if condition.all_of else ()


def lower(watchlist: Watchlist) -> Change | None:
    """The list one priority down; None for one that is low already."""
    quieter = _QUIETER.get(watchlist.priority)
    if quieter is None:
        return None
    return Change(FixKind.PRIORITY, quieter.word, replace(watchlist, priority=quieter))


def mention_only(watchlist: Watchlist) -> Change | None:
    """The list loud for headlines alone; None for one that is so already."""
    if watchlist.mentions is Mentions.DIGEST:
        return None
    return Change(FixKind.MENTIONS, Mentions.DIGEST.value, replace(watchlist, mentions=Mentions.DIGEST))


def leave_out(watchlist: Watchlist, feed_id: str) -> Change | None:
    """The list deaf to one feed; None for one that names the feeds it listens to, or leaves it out already."""
    sources = watchlist.sources
    if feed_id in sources.except_:
        return None
    if feed_id in sources.only:
        left = tuple(one for one in sources.only if one != feed_id)
        changed = replace(sources, only=left) if left else None
    else:
        changed = replace(sources, except_=(*sources.except_, feed_id))
    return Change(FixKind.SOURCE, feed_id, replace(watchlist, sources=changed)) if changed else None


def _new_id(watchlist: Watchlist, wanted: str) -> str:
    taken = {*(one.id for one in watchlist.excludes), *(one.id for one in watchlist.rules)}
    numbers = (wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in numbers if name not in taken)


def _plain(word: str) -> str:
    latin = "".join(char for char in word.casefold() if char.isascii() and char.isalnum())
    return latin[:24] or "word"


def _quoted(term: str) -> str:
    bare = term.replace('"', " ").strip()
    return bare if bare.isalpha() else f'"{bare}"'
