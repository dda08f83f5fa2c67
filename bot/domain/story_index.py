"""An index of reports in memory: finds earlier reports that share rare terms with a text."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.domain.fingerprints import Fingerprint
from bot.domain.stories import (
    MOST_FOR_ONE_TERM,
    FiledReport,
    KnownReport,
    Rarity,
    Related,
    Story,
    choose_related,
    find_story,
    index_terms,
    join_story,
)


class StoryIndex:
    """Reports that are not in the store: those of a batch that is being planned, or of a replay."""

    def __init__(self) -> None:
        self._reports: list[tuple[str, FiledReport, datetime]] = []
        self._stories: dict[str, Story] = {}
        self._by_term: dict[str, list[int]] = {}
        self._counts: Counter[str] = Counter()

    @property
    def rarity(self) -> Rarity:
        """How often the terms of the reports in here occur."""
        return Rarity(self._counts, len(self._reports))

    def add(self, story: Story, filed: FiledReport, at: datetime) -> None:
        """Files a report of a story. The story as given stands for all its reports from now on."""
        for term in filed.terms:
            self._by_term.setdefault(term, []).append(len(self._reports))
        self._reports.append((story.key, filed, at))
        self._stories[story.key] = story
        self._counts.update(filed.fingerprint.terms)

    def find(self, terms: Iterable[str], rarity: Rarity) -> tuple[KnownReport, ...]:
        """The reports that share the most telling of these terms, best first."""
        shared: dict[int, float] = defaultdict(float)
        for term in terms:
            weight = rarity.weight(term)
            for number in self._by_term.get(term, ())[-MOST_FOR_ONE_TERM:]:
                shared[number] += weight
        return tuple(map(self._known, choose_related(shared)))

    def refresh(self, related: Iterable[KnownReport]) -> tuple[KnownReport, ...]:
        """Reports of the store with the stories that gained reports in here brought up to date."""
        return tuple(replace(known, story=self._stories.get(known.story.key, known.story)) for known in related)

    def place(self, key: str, headline: str, fingerprint: Fingerprint, at: datetime, *, seen: datetime) -> Story:
        """The story of a report, by the reports in here alone; it is one of them from now on."""
        rarity = self.rarity
        terms = index_terms(fingerprint, rarity)
        found = find_story(fingerprint, at, Related(self.find(terms, rarity), rarity), now=seen)
        story = join_story(found, now=seen) if found else Story(key, headline, seen, seen)
        self.add(story, FiledReport(key, fingerprint, rarity.measure(fingerprint), terms), at)
        return story

    def _known(self, number: int) -> KnownReport:
        key, filed, at = self._reports[number]
        return KnownReport(self._stories[key], filed.fingerprint, filed.mass, at)
