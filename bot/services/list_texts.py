"""Turns what people type or send into watchlists: a query into a list of one rule, YAML into the list it says."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.language import retold, tr
from bot.domain.watchlists import WatchlistCatalog
from bot.domain.wording import shorten
from bot.errors import SettingsError, TocsinError, WatchlistError
from bot.matching.matcher import Matcher
from bot.matching.query_parser import parse_query
from bot.matching.records import Priority
from bot.matching.watchlist import Condition, Rule, Watchlist
from bot.ports.watchlist_texts import WatchlistTexts
from bot.services.checking import ExampleFailure, check_examples

# A chat keeps more quiet about a list somebody just typed than about one that was read and tested with care.
QUERY_PRIORITY = Priority.MEDIUM
NEW_LIST = "new"
_TITLE_LIMIT = 90
# The worst text known takes 1.2 s: what takes longer stands on a machine that does not get to it.
_DEADLINE_SECONDS = 3.0
_FENCE = re.compile(r"\A\s*```(?:ya?ml\b)?[ \t]*\n?|\n?\s*```\s*\Z")
_ID_KEY = re.compile(r"^id:[ \t]*[\"']?([^\s\"']+)", re.MULTILINE)
_OTHER_KEY = re.compile(
    r"^(?:schema|title|description|priority|status|tags|languages|sources|groups|match|examples|max_age_hours):",
    re.MULTILINE,
)
_OPERATORS = re.compile(r"\b(?:AND|OR|NOT|OF|O?NEAR(?:/\d+)?)\b")
_WORD = re.compile(r"\w+")


class RefusedText(TocsinError):
    """A watchlist's text that cannot be used; `problems` say where and why."""

    def __init__(self, problems: Sequence[WatchlistError]) -> None:
        self.problems = tuple(problems)
        first = problems[0]
        where = tr("Line {line}, column {column}:", line=first.line, column=first.column) if first.line else ""
        super().__init__(f"{where} {bare_cause(first)}".strip(), retold(first.cure))


@dataclass(frozen=True, slots=True)
class ReadList:
    """A watchlist read from text, and those of its examples that fail."""

    watchlist: Watchlist
    yaml: str
    examples: int
    failures: tuple[ExampleFailure, ...]


def bare_cause(problem: WatchlistError) -> str:
    """What is wrong, without the place in front, in the language spoken now."""
    return retold(problem.reason)


def is_watchlist_text(text: str) -> bool:
    """Whether a text is the YAML of a watchlist, or of some of its parts, rather than words or a query."""
    bare = unfenced(text)
    return bool(_ID_KEY.search(bare) and _OTHER_KEY.search(bare))


def find_list_id(text: str) -> str:
    """The id that a watchlist's YAML gives; empty if it gives none."""
    found = _ID_KEY.search(unfenced(text))
    return found[1] if found else ""


def unfenced(text: str) -> str:
    """A text without the ``` around it, the `>` before each line or the `---` at its head."""
    bare = _FENCE.sub("", text.replace("\r\n", "\n")).strip("\n")
    rows = bare.split("\n")
    if all(row.startswith(">") for row in rows if row.strip()):
        bare = "\n".join(row.removeprefix(">").removeprefix(" ") for row in rows)
    return bare.removeprefix("---").lstrip("\n") + "\n"


async def read_query_list(texts: WatchlistTexts, query: str) -> ReadList:
    """A list of one rule, the query. Raises QueryError, or SettingsError for what its meaning shows to be wrong."""
    parse_query(query)
    plain = " ".join(query.split())
    rule = Rule("query", Condition(query=plain))
    wanted = Watchlist(NEW_LIST, shorten(plain, _TITLE_LIMIT), "", QUERY_PRIORITY, (), (rule,))
    yaml = await asyncio.to_thread(texts.write, wanted)
    try:
        return await read_list(texts, yaml, "query")
    except RefusedText as error:  # its places are in a text that nobody has seen
        cause = tr("That query cannot be used: {reason}", reason=bare_cause(error.problems[0]))
        raise SettingsError(cause, retold(error.problems[0].cure)) from error


async def read_list(texts: WatchlistTexts, text: str, name: str) -> ReadList:
    """The list that a text says, with its examples run. Raises RefusedText, or SettingsError after three seconds."""
    try:
        async with asyncio.timeout(_DEADLINE_SECONDS):
            return await asyncio.to_thread(_read, texts, text, name)
    except TimeoutError:
        raise SettingsError(
            tr(
                "Reading this list took longer than {count} seconds and was given up.", count=f"{_DEADLINE_SECONDS:.0f}"
            ),
            tr("Try again; if that does not help, make the list shorter."),
        ) from None


def _read(texts: WatchlistTexts, text: str, name: str) -> ReadList:
    catalog: WatchlistCatalog = texts.read(text, name)
    if catalog.problems or not catalog.watchlists:
        raise RefusedText(catalog.problems)
    watchlist = catalog.watchlists[0]
    failures = check_examples(catalog, Matcher.build([watchlist]))
    return ReadList(watchlist, text, len(watchlist.positive) + len(watchlist.negative), failures)


def query_words(query: str) -> tuple[str, ...]:
    """The words of a query in lower case, without its operators."""
    return tuple(word.casefold() for word in _WORD.findall(_OPERATORS.sub(" ", query)))
