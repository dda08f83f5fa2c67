"""The watchlist model: what a YAML watchlist says, once read and checked. Frozen; hashing by value.

Files are read in `bot.sources.watchlist_files`; compiling and evaluating live beside this file.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.matching.records import Priority


class Status(StrEnum):
    """`stable` sends, `test` only records, `off` is not matched at all."""

    STABLE = "stable"
    TEST = "test"
    OFF = "off"


class Mentions(StrEnum):
    """What becomes of what stands below the headline: `ring` in the first words as well, `digest` for the digest."""

    RING = "ring"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Term:
    """One term as written (`word`, `a phrase`, `prefix*`, `=TTP`) under its language key."""

    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of terms; `label` is the gloss shown when a foreign-script term matched."""

    name: str
    label: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """What must occur: every element of `all_of` is a tuple of alternative group names (`a|b`).

    `any: [x, y]` in YAML is one element with the alternatives x and y. With `within`, one hit of
    every element must stand inside one window of that many words of one field. `title_only` limits the
    condition to the title. A `query` (query language) stands alone, with `all_of` empty.
    """

    all_of: tuple[tuple[str, ...], ...] = ()
    within: int | None = None
    title_only: bool = False
    query: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way for a watchlist to match; `none_of` are groups whose presence stops this rule alone."""

    id: str
    condition: Condition
    label: str = ""
    priority: Priority | None = None
    none_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclude:
    """A veto over the whole watchlist, void when one of the `unless` groups also occurs."""

    id: str
    condition: Condition
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalation:
    """A condition that raises a match to a higher priority."""

    id: str
    condition: Condition
    to: Priority


@dataclass(frozen=True, slots=True)
class SourceFilter:
    """Feeds a watchlist listens to: ids, and the worst Admiralty grade it accepts (empty: any)."""

    only: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()
    min_grade: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A text that must match (positive) or must not (negative); run by `tocsin check` and on every save."""

    lang: str
    title: str
    summary: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Watchlist:
    """A named set of rules with priority and examples. `groups` holds every group its rules name, shared ones too."""

    id: str
    title: str
    description: str
    priority: Priority
    groups: tuple[Group, ...]
    rules: tuple[Rule, ...]
    excludes: tuple[Exclude, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    status: Status = Status.STABLE
    mentions: Mentions = Mentions.RING
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: SourceFilter = SourceFilter()
    max_age_hours: int | None = None
    notify: tuple[str, ...] = ()
    stix: tuple[tuple[str, str], ...] = ()
    positive: tuple[Example, ...] = ()
    negative: tuple[Example, ...] = ()
