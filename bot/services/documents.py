"""What the matcher sees of an item: its text with the attributes of the feed that rules may filter on."""

from collections.abc import Iterable
from functools import cache

from bot.domain.citations import agency_of, find_sources
from bot.domain.feeds import Feed
from bot.domain.fingerprints import Fingerprint, build_fingerprint, lead_text
from bot.domain.items import Item
from bot.matching.records import Document, Match
from bot.matching.tokens import folded_words

_LONGEST_REMEMBERED = 40
_MOST_REMEMBERED = 16_384


def document_for(item: Item, feed: Feed) -> Document:
    """The document to match for an item of a feed."""
    return Document(
        id=item.key,
        title=item.title,
        summary=item.summary,
        content=item.content,
        link=item.link,
        source=feed.id,
        lang=item.lang,
        published=item.published,
        owner=feed.owner,
        country=feed.country,
        grade=feed.grade,
        tags=item.tags,
        boilerplate=feed.boilerplate,
    )


class _WordMemo(dict[str, str]):
    """The folded words of what stands between two spaces, a space before each; no word reaches over a space.

    A language's most frequent words make up most of its texts.
    """

    def __missing__(self, chunk: str) -> str:
        words = "".join([f" {word}" for word in folded_words(chunk)])
        if len(chunk) <= _LONGEST_REMEMBERED:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[chunk] = words
        return words


@cache
def _memo() -> _WordMemo:
    return _WordMemo()


def archive_words(item: Item) -> str:
    """An item's whole text as folded words with single spaces, for full-text search."""
    chunks = f"{item.title} {item.summary} {item.content}".split()
    return "".join(map(_memo().__getitem__, chunks))[1:]


def fingerprint_for(item: Item, feed: Feed, matches: Iterable[Match]) -> Fingerprint:
    """What an item of a feed is recognised by, the word groups that watchlists found in it included."""
    body = lead_text(item.summary, item.content)
    voice = feed.origin_group or agency_of(feed.outlet)
    groups = {
        evidence.group if "." in evidence.group else f"{match.watchlist}:{evidence.group}"
        for match in matches
        for evidence in match.evidence
        if evidence.group
    }
    return build_fingerprint(
        item.title,
        body,
        item.lang,
        groups=groups,
        sources={*find_sources(f"{item.title}\n{body}"), voice} - {""},
        boilerplate=feed.boilerplate,
    )
