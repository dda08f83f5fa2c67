"""Turns the nodes of one watchlist file into a `Watchlist`; problems and places stay in the `Reader`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from bot.matching.records import Priority
from bot.matching.watchlist import (
    Condition,
    Escalation,
    Example,
    Exclude,
    Group,
    Mentions,
    Rule,
    SourceFilter,
    Status,
    Watchlist,
)
from bot.sources import watchlist_schema as schema
from bot.sources.scalar_places import find_character
from bot.sources.strict_yaml import Node, Scalar
from bot.sources.word_groups import Groups, SharedGroups, read_groups
from bot.sources.yaml_fields import KeySet, Reader

_QUOTED = re.compile(r'"[^"]*"|«[^»]*»|“[^”]*”')
_GROUP_IN_QUERY = re.compile(r"\$([A-Za-z_][\w.]*)")
_KINDS = ("any", "all", "query")
_Part = TypeVar("_Part", Rule, Exclude, Escalation)


@dataclass(slots=True)
class ReadWatchlist:
    """What one file gave: the list (None where it names no id), and the broken shared groups it needs."""

    watchlist: Watchlist | None
    waits_for: frozenset[str]


@dataclass(slots=True)
class _Names:
    """Looks up group names and remembers which were used."""

    reader: Reader
    own: Groups
    own_broken: frozenset[str]
    shared: SharedGroups
    used: dict[str, Group] = field(default_factory=dict)
    waits_for: set[str] = field(default_factory=set)

    def resolve(self, node: Node, name: str) -> None:
        """Notes a problem at `node` where no group has that name."""
        group = self.own.get(name) or self.shared.groups.get(name)
        if group is not None:
            self.used[name] = group
        elif name in self.shared.broken or ("." in name and not self.shared.readable):
            self.waits_for.add(name)
        elif name not in self.own_broken:
            known = (*self.own, *self.own_broken, *self.shared.groups)
            self.reader.note_unknown(node, f"there is no group “{name[:60]}”.", name, known)


def read_watchlist(reader: Reader, node: Node, shared: SharedGroups) -> ReadWatchlist:
    """The watchlist of one file. Use it only where `reader` has no problems and it waits for no group."""
    fields = reader.read_fields(node, schema.WATCHLIST)
    reader.mark("", node)
    reader.read_choice(fields.get("schema"), "schema", (schema.SCHEMA_VERSION,))
    own, broken = read_groups(reader, fields.get("groups"))
    names = _Names(reader, own, broken, shared)
    match = _read_mapping(reader, fields.get("match"), schema.MATCH)
    rules = _read_parts(names, match.get("rules"), "match.rules", _read_rule)
    excludes = _read_parts(names, match.get("exclude"), "match.exclude", _read_exclude)
    escalations = _read_parts(names, match.get("escalate"), "match.escalate", _read_escalation)
    if "rules" in match and not rules:
        reader.note(match["rules"], "a watchlist without rules never matches.", "Add `- {id: name, any: [name]}`.")
    examples = _read_mapping(reader, fields.get("examples"), schema.EXAMPLES)
    _read_notes(reader, fields)
    watchlist = Watchlist(
        id=_read_id(reader, fields.get("id")),
        title=reader.read_text(fields.get("title"), "title", longest=schema.TITLE_LENGTH),
        description=reader.read_text(fields.get("description"), "description"),
        priority=_read_priority(reader, fields.get("priority"), "priority") or Priority.LOW,
        groups=tuple(names.used.values()),
        rules=rules,
        excludes=excludes,
        escalations=escalations,
        status=Status(reader.read_choice(fields.get("status"), "status", schema.STATUSES) or Status.STABLE),
        mentions=Mentions(reader.read_choice(fields.get("mentions"), "mentions", schema.MENTIONS) or Mentions.RING),
        tags=reader.read_texts(fields.get("tags"), "tags"),
        languages=_read_languages(reader, fields.get("languages"), "languages"),
        sources=_read_sources(reader, fields.get("sources")),
        max_age_hours=reader.read_number(fields.get("max_age_hours"), "max_age_hours", least=1, most=schema.MOST_HOURS),
        notify=_read_notify(reader, fields.get("notify")),
        stix=_read_stix(reader, fields.get("stix")),
        positive=_read_examples(reader, examples.get("positive"), "positive"),
        negative=_read_examples(reader, examples.get("negative"), "negative"),
    )
    return ReadWatchlist(watchlist if watchlist.id else None, frozenset(names.waits_for))


def _read_mapping(reader: Reader, node: Node | None, keys: KeySet) -> dict[str, Node]:
    return {} if node is None else reader.read_fields(node, keys)


def _read_parts(
    names: _Names, node: Node | None, part: str, read: Callable[[_Names, Node], _Part]
) -> tuple[_Part, ...]:
    """The rules, excludes or escalations. Their ids name the reason of an alert, so each may stand only once."""
    lines: dict[str, int] = {}
    parts = []
    for index, item in enumerate(names.reader.read_items(node, part)):
        names.reader.mark(f"{part}[{index}]", item)
        parts.append(read(names, item))
        name = parts[-1].id
        if name and name in lines:
            cause = f"the id “{name[:60]}” is used twice (first in line {lines[name]})."
            names.reader.note(item, cause, "Give each its own id.")
        lines.setdefault(name, item.line)
    return tuple(parts)


def _read_id(reader: Reader, node: Node | None) -> str:
    text = reader.read_text(node, "id")
    if node is not None:
        reader.mark("id", node)
    if node is not None and text and not re.fullmatch(schema.ID_PATTERN, text):
        reader.note(node, f"the id cannot be “{text[:60]}”.", "Use at most 40 small letters, digits and hyphens.")
    return text


def _read_priority(reader: Reader, node: Node | None, what: str) -> Priority | None:
    word = reader.read_choice(node, what, schema.PRIORITIES)
    return Priority.from_word(word) if word else None


def _read_languages(reader: Reader, node: Node | None, what: str) -> tuple[str, ...]:
    languages = []
    for item in reader.read_items(node, what):
        text = reader.read_text(item, f"an entry of {what}")
        if text and not re.fullmatch(schema.LANGUAGE_PATTERN, text):
            reader.note(item, f"“{text[:60]}” is not a language code.", "Use a code such as en or fa.")
        languages.append(text)
    return tuple(languages)


def _read_notes(reader: Reader, fields: dict[str, Node]) -> None:
    """Reads what only people use, so that slips in it are found too."""
    reader.read_text(fields.get("author"), "author")
    reader.read_texts(fields.get("references"), "references")
    review = _read_mapping(reader, fields.get("review"), schema.REVIEW)
    _check_day(reader, review.get("checked"))
    _check_month(reader, review.get("stale_names_after"))
    _read_languages(reader, review.get("native_check_wanted"), "native_check_wanted")


def _check_day(reader: Reader, node: Node | None) -> None:
    text = reader.read_text(node, "checked")
    try:
        known = not text or bool(re.fullmatch(schema.DATE_PATTERN, text) and date.fromisoformat(text))
    except ValueError:  # such as the 31st of February
        known = False
    if node is not None and not known:
        reader.note(node, f"checked cannot be “{text[:60]}”.", "Write a day such as 2026-11-24.")


def _check_month(reader: Reader, node: Node | None) -> None:
    text = reader.read_text(node, "stale_names_after")
    if node is not None and text and not re.fullmatch(schema.MONTH_PATTERN, text):
        reader.note(node, f"stale_names_after cannot be “{text[:60]}”.", "Write a month such as 2027-05.")


def _read_notify(reader: Reader, node: Node | None) -> tuple[str, ...]:
    names = []
    for index, item in enumerate(reader.read_items(node, "notify")):
        reader.mark(f"notify[{index}]", item)
        names.append(reader.read_text(item, "an entry of notify"))
    return tuple(names)


def _read_sources(reader: Reader, node: Node | None) -> SourceFilter:
    fields = _read_mapping(reader, node, schema.SOURCES)
    return SourceFilter(
        only=reader.read_texts(fields.get("only"), "only"),
        except_=reader.read_texts(fields.get("except"), "except"),
        min_grade=reader.read_choice(fields.get("min_grade"), "min_grade", schema.GRADES),
    )


def _read_stix(reader: Reader, node: Node | None) -> tuple[tuple[str, str], ...]:
    fields = _read_mapping(reader, node, schema.STIX)
    pairs = [(key, reader.read_text(value, key)) for key, value in fields.items() if key != "aliases"]
    pairs += [("aliases", alias) for alias in reader.read_texts(fields.get("aliases"), "aliases")]
    return tuple(pairs)


def _read_rule(names: _Names, node: Node) -> Rule:
    fields = names.reader.read_fields(node, schema.RULE)
    return Rule(
        id=names.reader.read_text(fields.get("id"), "id"),
        condition=_read_condition(names, node, fields, schema.RULE.what),
        label=names.reader.read_text(fields.get("label"), "label"),
        priority=_read_priority(names.reader, fields.get("priority"), "priority"),
        none_of=_read_names(names, fields.get("not"), "not"),
    )


def _read_exclude(names: _Names, node: Node) -> Exclude:
    fields = names.reader.read_fields(node, schema.EXCLUDE)
    return Exclude(
        id=names.reader.read_text(fields.get("id"), "id"),
        condition=_read_condition(names, node, fields, schema.EXCLUDE.what),
        unless=_read_names(names, fields.get("unless"), "unless"),
    )


def _read_escalation(names: _Names, node: Node) -> Escalation:
    fields = names.reader.read_fields(node, schema.ESCALATION)
    return Escalation(
        id=names.reader.read_text(fields.get("id"), "id"),
        condition=_read_condition(names, node, fields, schema.ESCALATION.what),
        to=_read_priority(names.reader, fields.get("to"), "to") or Priority.LOW,
    )


def _read_condition(names: _Names, node: Node, fields: dict[str, Node], what: str) -> Condition:
    reader = names.reader
    kinds = [kind for kind in _KINDS if kind in fields]
    if len(kinds) != 1:
        said = f"has {' and '.join(kinds)}" if kinds else "has no condition"
        reader.note(node, f"{what} {said}.", "Write exactly one of any, all and query.")
        return Condition()
    within = reader.read_number(fields.get("within"), "within", least=1, most=schema.MOST_WORDS)
    title_only = bool(reader.read_choice(fields.get("in"), "in", ("title",)))
    if kinds == ["query"]:
        for key in ("within", "in"):
            if key in fields:
                reader.note(fields[key], f"{key} does not go with query.", "Write it in the query: NEAR/8 or title:.")
        reader.mark_query(node, fields["query"])
        return Condition(query=_read_query(names, fields["query"]))
    if kinds == ["any"]:
        if "within" in fields:
            reader.note(fields["within"], "within needs all: one group alone is always near itself.", "Delete it.")
        return Condition(_read_any(names, fields["any"]), title_only=title_only)
    return Condition(_read_all(names, fields["all"]), within=within, title_only=title_only)


def _read_any(names: _Names, node: Node) -> tuple[tuple[str, ...], ...]:
    alternatives = tuple(name for element in _read_all(names, node, "any") for name in element)
    return (alternatives,) if alternatives else ()


def _read_all(names: _Names, node: Node, what: str = "all") -> tuple[tuple[str, ...], ...]:
    elements = []
    for item in names.reader.read_items(node, what):
        text = names.reader.read_text(item, f"an entry of {what}")
        alternatives = tuple(name.strip() for name in text.split("|"))
        if text and not all(alternatives):
            names.reader.note(item, f"“{text[:60]}” lacks a name beside |.", "Write one|other.")
        for name in filter(None, alternatives):
            names.resolve(item, name)
        elements.append(alternatives)
    if not elements:
        names.reader.note(node, f"{what} names no group.", "Name at least one group.")
    return tuple(elements)


def _read_names(names: _Names, node: Node | None, what: str) -> tuple[str, ...]:
    if node is None:
        return ()
    return tuple(name for element in _read_all(names, node, what) for name in element)


def _read_query(names: _Names, node: Node) -> str:
    query = names.reader.read_text(node, "query")
    unquoted = _QUOTED.sub(lambda phrase: " " * len(phrase[0]), query)
    found = {match[1]: match.start() for match in reversed(list(_GROUP_IN_QUERY.finditer(unquoted)))}
    for name, position in reversed(found.items()):
        names.resolve(_stand_in(node, query, position), name)
    return query


def _stand_in(node: Node, query: str, position: int) -> Node:
    """A node at the place of one character of a query."""
    if not isinstance(node, Scalar):
        return node
    line, column = find_character(node, query, position)
    return replace(node, line=line, column=column)


def _read_examples(reader: Reader, node: Node | None, kind: str) -> tuple[Example, ...]:
    examples = []
    for index, item in enumerate(reader.read_items(node, kind)):
        reader.mark(f"examples.{kind}[{index}]", item)
        fields = reader.read_fields(item, schema.EXAMPLE)
        examples.append(
            Example(
                lang=reader.read_text(fields.get("lang"), "lang"),
                title=reader.read_text(fields.get("title"), "title"),
                summary=reader.read_text(fields.get("summary"), "summary"),
                why=reader.read_text(fields.get("why"), "why"),
            )
        )
    return tuple(examples)
