"""Runs the examples inside the watchlists: what must match and ring, and what must stay silent. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.domain.language import retold, tr
from bot.domain.watchlists import Place, WatchlistCatalog
from bot.errors import WatchlistError
from bot.matching.matcher import Matcher
from bot.matching.records import Document, Evidence, Match, NearMiss
from bot.matching.watchlist import Example, Status, Watchlist
from bot.sentences import Sentence

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
        names = {"title": self.example.title, "cause": retold(self.cause)}
        if self.positive:
            return tr("“{title}” must match but does not: {cause}", **names)
        return tr("“{title}” must not match but does: {cause}", **names)


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
            cause = Sentence("rule “{rule}” fired on {words}.", rule=match.rule, words=_quote(match.evidence))
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
                cause = Sentence("the exclude “{name}” stops every positive example of the list.", name=exclude.id)
                cure = Sentence("Take out the words that the examples hold, or add an `unless`.")
                problems.append(WatchlistError(place.path, place.line, place.column, cause, cure))
    return tuple(problems)


def _explain_silence(watchlist: Watchlist, example: Example, matcher: Matcher) -> tuple[str, str]:
    """Why a positive example stays silent, and which exclude stopped it; empty where it rings."""
    match = _find_match(watchlist, example, matcher)
    if match is not None:
        late = Sentence("rule “{rule}” fired, but only after the first words of the text.", rule=match.rule)
        return ("", "") if match.rings else (late, "")
    misses = matcher.explain(_build_document(watchlist, example))
    miss = next((miss for miss in misses if miss.watchlist == watchlist.id), None)
    return (
        (_explain_miss(miss), miss.vetoed_by)
        if miss is not None
        else (Sentence("no term of the list occurs in it."), "")
    )


def _explain_miss(miss: NearMiss) -> str:
    found = Sentence("; found {words}", words=_quote(miss.evidence)) if miss.evidence else ""
    if miss.vetoed_by:
        words = _quote(miss.veto_evidence)
        return Sentence(
            "the exclude “{name}” stopped it because of {words}{found}.", name=miss.vetoed_by, words=words, found=found
        )
    if miss.missing:
        names = ", ".join(miss.missing)
        return Sentence("rule “{rule}” lacks {names}{found}.", rule=miss.rule, names=names, found=found)
    return Sentence(
        "rule “{rule}” has all its words, but not near enough to each other{found}.", rule=miss.rule, found=found
    )


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
    return ", ".join(texts[:_MOST_WORDS_QUOTED]) or Sentence("nothing")
