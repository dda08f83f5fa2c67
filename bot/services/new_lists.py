"""A watchlist made of what somebody filled in: words that ring, words that must be near them, words that forbid it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.language import retold, tr
from bot.domain.wording import shorten
from bot.matching.records import Priority
from bot.matching.term_lines import read_term
from bot.matching.tokens import folded_words
from bot.matching.validation import find_term_problem
from bot.matching.watchlist import Condition, Exclude, Group, Rule, Term, Watchlist
from bot.ports.watchlist_texts import WatchlistTexts
from bot.services.list_texts import NEW_LIST, ReadList, RefusedText, bare_cause, read_list

TITLE_LIMIT = 90
# How near the context of an ambiguous word must stand, in words; the UX specification's.
NEAR_WORDS = 30
_MOST_TERMS = 200
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class WantedList:
    """What was filled in: a title, and terms one a line."""

    title: str
    words: str
    near: str = ""
    unwanted: str = ""
    priority: Priority = Priority.MEDIUM


def find_faults(wanted: WantedList) -> Mapping[str, str]:
    """What is wrong with the terms, by the name of the part; with the number of the line."""
    faults = {}
    for part in ("words", "near", "unwanted"):
        text = getattr(wanted, part)
        problems = [*_find_faulty_lines(text)]
        if part == "words" and not problems and not _read_terms(text):
            problems = [tr("Write at least one word.")]
        if problems:
            faults[part] = " ".join(problems[:_MOST_NAMED])
    if not wanted.title.strip():
        faults["title"] = tr("Give it a name.")
    return faults


def _find_faulty_lines(text: str) -> list[str]:
    rows = text.splitlines()
    if len(rows) > _MOST_TERMS:
        told = tr("That is {count} lines; at most {most} fit here. Use a file for longer lists.",
                  count=len(rows), most=_MOST_TERMS)  # fmt: skip
        return [told]
    problems = []
    for number, row in enumerate(rows, 1):
        term = read_term(row)
        said = find_term_problem(term) if term else None
        if said:
            problems.append(tr("Line {number}: {names}", number=number, names=" ".join(map(retold, said))))
    return problems


async def build_wanted_list(texts: WatchlistTexts, wanted: WantedList) -> ReadList:
    """The list, read as if it had been written as YAML. Raises RefusedText."""
    words, near, unwanted = (_read_terms(text) for text in (wanted.words, wanted.near, wanted.unwanted))
    groups = [Group("words", "", words)]
    condition = Condition((("words",),))
    if near:
        groups.append(Group("context", "", near))
        condition = Condition((("words",), ("context",)), within=NEAR_WORDS)
    if unwanted:
        groups.append(Group("unwanted", "", unwanted))
    watchlist = Watchlist(
        NEW_LIST,
        shorten(" ".join(wanted.title.split()), TITLE_LIMIT),
        "",
        wanted.priority,
        tuple(groups),
        (Rule("words", condition),),
        (Exclude("unwanted", Condition((("unwanted",),))),) if unwanted else (),
    )
    return await read_list(texts, texts.write(watchlist), "your list")


def refusal_words(error: RefusedText) -> str:
    """What is wrong with the whole, without the lines of a text that nobody has seen."""
    return f"{bare_cause(error.problems[0])} {retold(error.problems[0].cure)}".strip()


def _read_terms(text: str) -> tuple[Term, ...]:
    """The terms of a text, one that means the same taken once."""
    terms: dict[tuple[str, ...], Term] = {}
    for row in text.splitlines():
        term = read_term(row)
        if term:
            key = (term.text,) if term.text.startswith("=") else tuple(folded_words(term.text))
            terms.setdefault(key, term)
    return tuple(terms.values())
