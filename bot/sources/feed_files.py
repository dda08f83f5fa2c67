"""Reads feeds.yaml: which addresses are polled, and who stands behind them."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bot.domain.feeds import Feed
from bot.errors import WatchlistError
from bot.sources import watchlist_schema as schema
from bot.sources.strict_yaml import Node, parse_yaml
from bot.sources.watchlist_files import Parse, read_file
from bot.sources.yaml_fields import Reader


@dataclass(frozen=True, slots=True)
class LoadedFeeds:
    """Feeds that can be used, in the order of the file, and the problems of the others."""

    feeds: tuple[Feed, ...] = ()
    problems: tuple[WatchlistError, ...] = ()


def load_feeds(path: Path, parse: Parse = parse_yaml) -> LoadedFeeds:
    """The feeds of one feeds.yaml. A wrong entry never hides the good ones; nothing is raised for what stands there."""
    reader = Reader(str(path))
    try:
        node = parse(read_file(path), str(path))
    except WatchlistError as error:
        return LoadedFeeds(problems=(error,))
    fields = reader.read_fields(node, schema.FEEDS_FILE)
    reader.read_choice(fields.get("schema"), "schema", (schema.SCHEMA_VERSION,))
    feeds = []
    ids: dict[str, int] = {}
    urls: dict[str, str] = {}
    for item in reader.read_items(fields.get("feeds"), "feeds"):
        noted = reader.noted
        feed = _read_feed(reader, item)
        _refuse_doubles(reader, item, feed, ids, urls)
        if reader.noted == noted:
            feeds.append(feed)
        ids.setdefault(feed.id, item.line)
        urls.setdefault(feed.url, feed.id)
    return LoadedFeeds(tuple(feeds), tuple(reader.problems))


def _read_feed(reader: Reader, node: Node) -> Feed:
    fields = reader.read_fields(node, schema.FEED)
    minutes = reader.read_number(fields.get("poll_minutes"), "poll_minutes", least=1, most=schema.MOST_MINUTES)
    reader.read_choice(fields.get("proof"), "proof", schema.PROOFS)
    return Feed(
        id=_read_matching(reader, fields.get("id"), "id", schema.ID_PATTERN, "Use small letters, digits and hyphens."),
        url=_read_url(reader, fields.get("url")),
        outlet=reader.read_text(fields.get("name"), "name"),
        lang=_read_matching(
            reader, fields.get("lang"), "lang", schema.LANGUAGE_PATTERN, "Use a code such as en or fa."
        ),
        country=_read_matching(
            reader,
            fields.get("country"),
            "country",
            schema.COUNTRY_PATTERN,
            "Use two capitals such as TJ; XX for none.",
        ),
        owner=reader.read_choice(fields.get("owner"), "owner", schema.OWNERS),
        grade=reader.read_choice(fields.get("grade"), "grade", schema.GRADES) or "F",
        origin_group=_read_matching(
            reader, fields.get("origin_group"), "origin_group", schema.ID_PATTERN, "Use a word such as tass."
        ),
        topics=reader.read_texts(fields.get("topics"), "topics"),
        boilerplate=reader.read_texts(fields.get("boilerplate"), "boilerplate"),
        interval=timedelta(minutes=minutes) if minutes else None,
        enabled=reader.read_yes_no(fields.get("enabled"), "enabled", default=True),
        note=reader.read_text(fields.get("note"), "note"),
    )


def _read_matching(reader: Reader, node: Node | None, what: str, pattern: str, cure: str) -> str:
    text = reader.read_text(node, what)
    if node is not None and text and not re.fullmatch(pattern, text):
        reader.note(node, f"{what} cannot be “{text[:60]}”.", cure)
    return text


def _read_url(reader: Reader, node: Node | None) -> str:
    text = reader.read_text(node, "url")
    if node is None or not text:
        return ""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        usable = False
    if not usable:
        reader.note(node, f"“{text[:60]}” is not a web address.", "Write it in full: https://example.org/feed/.")
    return text


def _refuse_doubles(reader: Reader, node: Node, feed: Feed, ids: dict[str, int], urls: dict[str, str]) -> None:
    if feed.id and feed.id in ids:
        cause = f"the id “{feed.id[:60]}” is used twice (first in line {ids[feed.id]})."
        reader.note(node, cause, "Choose another id.")
    if feed.url and feed.url in urls:
        reader.note(node, f"the feed “{urls[feed.url][:60]}” has the same url.", "Delete one of the two.")
