"""Runs the examples inside the watchlists: what must match and ring, and what must stay silent. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.domain.watchlists import Place, WatchlistCatalog
from bot.errors import WatchlistError
from bot.matching.matcher import Matcher
from bot.matching.records import Document, Evidence, Match, NearMiss
from bot.matching.watchlist import Example, Status, Watchlist

_MOST_WORDS_QUOTED = 8


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """An example that did not do what it must. `cause` says what fired, or which group was missing.

    `vetoed_by` is the exclude that stopped a positive one, if one did.
    """

    watchlist: str
    place: Place | None
    example: Example
    positive: bool
    cause: str
    vetoed_by: str = ""

    def __str__(self) -> str:
        where = f"{self.place.path}:{self.place.line}:{self.place.column}: " if self.place else ""
        return f"{where}{self.words}"

    @property
    def words(self) -> str:
        """What it must do and why it does not, without the place."""
        must = "must match but does not" if self.positive else "must not match but does"
        return f"“{self.example.title}” {must}: {self.cause}"


def check_examples(catalog: WatchlistCatalog, matcher: Matcher) -> tuple[ExampleFailure, ...]:
    """The failed examples of all lists, in file order. `matcher` must have been built from the catalog's watchlists.

    A positive example must make its list fire and ring; a negative one must not make it fire at all.
    Lists that are off are not run, because nothing matches them.
    """
    return tuple(
        failure
        for watchlist in catalog.watchlists
        if watchlist.status is not Status.OFF
        for failure in _check_watchlist(catalog, watchlist, matcher)
    )


def _check_watchlist(catalog: WatchlistCatalog, watchlist: Watchlist, matcher: Matcher) -> Iterator[ExampleFailure]:
    for index, example in enumerate(watchlist.positive):
        cause, vetoed_by = _explain_silence(watchlist, example, matcher)
        if cause:
            place = catalog.find_place(watchlist.id, f"examples.positive[{index}]")
            yield ExampleFailure(watchlist.id, place, example, positive=True, cause=cause, vetoed_by=vetoed_by)
    for index, example in enumerate(watchlist.negative):
        match = _find_match(watchlist, example, matcher)
        if match is not None:
            place = catalog.find_place(watchlist.id, f"examples.negative[{index}]")
            cause = f"rule “{match.rule}” fired on {_quote(match.evidence)}."
            yield ExampleFailure(watchlist.id, place, example, positive=False, cause=cause)


def _find_match(watchlist: Watchlist, example: Example, matcher: Matcher) -> Match | None:
    matches = matcher.match(_build_document(watchlist, example))
    return next((match for match in matches if match.watchlist == watchlist.id), None)


def find_overeager_excludes(
    catalog: WatchlistCatalog, failures: Iterable[ExampleFailure]
) -> tuple[WatchlistError, ...]:
    """Excludes that stop every positive example of their list, at their places."""
    vetoes = Counter((failure.watchlist, failure.vetoed_by) for failure in failures if failure.vetoed_by)
    problems = []
    for watchlist in catalog.watchlists:
        for number, exclude in enumerate(watchlist.excludes):
            place = catalog.find_place(watchlist.id, f"match.exclude[{number}]")
            if place is not None and watchlist.positive and vetoes[watchlist.id, exclude.id] == len(watchlist.positive):
                cause = f"the exclude “{exclude.id}” stops every positive example of the list."
                cure = "Take out the words that the examples hold, or add an `unless`."
                problems.append(WatchlistError(place.path, place.line, place.column, cause, cure))
    return tuple(problems)


def _explain_silence(watchlist: Watchlist, example: Example, matcher: Matcher) -> tuple[str, str]:
    """Why a positive example stays silent, and which exclude stopped it; empty where it rings."""
    match = _find_match(watchlist, example, matcher)
    if match is not None:
        late = f"rule “{match.rule}” fired, but only after the first words of the text."
        return ("", "") if match.rings else (late, "")
    misses = matcher.explain(_build_document(watchlist, example))
    miss = next((miss for miss in misses if miss.watchlist == watchlist.id), None)
    return (_explain_miss(miss), miss.vetoed_by) if miss is not None else ("no term of the list occurs in it.", "")


def _explain_miss(miss: NearMiss) -> str:
    found = f"; found {_quote(miss.evidence)}" if miss.evidence else ""
    if miss.vetoed_by:
        return f"the exclude “{miss.vetoed_by}” stopped it because of {_quote(miss.veto_evidence)}{found}."
    if miss.missing:
        return f"rule “{miss.rule}” lacks {' and '.join(miss.missing)}{found}."
    return f"rule “{miss.rule}” has all its words, but not near enough to each other{found}."


def _build_document(watchlist: Watchlist, example: Example) -> Document:
    """The example as if it came from a reliable feed that the list listens to."""
    return Document(
        id="example",
        title=example.title,
        summary=example.summary,
        lang=example.lang,
        source=next(iter(watchlist.sources.only), ""),
        grade="A",
    )


def _quote(evidence: tuple[Evidence, ...]) -> str:
    texts = list(dict.fromkeys(f"“{item.text}”" for item in evidence))
    return ", ".join(texts[:_MOST_WORDS_QUOTED]) or "nothing"
