"""What goes into the matcher and what comes out: documents, matches, evidence. No behaviour beyond tiny helpers."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Literal

TextField = Literal["title", "summary", "content"]
TEXT_FIELDS: tuple[TextField, ...] = ("title", "summary", "content")


class Priority(IntEnum):
    """How loud a match may be; compares by loudness."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The lower-case word used in YAML, JSON and chat."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> "Priority":
        """Priority for a lower-case word. Raises KeyError for any other word."""
        return cls[word.upper()]


@dataclass(frozen=True, slots=True)
class Document:
    """One text to match: plain text (no markup) and the attributes that rules may filter on.

    `source` is the feed id, `owner` who controls the outlet (state, exile, ...), `grade` its
    Admiralty letter, `boilerplate` phrases that stand on every page of the outlet and never count.
    """

    id: str
    title: str
    summary: str = ""
    content: str = ""
    link: str = ""
    source: str = ""
    lang: str = ""
    published: datetime | None = None
    owner: str = ""
    country: str = ""
    grade: str = ""
    tags: tuple[str, ...] = ()
    boilerplate: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One term found in one place.

    `start` and `end` are character offsets into the original field: `field_text[start:end] == text`.
    `term` is the term as its author wrote it, `group` the word group it belongs to (empty for a
    query), `label` that group's gloss, `lang` the language key the term stands under.
    """

    field: TextField
    start: int
    end: int
    text: str
    term: str
    group: str = ""
    label: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A watchlist's rule fired on a document, with the evidence why.

    `rule` is the id of the first rule that fired and `rule_label` its name for readers (may be
    empty). `priority` includes escalation; `base_priority` does not; `escalated_by` names the
    escalation that raised it. `rings` is true where the evidence stands in the title or in the
    first 40 words of the text; otherwise the document only mentions the subject.
    `excludes_checked` are the vetoes that were looked at and did not apply.
    """

    watchlist: str
    title: str
    rule: str
    rule_label: str
    priority: Priority
    base_priority: Priority
    rings: bool
    evidence: tuple[Evidence, ...]
    escalated_by: str = ""
    excludes_checked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Why a watchlist did not match a document although some of its terms occur.

    `vetoed_by` is the exclude that stopped a rule that would have fired; otherwise `rule` is the
    rule that came closest and `missing` the alternatives (group names joined by "|") it lacked.
    `evidence` is what was found.
    """

    watchlist: str
    title: str
    rule: str
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...] = ()
    vetoed_by: str = ""
    veto_evidence: tuple[Evidence, ...] = ()
