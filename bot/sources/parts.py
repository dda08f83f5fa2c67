"""Reads a whole document, and finds whether it gives the same in parts. Runs inside a parse worker."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.feed_memory import Parts
from bot.domain.items import canonical_link
from bot.errors import FeedError
from bot.ports.fetcher import ParsedFeed
from bot.sources.documents import is_ill_formed, parse_document
from bot.sources.plain_entries import read_plain_entries

# Behind the end of a well-formed document it is what makes it ill-formed, and the forgiving parser passes over it.
_FLAW = b"&"


@dataclass(frozen=True, slots=True)
class Trial:
    """A document that was cut into `entries`, and a `sample` of it: a document of the entries `numbers` alone."""

    body: bytes
    content_type: str
    url: str
    entries: int
    sample: bytes
    numbers: Sequence[int]


def read_whole(trial: Trial) -> tuple[ParsedFeed, Parts]:
    """The tried document, and which of its entries read the same without the others. Raises FeedError.

    The entries of a plain document are read quickly if those in the sample read as feedparser reads them, which also
    says what stands around them.
    """
    return _read_plain(trial) or _read_slowly(trial)


def _read_plain(trial: Trial) -> tuple[ParsedFeed, Parts] | None:
    items = read_plain_entries(trial.body, trial.url, trial.content_type)
    if items is None or len(items) != trial.entries:
        return None
    try:
        sample = parse_document(trial.sample, trial.url, "")
    except FeedError:
        return None
    if sample.warning or sample.skipped or sample.items != tuple(items[number] for number in trial.numbers):
        return None
    whole = replace(sample, items=items)
    return whole, Parts.ANY if _has_own_names(whole) else Parts.NONE


def _read_slowly(trial: Trial) -> tuple[ParsedFeed, Parts]:
    whole = parse_document(trial.body, trial.url, trial.content_type)
    return whole, _find_parts(whole, trial)


def _find_parts(whole: ParsedFeed, trial: Trial) -> Parts:
    """Which entries of the tried document, read as `whole`, read the same without the others.

    A whole that has other entries than it was cut into, or whose entries share ids or links, cannot be read in parts:
    there an entry means something only beside the others. An ill-formed one can at most be read up to an entry, by the
    same forgiving parser.
    """
    if whole.skipped or len(whole.items) != trial.entries or not _has_own_names(whole):
        return Parts.NONE
    hoped = Parts.BEGINNING if whole.warning else Parts.ANY
    if hoped is Parts.BEGINNING and not (trial.numbers[0] == 0 and is_ill_formed(trial.body, trial.content_type)):
        return Parts.NONE
    try:
        part = parse_document(trial.sample + _FLAW if hoped is Parts.BEGINNING else trial.sample, trial.url, "")
    except FeedError:
        return Parts.NONE
    if hoped is Parts.BEGINNING:
        alike = part.items[:1] == whole.items[:1]
    else:
        alike = not part.warning and part.items == tuple(whole.items[number] for number in trial.numbers)
    same_frame = (part.title, part.lang, part.home) == (whole.title, whole.lang, whole.home)
    return hoped if alike and same_frame else Parts.NONE


def parse_beginning(part: bytes, url: str, whole: bytes, content_type: str) -> ParsedFeed | None:
    """The first entries of an ill-formed document, from a `part` without the others; None if it is well-formed now."""
    return parse_document(part + _FLAW, url, "") if is_ill_formed(whole, content_type) else None


def _has_own_names(whole: ParsedFeed) -> bool:
    guids = [item.guid for item in whole.items if item.guid]
    links = [link for item in whole.items if (link := canonical_link(item.link))]
    return len(set(guids)) == len(guids) and len(set(links)) == len(links)
