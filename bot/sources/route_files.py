"""Reads routes.yaml: destinations by name, and what goes to them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.chats import ChatKind, Destination, Platform
from bot.domain.quiet import Override, QuietHours
from bot.domain.routes import NO_ROUTES, Route, RouteTable, RouteTarget
from bot.domain.watchlists import Place
from bot.errors import WatchlistError
from bot.matching.records import Priority
from bot.sources import watchlist_schema as schema
from bot.sources.strict_yaml import Node, Scalar, parse_yaml
from bot.sources.watchlist_files import Parse, read_file
from bot.sources.yaml_fields import Reader, suggest

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_HOURS = re.compile(rf"({_CLOCK.pattern})\s*[-–]\s*({_CLOCK.pattern})")
_TELEGRAM_CURE = "Write the number of the chat, such as -1001234567890; /status in the chat shows it."
_SLACK_CURE = "Write the channel's id, such as C024BE91L; it stands at the end of the channel's details."
_ZONE_CURE = "Write one like Asia/Dushanbe."
_SLACK_KINDS = {"C": ChatKind.CHANNEL, "G": ChatKind.GROUP}


@dataclass(frozen=True, slots=True)
class Named:
    """A list or tag (`kind` is `lists` or `tags`) that routes.yaml names, and where."""

    kind: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class LoadedRoutes:
    """What routes.yaml says, as far as it can be used, and what is wrong with the rest.

    `named` are the lists and tags it names, and `destinations` the names of all destinations, faulty ones included:
    for checks against the watchlists.
    """

    table: RouteTable = NO_ROUTES
    problems: tuple[WatchlistError, ...] = ()
    named: tuple[Named, ...] = ()
    destinations: tuple[str, ...] = ()


def load_routes(path: Path, timezone: str, parse: Parse = parse_yaml) -> LoadedRoutes:
    """The routes of one routes.yaml; `timezone` is that of destinations that name none.

    A wrong entry never hides the good ones; nothing is raised for what stands there.
    """
    reader = Reader(str(path))
    try:
        node = parse(read_file(path), str(path))
    except WatchlistError as error:
        return LoadedRoutes(problems=(error,))
    return read_routes(reader, node, timezone)


def read_routes(reader: Reader, node: Node, timezone: str) -> LoadedRoutes:
    """The routes of a parsed routes.yaml."""
    fields = reader.read_fields(node, schema.ROUTES_FILE)
    reader.read_choice(fields.get("schema"), "schema", (schema.SCHEMA_VERSION,))
    targets, names = _read_targets(reader, fields.get("destinations"), timezone)
    routes, named = [], list[Named]()
    for item in reader.read_items(fields.get("routes"), "routes"):
        problems = len(reader.problems)
        route = _read_route(reader, item, names, named)
        if len(reader.problems) == problems:
            routes.append(route)
    owner = _read_name(reader, fields.get("owner"), "owner", names)
    return LoadedRoutes(RouteTable(targets, tuple(routes), owner), tuple(reader.problems), tuple(named), names)


def _read_targets(reader: Reader, node: Node | None, timezone: str) -> tuple[tuple[RouteTarget, ...], tuple[str, ...]]:
    """The faultless destinations, and the names of all of them."""
    targets: list[RouteTarget] = []
    entries = reader.read_entries(node, "destinations")
    taken: dict[str, str] = {}
    for key, value in entries:
        problems = len(reader.problems)
        if not re.fullmatch(schema.ID_PATTERN, key.text):
            cure = "Use at most 40 small letters, digits and hyphens."
            reader.note(key, f"a destination cannot be called “{key.text[:60]}”.", cure)
        target = _read_target(reader, key, value, timezone)
        if target is None or len(reader.problems) > problems:
            continue
        other = taken.setdefault(target.destination.key, target.name)
        if other != target.name:
            reader.note(key, f"“{other}” is the same chat.", "Keep one of the two names.")
            continue
        targets.append(target)
    return tuple(targets), tuple(key.text for key, _ in entries)


def _read_target(reader: Reader, name: Scalar, node: Node, timezone: str) -> RouteTarget | None:
    fields = reader.read_fields(node, schema.DESTINATION)
    destination = _read_destination(reader, node, fields, timezone)
    quiet = _read_quiet(reader, fields)
    digest = _read_clock(reader, fields.get("digest"), "digest")
    clearance = reader.read_choice(fields.get("clearance"), "clearance", schema.GRADES)
    if destination is None:
        return None
    place = Place(reader.path, name.line, name.column)
    return RouteTarget(name.text, destination, place, quiet, digest, clearance)


def _read_destination(reader: Reader, node: Node, fields: Mapping[str, Node], timezone: str) -> Destination | None:
    title = reader.read_text(fields.get("title"), "title", longest=schema.TITLE_LENGTH)
    zone = _read_zone(reader, fields.get("timezone"), timezone)
    platforms = [name for name in ("telegram", "slack") if name in fields]
    if len(platforms) != 1:
        if fields:
            said = "names telegram and slack" if platforms else "names no chat"
            reader.note(node, f"a destination {said}.", "Write exactly one of telegram and slack.")
        return None
    address, thread = reader.read_text(fields[platforms[0]], platforms[0]), ""
    topic = fields.get("topic")
    if platforms == ["slack"]:
        if topic is not None:
            reader.note(topic, "topic does not go with slack.", "Delete it: only Telegram groups have topics.")
        if not re.fullmatch(schema.SLACK_PATTERN, address):
            reader.note(fields["slack"], f"slack cannot be “{address[:60]}”.", _SLACK_CURE)
            return None
        workspace, _, channel = address.rpartition("/")
        kind = _SLACK_KINDS.get(channel[0], ChatKind.PRIVATE)
        return Destination(Platform.SLACK, address, kind=kind, title=title, workspace=workspace, timezone=zone)
    if topic is not None:
        number = reader.read_number(topic, "topic", least=1, most=schema.HIGHEST_TOPIC)
        thread = str(number or "")
    if not re.fullmatch(schema.TELEGRAM_PATTERN, address):
        reader.note(fields["telegram"], f"telegram cannot be “{address[:60]}”.", _TELEGRAM_CURE)
        return None
    kind = ChatKind.GROUP if address.startswith("-") else ChatKind.PRIVATE
    return Destination(Platform.TELEGRAM, address, thread, kind=kind, title=title, timezone=zone)


def _read_zone(reader: Reader, node: Node | None, default: str) -> str:
    text = reader.read_text(node, "timezone")
    if node is None or not text:
        return default
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reader.note(node, f"“{text[:60]}” is no time zone.", _ZONE_CURE)
        return default
    return text


def _read_clock(reader: Reader, node: Node | None, what: str) -> time | None:
    text = reader.read_text(node, what)
    if node is None or not text:
        return None
    match = _CLOCK.fullmatch(text)
    if match is None:
        reader.note(node, f"“{text[:60]}” is not a time.", "Write hours and minutes, such as 07:00.")
        return None
    return time(int(match[1]), int(match[2]))


def _read_quiet(reader: Reader, fields: Mapping[str, Node]) -> QuietHours | None:
    node, override = fields.get("quiet"), fields.get("override")
    word = reader.read_choice(override, "override", tuple(Override))
    if node is None:
        if override is not None:
            reader.note(override, "override says what rings in quiet hours, and there are none.", "Add quiet.")
        return None
    text = reader.read_text(node, "quiet")
    match = _HOURS.fullmatch(text)
    if match is None:
        reader.note(node, f"quiet cannot be “{text[:60]}”.", "Write two times, such as 22:00-06:30.")
        return None
    begins, ends = time(int(match[2]), int(match[3])), time(int(match[5]), int(match[6]))
    if begins == ends:
        reader.note(node, "the quiet hours end when they begin.", "Write two different times, such as 22:00-06:30.")
        return None
    return QuietHours(begins, ends, Override(word or Override.CRITICAL))


def _read_route(reader: Reader, node: Node, names: tuple[str, ...], named: list[Named]) -> Route:
    fields = reader.read_fields(node, schema.ROUTE)
    to = [_read_name(reader, item, "an entry of to", names) for item in reader.read_items(fields.get("to"), "to")]
    if "to" in fields and not to:
        reader.note(fields["to"], "to names no destination.", "Name at least one.")
    if fields and not fields.keys() & {"lists", "tags", "min_priority"}:
        cure = "Add lists, tags or min_priority; `min_priority: low` sends everything."
        reader.note(node, "a route does not say what it sends.", cure)
    word = reader.read_choice(fields.get("min_priority"), "min_priority", schema.PRIORITIES)
    return Route(
        tuple(to),
        Place(reader.path, node.line, node.column),
        _read_named(reader, fields.get("lists"), "lists", named),
        _read_named(reader, fields.get("tags"), "tags", named),
        Priority.from_word(word) if word else Priority.LOW,
    )


def _read_named(reader: Reader, node: Node | None, kind: str, named: list[Named]) -> tuple[str, ...]:
    items = reader.read_items(node, kind)
    texts = tuple(reader.read_text(item, f"an entry of {kind}") for item in items)
    if node is not None and not texts:
        reader.note(node, f"{kind} is empty.", "Name at least one, or delete the line.")
    for item, text in zip(items, texts, strict=True):
        if text:
            named.append(Named(kind, text, Place(reader.path, item.line, item.column)))
    return texts


def _read_name(reader: Reader, node: Node | None, what: str, names: tuple[str, ...]) -> str:
    """The name of a destination that stands in the same file."""
    text = reader.read_text(node, what)
    if node is not None and text and text not in names:
        cure = suggest(text, names) if names else "Add it under `destinations:`."
        reader.note(node, f"there is no destination “{text[:60]}”.", cure)
        return ""
    return text
