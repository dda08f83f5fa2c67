"""Reads the small, safe part of YAML that watchlists need; everything else is a `WatchlistError` with its place.

Every scalar stays the text that was written, so `no`, `010`, `12:30` and dates mean nothing special. Anchors,
aliases, tags, merge keys, directives and several documents are refused. The limits keep a hostile file from
costing more than about a second: PyYAML's own loaders crash on deep nesting and take seconds on megabytes.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from bot.errors import WatchlistError
from bot.sentences import Sentence

MAX_BYTES = 256 * 1024
MAX_DEPTH = 8
MAX_NODES = 20_000
_QUOTED_LENGTH = 40

# Everything outside YAML's printable set (https://yaml.org/spec/1.2.2/#51-character-set), and the controls that
# reorder text so that it reads differently from what it says (https://trojansource.codes).
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
# What git writes into a file where two edits of the same lines meet.
_CONFLICT_BEGIN = re.compile(r"^<{7} ", re.MULTILINE)
_CONFLICT_END = re.compile(r"^>{7} ", re.MULTILINE)
_NAMES = {"\x00": "NUL", "\x1b": "ESCAPE", "\x7f": "DELETE"}
_CATEGORIES = {"Cs": "half a surrogate pair", "Cn": "not a character"}
_CURES = {
    "cannot start any token": Sentence(
        "Indent with spaces, and put quotes around text that begins with a special character."
    ),
    "mapping values are not allowed": Sentence(
        "Put quotes around text that contains a colon, and check the indentation."
    ),
    "could not find expected ':'": Sentence("Write `key: value`, with a space after the colon."),
    "expected ',' or": Sentence("Separate the entries of [...] and {{...}} with commas and close the bracket."),
    "expected <block end>": Sentence(
        "Line this up with the lines above it; entries of one list start in the same column."
    ),
    "unexpected end of stream": Sentence("Close the quote or bracket that is still open."),
    "but found '<stream end>'": Sentence("Close the bracket that is still open."),
}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text. `plain` is false where it stood in quotes or in a block. `line` and `column` count from 1.

    `source` is how it is written in the file, with its quotes or the head of its block.
    """

    text: str
    plain: bool
    line: int
    column: int
    source: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: "tuple[Node, ...]"
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their nodes, in the order written; no key occurs twice."""

    entries: "tuple[tuple[Scalar, Node], ...]"
    line: int
    column: int


Node = Scalar | Sequence | Mapping


def parse_yaml(data: bytes | str, path: str) -> Node:
    """The nodes of one YAML document. `path` is the name errors give. Raises WatchlistError for whatever is refused."""
    text = _decode(data, path)
    _refuse_characters(text, path)
    _refuse_conflict(text, path)
    builder = _Builder(_events(text, path), text, path)
    return builder.document()


def _decode(data: bytes | str, path: str) -> str:
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > MAX_BYTES:
        raise WatchlistError(
            path,
            raw.count(b"\n", 0, MAX_BYTES) + 1,
            1,
            f"the file is longer than {MAX_BYTES // 1024} KB, and only so much is read.",
            "Split it into several watchlists.",
        )
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise WatchlistError(
            path, line, column, Sentence("this is not UTF-8 text."), Sentence("Save the file as UTF-8 in your editor.")
        ) from None


def _refuse_conflict(text: str, path: str) -> None:
    begin = _CONFLICT_BEGIN.search(text)
    if begin is not None and _CONFLICT_END.search(text, begin.end()) is not None:
        line = text.count("\n", 0, begin.start()) + 1
        cure = "Keep one of its two versions, and delete the lines <<<<<<<, ======= and >>>>>>>."
        raise WatchlistError(path, line, 1, "git left a conflict here.", cure)


def _refuse_characters(text: str, path: str) -> None:
    found = _FORBIDDEN.search(text)
    if found is None:
        return
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - (text.rfind("\n", 0, found.start()) + 1) + 1
    raise _forbidden_character(found[0], path, line, column)


def _forbidden_character(char: str, path: str, line: int, column: int) -> WatchlistError:
    name = _NAMES.get(char) or unicodedata.name(char, _CATEGORIES.get(unicodedata.category(char), "control character"))
    return WatchlistError(
        path, line, column, f"the invisible character U+{ord(char):04X} ({name}) is not allowed.", "Delete it."
    )


def _events(text: str, path: str) -> Iterator[yaml.Event]:
    loader = yaml.BaseLoader(text)
    try:
        while loader.check_event():
            yield loader.get_event()  # type: ignore[no-untyped-call]  # the stubs leave it untyped
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark or loader.get_mark()
        problem = error.problem or error.context or "unreadable"
        cure = next(
            (cure for part, cure in _CURES.items() if part in problem),
            Sentence("Compare the line with one that works."),
        )
        raise WatchlistError(
            path, mark.line + 1, mark.column + 1, Sentence("this is not valid YAML: {problem}.", problem=problem), cure
        ) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        # PyYAML lets numbers in directives and escapes overflow: it promises YAMLError but raises these.
        mark = loader.get_mark()
        raise WatchlistError(
            path,
            mark.line + 1,
            mark.column + 1,
            Sentence("this is not valid YAML."),
            Sentence("Compare the line with one that works."),
        ) from None
    finally:
        loader.dispose()


class _Builder:
    """Turns events into nodes and refuses what the format does not need."""

    def __init__(self, events: Iterator[yaml.Event], text: str, path: str) -> None:
        self._events = events
        self._text = text
        self._path = path
        self._nodes = 0

    def document(self) -> Node:
        """The only document of the stream."""
        next(self._events)
        first = next(self._events)
        if not isinstance(first, yaml.DocumentStartEvent):
            raise WatchlistError(self._path, 0, 0, Sentence("the file is empty."), Sentence("Start with `schema: 1`."))
        if first.version or first.tags:
            raise self._refusal(first, "a % directive is not allowed.", "Delete the lines that begin with %.")
        node = self._node(next(self._events), depth=1)
        next(self._events)
        after = next(self._events)
        if isinstance(after, yaml.DocumentStartEvent):
            raise self._refusal(after, "a second document starts here.", "Put every watchlist into its own file.")
        return node

    def _node(self, event: yaml.Event, depth: int) -> Node:
        self._refuse(event, depth)
        line, column = _place(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(self._items(depth)), line, column)
        if isinstance(event, yaml.MappingStartEvent):
            return Mapping(tuple(self._entries(depth)), line, column)
        assert isinstance(event, yaml.ScalarEvent)
        found = _FORBIDDEN.search(event.value)
        if found is not None:  # an escape such as "\0" or "\u202e"
            raise _forbidden_character(found[0], self._path, line, column)
        return Scalar(event.value, event.style is None, line, column, self._source(event))

    def _source(self, event: yaml.ScalarEvent) -> str:
        start, end = event.start_mark, event.end_mark
        return self._text[start.index : end.index] if start is not None and end is not None else ""

    def _items(self, depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._node(event, depth + 1)

    def _entries(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, int] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self._node(event, depth + 1)
            self._check_key(key, event, seen)
            assert isinstance(key, Scalar)
            seen[key.text] = key.line
            yield key, self._node(next(self._events), depth + 1)

    def _check_key(self, key: Node, event: yaml.Event, seen: dict[str, int]) -> None:
        if not isinstance(key, Scalar):
            raise self._refusal(event, Sentence("a key must be a word, not a list or mapping."), "Write `key: value`.")
        if key.text == "<<" and key.plain:
            raise self._refusal(event, "the merge key << is not allowed.", "Write the keys out.")
        if key.text in seen:
            cause = Sentence(
                "the key “{name}” stands here a second time (first in line {line}).",
                name=_shorten(key.text),
                line=seen[key.text],
            )
            raise self._refusal(event, cause, Sentence("Delete one of the two, or join their values."))

    def _refuse(self, event: yaml.Event, depth: int) -> None:
        self._nodes += 1
        assert isinstance(event, yaml.NodeEvent)
        anchor = _shorten(event.anchor or "")
        if isinstance(event, yaml.AliasEvent):
            raise self._refusal(event, f"the alias *{anchor} is not allowed.", "Write the value out.")
        if anchor:
            raise self._refusal(event, f"the anchor &{anchor} is not allowed.", "Delete it.")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            raise self._refusal(
                event, f"the tag {_shorten(event.tag)} is not allowed.", "Delete it: all values are text."
            )
        if depth > MAX_DEPTH:
            raise self._refusal(
                event, f"this is nested more than {MAX_DEPTH} deep.", "Use fewer brackets or less indentation."
            )
        if self._nodes > MAX_NODES:
            raise self._refusal(
                event, f"the file has more than {MAX_NODES} values.", "Split it into several watchlists."
            )

    def _refusal(self, event: yaml.Event, cause: str, cure: str) -> WatchlistError:
        return WatchlistError(self._path, *_place(event), cause, cure)


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    assert mark is not None
    return mark.line + 1, mark.column + 1


def _shorten(text: str) -> str:
    return text if len(text) <= _QUOTED_LENGTH else text[: _QUOTED_LENGTH - 1] + "…"
