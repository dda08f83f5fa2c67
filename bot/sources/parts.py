"""Whether a document read in parts gives what it gives as a whole. Runs inside a parse worker."""

from collections.abc import Sequence

from bot.domain.items import canonical_link
from bot.errors import FeedError
from bot.ports.fetcher import ParsedFeed
from bot.sources.documents import parse_document


def reads_alike(whole: ParsedFeed, entries: int, sample: bytes, numbers: Sequence[int], url: str) -> bool:
    """Whether the `sample`, a document of the entries `numbers` alone, gives the same as the `whole` does there.

    `entries` is how many entries the whole was cut into. A whole that was damaged, that has more or fewer entries, or
    whose entries share ids or links is never alike: there an entry means something only beside the others.
    """
    if whole.warning or whole.skipped or len(whole.items) != entries:
        return False
    guids = [item.guid for item in whole.items if item.guid]
    links = [link for item in whole.items if (link := canonical_link(item.link))]
    if len(set(guids)) != len(guids) or len(set(links)) != len(links):
        return False
    try:
        part = parse_document(sample, url, "")
    except FeedError:
        return False
    same_frame = (part.title, part.lang, part.home) == (whole.title, whole.lang, whole.home)
    return same_frame and not part.warning and part.items == tuple(whole.items[number] for number in numbers)
