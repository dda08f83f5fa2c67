"""The query language's tree: what `parse_query` gives back. Positions are kept for messages and do not count in ==."""

import dataclasses
from dataclasses import dataclass

DEFAULT_DISTANCE = 10
MOST_DISTANCE = 100

TEXT_SCOPES: tuple[str, ...] = ("title", "text")
ATTRIBUTES: tuple[str, ...] = ("source", "lang", "url", "tag", "list", "priority", "owner", "country", "from")
FIELDS = TEXT_SCOPES + ATTRIBUTES
# A bare word of 2 to 6 capitals is an acronym and keeps its case (query specification, section 2).
_ACRONYM_LENGTHS = range(2, 7)


@dataclass(frozen=True, slots=True)
class Word:
    """One bare word: `tajik`, `tajik*`, `=Osh`, `=ЖККУ*`, or `TTP`, which is exact because it is in capitals."""

    text: str
    prefix: bool = False
    exact: bool = False
    position: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in quotes, one after the other; a star may end a word."""

    text: str
    position: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class GroupName:
    """`$group`: one of the terms of a word group."""

    name: str
    position: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Regex:
    """`/pattern/` or `/pattern/i`, RE2 syntax."""

    pattern: str
    ignore_case: bool = False
    position: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Scoped:
    """`title:`, `text:` or an attribute such as `lang:`, before what it limits."""

    field: str
    inner: "Query"
    position: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All parts; two units side by side mean the same."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not occur."""

    part: "Query"
    position: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """`NEAR/n`: at most n words between, either order; with `ordered` (`ONEAR/n`) the left one first."""

    left: "Query"
    right: "Query"
    distance: int = DEFAULT_DISTANCE
    ordered: bool = False
    position: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`2 OF (a, b, c)`."""

    number: int
    parts: tuple["Query", ...]
    position: int = dataclasses.field(default=0, compare=False)


Atom = Word | Phrase | GroupName | Regex
Query = Atom | Scoped | And | Or | Not | Near | AtLeast


def is_acronym(word: str) -> bool:
    """Whether a bare word keeps its case without `=`."""
    return len(word) in _ACRONYM_LENGTHS and word.isalpha() and word.isupper()
