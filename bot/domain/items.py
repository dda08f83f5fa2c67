"""Items: our normalised record of one published text, and what makes two of them the same."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

# Feeds with dates before the web or beyond tomorrow are wrong about them, not early or late.
_EARLIEST_YEAR = 1995
_CLOCK_SKEW = timedelta(days=1)
# A new entry so much older than what its feed gave last is misdated (UX specification 2.2).
_OUT_OF_ORDER = timedelta(days=30)
# What `canonical_link` only takes the last slashes from.
_SIMPLE_LINK = re.compile(r"https?://([a-z0-9][a-z0-9.-]*+)(?:/[a-zA-Z0-9_.~/=+,@%!*()-]*+)?")
_WORD = re.compile(r"[^\W_]+")
_TRACKING = ("utm_", "fbclid", "gclid", "yclid", "mc_cid", "mc_eid", "at_medium", "at_campaign", "ref_src")


@dataclass(frozen=True, slots=True)
class ParsedItem:
    """One entry of a feed as the parser cleaned it: plain text, absolute http(s) link or none, aware date or none."""

    guid: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    link: str = ""
    author: str = ""
    lang: str = ""
    published: datetime | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One published text. `key` identifies it everywhere; `first_seen` is when Tocsin first read it.

    `link_key` and `title_key` are further signs inside its feed by which it may be known; either may be empty.
    `date_wrong` says that the feed gave a date that cannot be true; `published` is None then.
    """

    key: str
    link_key: str
    feed_id: str
    title: str
    summary: str
    content: str
    link: str
    author: str
    lang: str
    published: datetime | None
    first_seen: datetime
    tags: tuple[str, ...] = ()
    baseline: bool = False
    title_key: str = ""
    date_wrong: bool = False

    @property
    def length(self) -> int:
        """How many characters its texts have together."""
        return len(self.title) + len(self.summary) + len(self.content)


def build_items(
    entries: Sequence[ParsedItem], *, feed_id: str, feed_lang: str, first_seen: datetime, baseline: bool
) -> list[Item]:
    """The items of one document, each once, in the order given.

    An id or a link that stands on entries with different headlines names none of them.
    """
    headlines_of_id: dict[str, set[str]] = defaultdict(set)
    headlines_of_link: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        headlines_of_id[entry.guid].add(entry.title)
        headlines_of_link[canonical_link(entry.link)].add(entry.title)
    items: dict[str, Item] = {}
    seen: set[str] = set()
    for entry in entries:
        link_names = len(headlines_of_link[canonical_link(entry.link)]) == 1
        item = build_item(
            entry if len(headlines_of_id[entry.guid]) == 1 else replace(entry, guid=""),
            feed_id=feed_id,
            feed_lang=feed_lang,
            first_seen=first_seen,
            baseline=baseline,
            link_names=link_names,
        )
        keys = {item.key, item.link_key} - {""}
        if not keys & seen:
            items[item.key] = item
        seen |= keys
    return list(items.values())


def build_item(
    parsed: ParsedItem,
    *,
    feed_id: str,
    feed_lang: str,
    first_seen: datetime,
    baseline: bool,
    link_names: bool = True,
) -> Item:
    """An item from a parsed entry. Its key comes from the guid, else the link, else title and text.

    `link_names` is false where the link is known to stand on other texts too.
    """
    link = canonical_link(parsed.link)
    published = believable_date(parsed.published, first_seen)
    naming = link if link_names and _names_one_text(link) else ""
    natural = parsed.guid or naming or f"{parsed.title}\n{parsed.summary[:500]}"
    return Item(
        key=_digest(feed_id, natural),
        link_key=_digest(feed_id, naming) if naming else "",
        feed_id=feed_id,
        title=parsed.title,
        summary=parsed.summary,
        content=parsed.content,
        link=parsed.link,
        author=parsed.author,
        lang=parsed.lang or feed_lang,
        published=published,
        first_seen=first_seen,
        tags=parsed.tags,
        baseline=baseline,
        title_key=build_title_key(feed_id, parsed.title, link),
        date_wrong=parsed.published is not None and published is None,
    )


def build_title_key(feed_id: str, title: str, link: str) -> str:
    """The sign of a headline at the host of `link`; empty without a headline."""
    words = " ".join(headline_words(title))
    host = _host_of(link).removeprefix("www.") if link else ""
    return _digest(feed_id, "title", host, words) if words else ""


def _host_of(link: str) -> str:
    simple = _SIMPLE_LINK.fullmatch(link)
    return simple[1] if simple else urlsplit(link).hostname or ""


def headline_words(title: str) -> list[str]:
    """The words of a headline without case, accents of form and punctuation."""
    return _WORD.findall(unicodedata.normalize("NFKC", title).casefold())


def rename_item(item: Item) -> Item:
    """The item under a key made of its text, for one whose id stands on another text already."""
    return replace(item, key=_digest(item.feed_id, "text", canonical_link(item.link), item.title))


def link_key(feed_id: str, link: str) -> str:
    """The key under which an item of a feed with this link is stored."""
    return _digest(feed_id, canonical_link(link))


@lru_cache(maxsize=1_024)
def canonical_link(link: str) -> str:
    """`link` without fragment, tracking parameters, default port or trailing slash; host in lower case.

    Empty for what is no address.
    """
    if not link:
        return ""
    if _SIMPLE_LINK.fullmatch(link):
        return link.rstrip("/")
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").lower()
        port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    except ValueError:
        return ""
    query = urlencode(
        [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not pair[0].startswith(_TRACKING)]
    )
    return urlunsplit((parts.scheme.lower(), host + port, parts.path.rstrip("/"), query, ""))


def _names_one_text(link: str) -> bool:
    """A bare host is the outlet's front page: feeds without links of their own repeat it on every entry."""
    if simple := _SIMPLE_LINK.fullmatch(link):
        return simple.end(1) < len(link)
    parts = urlsplit(link)
    return bool(parts.path or parts.query)


def believable_date(published: datetime | None, seen: datetime) -> datetime | None:
    """The date a feed gave, or None where it cannot be true. Dates never decide whether an item is new."""
    if published is None or published.year < _EARLIEST_YEAR or published > seen + _CLOCK_SKEW:
        return None
    return published


def doubt_date(item: Item, last_news: datetime | None) -> Item:
    """The item without its date if that lies more than 30 days before the feed's last news (None: not known)."""
    if item.published is None or last_news is None or last_news - item.published <= _OUT_OF_ORDER:
        return item
    return replace(item, published=None, date_wrong=True)


def _digest(*parts: str) -> str:
    raw = "\x00".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(raw, digest_size=16).hexdigest()
