"""Outlets and origins of a story: how many independent first sources stand behind its reports. Pure.

Reports share an origin if their feeds share an `origin_group`, if one names the other's outlet as its source (or both
name the same third outlet), or if their texts are nearly the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.alerts import Report
from bot.domain.citations import agency_name, agency_of, find_sources
from bot.domain.feeds import Feed
from bot.domain.fingerprints import lead_text, stem
from bot.domain.language import tr, trn
from bot.matching.tokens import folded_words

# Two outlets that share four fifths of their words, and not just a headline, have not written independently.
_SAME_TEXT = 0.8
_FEWEST_WORDS = 12
_MOST_COMPARED = 60


@dataclass(frozen=True, slots=True)
class Origin:
    """One independent first source; `reports` are numbers of reports, counted from 0."""

    name: str
    reports: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Origins:
    """Who reports a story and where they have it from. `cited` is the outlet each report names as its source, or ""."""

    outlets: int
    origins: tuple[Origin, ...]
    cited: tuple[str, ...]

    @property
    def words(self) -> str:
        """`1 outlet`, `3 outlets, 1 origin (TASS)` or `3 outlets, 2 origins`."""
        outlets = trn("{count} outlet", "{count} outlets", self.outlets)
        if self.outlets == 1:
            return outlets
        if len(self.origins) == 1:
            return tr("{outlets}, 1 origin ({name})", outlets=outlets, name=self.origins[0].name)
        origins = trn("{count} origin", "{count} origins", len(self.origins))
        return tr("{outlets}, {origins}", outlets=outlets, origins=origins)


def outlet_of(feed: Feed) -> str:
    """The outlet behind a feed, whatever the edition: `TASS (RU)` and `TASS (EN)` are one."""
    return feed.outlet.partition(" (")[0]


def find_origins(reports: Sequence[Report]) -> Origins:
    """The outlets and origins of a story's reports, which are given oldest first."""
    voices = [_voice(report) for report in reports]
    outlets = {(voice, outlet_of(report.feed)) for voice, report in zip(voices, reports, strict=True)}
    known = tuple(sorted(outlets))
    cited = [_cited(report, voice, known) for report, voice in zip(reports, voices, strict=True)]
    passed_on = _resolve(voices, cited)
    origin_of = [passed_on.get(source, source) for source in (c or v for c, v in zip(cited, voices, strict=True))]
    joined = _join_copies(reports, origin_of)
    members: dict[str, list[int]] = {}
    for number, origin in enumerate(origin_of):
        members.setdefault(joined.get(origin, origin), []).append(number)
    return Origins(
        outlets=len({outlet_of(report.feed) for report in reports}),
        origins=tuple(Origin(_name(origin, numbers, reports), tuple(numbers)) for origin, numbers in members.items()),
        cited=tuple(agency_name(source) if source else "" for source in cited),
    )


def _voice(report: Report) -> str:
    """What an outlet speaks as when it names no source: its group, its agency, or itself."""
    feed = report.feed
    return feed.origin_group or agency_of(feed.outlet) or outlet_of(feed)


def _cited(report: Report, voice: str, outlets: tuple[tuple[str, str], ...]) -> str:
    item = report.item
    named = find_sources(f"{item.title}\n{lead_text(item.summary, item.content)}", outlets)
    return next((source for source in named if source != voice), "") if voice not in named else ""


def _resolve(voices: Sequence[str], cited: Sequence[str]) -> dict[str, str]:
    """Where a voice that only ever passes on another leads in the end."""
    own = {voice for voice, source in zip(voices, cited, strict=True) if not source}
    passes = {voice: source for voice, source in zip(voices, cited, strict=True) if source and voice not in own}
    ends = {}
    for voice in passes:
        at, seen = voice, [voice]
        while (following := passes.get(at)) and following not in seen:
            at = following
            seen.append(at)
        # Outlets that name each other in a circle have one origin, whichever it was.
        ends[voice] = min(seen[seen.index(following) :]) if following else at
    return ends


def _join_copies(reports: Sequence[Report], origin_of: Sequence[str]) -> dict[str, str]:
    """Origins that are one because a report of each has nearly the same text: the earlier one stands for both."""
    texts = [_text_stems(report) for report in reports[:_MOST_COMPARED]]
    joined: dict[str, str] = {}
    for later in range(len(texts)):
        for earlier in range(later):
            one, other = _end(joined, origin_of[earlier]), _end(joined, origin_of[later])
            if one != other and _nearly_same(texts[earlier], texts[later]):
                joined[other] = one
    return {origin: _end(joined, origin) for origin in joined}


def _end(joined: dict[str, str], origin: str) -> str:
    while origin in joined:
        origin = joined[origin]
    return origin


def _text_stems(report: Report) -> frozenset[str]:
    lead = _stems(lead_text(report.item.summary, report.item.content)[:2000])
    # A short lead proves nothing alone, but a headline that is copied with it does.
    return lead if len(lead) >= _FEWEST_WORDS else lead | _stems(report.item.title)


def _stems(text: str) -> frozenset[str]:
    return frozenset(found for word in folded_words(text) if (found := stem(word)))


def _nearly_same(one: frozenset[str], other: frozenset[str]) -> bool:
    return min(len(one), len(other)) >= _FEWEST_WORDS and len(one & other) >= _SAME_TEXT * len(one | other)


def _name(origin: str, numbers: Sequence[int], reports: Sequence[Report]) -> str:
    named = agency_name(origin)
    first = reports[numbers[0]].feed
    # A group of feeds is called like the outlet of it that was first; an agency that was only named, by its own name.
    own = next((reports[number].feed for number in numbers if reports[number].feed.origin_group == origin), None)
    return named if named != origin else outlet_of(own or first)
