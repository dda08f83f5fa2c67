"""Items: our normalised record of one published text, and what makes two of them the same."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

# Feeds with dates before the web or beyond tomorrow are wrong about them, not early or late.
_EARLIEST_YEAR = 1995
_CLOCK_SKEW = timedelta(days=1)
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
class ItemIdentity:
    """Natural identities of an item inside its feed; an item is known if either key is. `link_key` may be empty."""

    key: str
    link_key: str


@dataclass(frozen=True, slots=True)
class Item:
    """One published text. `key` identifies it everywhere; `first_seen` is when Tocsin first read it."""

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

    @property
    def identity(self) -> ItemIdentity:
        """Its natural identities."""
        return ItemIdentity(self.key, self.link_key)


def build_item(parsed: ParsedItem, *, feed_id: str, feed_lang: str, first_seen: datetime, baseline: bool) -> Item:
    """An item from a parsed entry. Its key comes from the guid, else the link, else title and text."""
    link = canonical_link(parsed.link)
    natural = parsed.guid or link or f"{parsed.title}\n{parsed.summary[:500]}"
    return Item(
        key=_digest(feed_id, natural),
        link_key=_digest(feed_id, link) if _names_one_text(link) else "",
        feed_id=feed_id,
        title=parsed.title,
        summary=parsed.summary,
        content=parsed.content,
        link=parsed.link,
        author=parsed.author,
        lang=parsed.lang or feed_lang,
        published=believable_date(parsed.published, first_seen),
        first_seen=first_seen,
        tags=parsed.tags,
        baseline=baseline,
    )


def canonical_link(link: str) -> str:
    """`link` without fragment, tracking parameters, default port or trailing slash; host in lower case.

    Empty for what is no address.
    """
    if not link:
        return ""
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
    parts = urlsplit(link)
    return bool(parts.path or parts.query)


def distinct_items(items: Iterable[Item]) -> list[Item]:
    """Each item of one document once, in the order given.

    Where entries with different headlines share a link, that link names none of them.
    """
    items = list(items)
    headlines: dict[str, set[str]] = {}
    for item in items:
        headlines.setdefault(item.link_key, set()).add(item.title)
    seen: set[str] = set()
    distinct = []
    for item in items:
        told_apart = item if len(headlines[item.link_key]) == 1 else replace(item, link_key="")
        keys = {told_apart.key, told_apart.link_key} - {""}
        if not keys & seen:
            distinct.append(told_apart)
        seen |= keys
    return distinct


def believable_date(published: datetime | None, seen: datetime) -> datetime | None:
    """The date a feed gave, or None where it cannot be true. Dates never decide whether an item is new."""
    if published is None or published.year < _EARLIEST_YEAR or published > seen + _CLOCK_SKEW:
        return None
    return published


def _digest(*parts: str) -> str:
    raw = "\x00".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(raw, digest_size=16).hexdigest()
