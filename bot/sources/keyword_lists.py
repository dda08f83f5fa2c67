"""Turns the keyword lists of other tools (one term a line) into a watchlist with a sensible default rule."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.errors import SettingsError
from bot.matching.records import Priority
from bot.matching.term_lines import exact_acronym, guess_language, unquoted
from bot.matching.tokens import folded_words
from bot.matching.validation import find_term_problem
from bot.matching.watchlist import Condition, Exclude, Group, Rule, Status, Term, Watchlist
from bot.sources.charsets import decode_document
from bot.sources.watchlist_schema import ID_PATTERN, LONGEST_TERM, TITLE_LENGTH

MAX_BYTES = 1_000_000
_OPERATORS = re.compile(r"(?:^|\s)(?:AND|OR|NOT|(?:O?NEAR)(?:/\d+)?)(?:\s|$)|[()]")


@dataclass(frozen=True, slots=True)
class ImportedKeywords:
    """The watchlist that a keyword list became. `skipped` are its lines that are no terms, with the reason."""

    watchlist: Watchlist
    terms: int
    repeated: int
    skipped: tuple[str, ...]


def read_keywords(
    data: bytes, path: str, *, list_id: str = "", title: str = "", lang: str = "", priority: Priority = Priority.MEDIUM
) -> ImportedKeywords:
    """The watchlist of a text with one term a line; `path` names it in messages.

    Empty lines and those that begin with # say nothing. Quotes around a term, a comma behind it and a + before it
    are taken away; a term with a minus before it becomes an exclude. Without `lang` the script tells the language.
    Raises SettingsError if there is no term, if the file is too large or neither UTF-8 nor UTF-16, or if `list_id`
    cannot be an id.
    """
    if len(data) > MAX_BYTES:
        raise SettingsError(f"{path} has more than {MAX_BYTES:,} bytes.", "Split it into several lists.")
    reading = _Reading(lang)
    text, repaired = decode_document(data, "")
    if repaired:
        # A guess would put words that no text holds into the list, and nobody would see it.
        raise SettingsError(f"{path} is not UTF-8 text.", "Save it as UTF-8 in your editor, then import it again.")
    for number, line in enumerate(text.splitlines(), 1):
        reading.add(f"{path}:{number}", line)
    if not reading.wanted:
        raise SettingsError(f"{path} holds no term.", "Write one word or phrase a line.")
    stem = re.sub(r"\.[^.]*$", "", path.replace("\\", "/").rpartition("/")[2])
    watchlist = Watchlist(
        id=_choose_id(list_id, stem),
        title=(title or f"Keywords: {stem}")[:TITLE_LENGTH],
        description=(
            "Imported keywords. Any of them in a headline or its first paragraph rings. Narrow it with rules that need "
            "two groups near each other, then set the status to stable."
        ),
        priority=priority,
        groups=tuple(reading.groups()),
        rules=(Rule("keywords", Condition((("keywords",),)), label="a keyword of the list"),),
        excludes=(Exclude("unwanted", Condition((("unwanted",),))),) if reading.unwanted else (),
        status=Status.TEST,
        languages=tuple(sorted({term.lang for term in reading.wanted.values()})),
    )
    return ImportedKeywords(watchlist, len(reading.wanted), reading.repeated, tuple(reading.skipped))


class _Reading:
    """The terms found so far, by their folded words, so that one that means the same is taken once."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self.wanted: dict[tuple[str, ...], Term] = {}
        self.unwanted: dict[tuple[str, ...], Term] = {}
        self.repeated = 0
        self.skipped: list[str] = []

    def add(self, place: str, line: str) -> None:
        """Takes the term of one line."""
        text, minus = _clean(line)
        if not text or text.startswith("#"):
            return
        problem = self._find_problem(text)
        if problem:
            self.skipped.append(f"{place}: {problem}")
            return
        term = Term(exact_acronym(text), self._lang or guess_language(text))
        terms = self.unwanted if minus else self.wanted
        key = (term.text,) if term.text.startswith("=") else tuple(folded_words(text))
        self.repeated += key in terms
        terms.setdefault(key, term)

    def _find_problem(self, text: str) -> str:
        if len(text) > LONGEST_TERM:
            return f"“{text[:40]}…” has {len(text)} characters; at most {LONGEST_TERM} fit."
        if _OPERATORS.search(text):
            return f"“{text}” is a query, not a term. Write it as a rule: `query: …`."
        if any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in text):
            return "the line holds an invisible character."
        return " ".join(find_term_problem(Term(text, self._lang or "en")) or ())

    def groups(self) -> Iterator[Group]:
        """The groups of the watchlist."""
        yield Group("keywords", "", tuple(self.wanted.values()))
        if self.unwanted:
            yield Group("unwanted", "", tuple(self.unwanted.values()))


def _clean(line: str) -> tuple[str, bool]:
    """The term of a line, and whether it is one that must not occur."""
    text = " ".join(line.strip().rstrip(",;").split())
    minus = text[:1] == "-"
    text = text.lstrip("+-").strip()
    text = unquoted(text)
    return text, minus


def _choose_id(wanted: str, stem: str) -> str:
    if wanted:
        if not re.fullmatch(ID_PATTERN, wanted):
            raise SettingsError(
                f"“{wanted[:60]}” cannot be an id.", "Use at most 40 small letters, digits and hyphens."
            )
        return wanted
    made = re.sub(r"[^a-z0-9]+", "-", stem.casefold()).strip("-")[:40].strip("-")
    return made or "keywords"
