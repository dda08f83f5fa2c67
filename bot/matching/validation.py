"""Mistakes in a watchlist that its file's reader cannot see, because they lie in what the words mean."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.errors import QueryError
from bot.matching.anchors import find_anchors
from bot.matching.conditions import UnknownGroup, compile_condition, no_word_error
from bot.matching.query_checks import FIRST_HAN_RADICAL, find_bare_sign, is_impossible
from bot.matching.query_parser import parse_query
from bot.matching.terms import term_patterns
from bot.matching.tokens import folded_words
from bot.matching.watchlist import Condition, Exclude, Group, Rule, Term, Watchlist
from bot.sentences import Sentence

SHORTEST_PREFIX = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the part it is in (named as in `WatchlistCatalog.places`), what is wrong, what would be right.

    One that lies in a query has the `query`, and as `position` the character of it where the mistake is.
    """

    part: str
    cause: str
    cure: str
    query: str = ""
    position: int = 0


def find_problems(watchlist: Watchlist) -> tuple[Problem, ...]:
    """Every mistake in a watchlist, in the order of its file; a list without any can be compiled."""
    groups = {group.name: group for group in watchlist.groups}
    problems = [problem for group in watchlist.groups for problem in _group_problems(group)]
    named: list[tuple[str, Condition, tuple[str, ...]]] = [
        *((f"match.rules[{n}]", rule.condition, rule.none_of) for n, rule in enumerate(watchlist.rules)),
        *((f"match.exclude[{n}]", veto.condition, veto.unless) for n, veto in enumerate(watchlist.excludes)),
        *((f"match.escalate[{n}]", step.condition, ()) for n, step in enumerate(watchlist.escalations)),
    ]
    for part, condition, others in named:
        problems += _condition_problems(part, condition, others, groups)
    for number, rule in enumerate(watchlist.rules):
        problems += _dead_rule(f"match.rules[{number}]", rule, watchlist.excludes)
    for number, exclude in enumerate(watchlist.excludes):
        problems += _idle_exclude(f"match.exclude[{number}]", exclude)
    problems += _idle_escalations(watchlist)
    return tuple(problems)


def _group_problems(group: Group) -> Iterator[Problem]:
    for term in group.terms:
        problem = find_term_problem(term)
        if problem:
            yield Problem(f"groups.{group.name}.{term.lang}: {term.text}", *problem)


# Lists share most of their terms with the groups of groups.yaml, and are checked again at every edit.
@lru_cache(maxsize=50_000)
def find_term_problem(term: Term) -> tuple[str, str] | None:
    """Why a term would match nothing or far too much (cause and cure), if it would."""
    words = folded_words(term.text)
    if not term_patterns(term.text, term.lang):
        cause = Sentence("“{term}” holds no letter or digit.", term=term.text)
        return cause, Sentence("Write a word, or remove the term.")
    if len(words) == 1 and words[0].isdigit():
        cause = Sentence("“{term}” is only a number and would match everywhere.", term=term.text)
        return cause, Sentence("Write the word it belongs to as well.")
    if len("".join(words)) == 1 and words[0] < FIRST_HAN_RADICAL:
        return Sentence("“{term}” is one letter.", term=term.text), Sentence("Write a longer word or a phrase.")
    # Beside a whole word a short stem does no harm: `Рубеж 20*`.
    shortest = SHORTEST_PREFIX if len(words) == 1 else 1
    chunks = term.text.split()
    problems = (_sign_problem(chunk) or _star_problem(chunk, shortest) for chunk in chunks)
    return next(filter(None, problems), None)


def _sign_problem(chunk: str) -> tuple[str, str] | None:
    """Signs that mean something elsewhere, and would silently be left out here."""
    if chunk[0] not in "!+" or not chunk[1:2].isalnum():
        return None
    cause = Sentence("the “{sign}” in “{term}” means nothing here and would be left out.", sign=chunk[0], term=chunk)
    if chunk[0] == "!":
        return cause, Sentence(
            "Put “{word}” into a group of its own, and name that under `not:` or `exclude:`.", word=chunk[1:]
        )
    return cause, Sentence("Write “{word}”; what must occur together stands under `all:`.", word=chunk[1:])


def _star_problem(chunk: str, shortest: int) -> tuple[str, str] | None:
    body = chunk.removeprefix("=").removesuffix("*")
    if "*" in body:
        cause = Sentence("the star in “{term}” is not at the end of a word.", term=chunk)
        return cause, Sentence("A star may only end a word: `tajik*`.")
    stem = "".join(folded_words(body)[-1:])
    if chunk.endswith("*") and not chunk.startswith("=") and len(stem) < shortest:
        cure = Sentence("Write at least {least} letters before the star, or the whole words.", least=shortest)
        return Sentence("“{term}” is too short for a prefix.", term=chunk), cure
    return None


def _condition_problems(
    part: str, condition: Condition, others: tuple[str, ...], groups: dict[str, Group]
) -> Iterator[Problem]:
    names = [name for alternatives in (*condition.all_of, others) for name in alternatives]
    unknown = [name for name in dict.fromkeys(names) if name not in groups]
    for name in unknown:
        yield Problem(part, Sentence("there is no word group “{name}”.", name=name), _nearest(name, groups))
    if unknown:
        return
    if not condition.all_of and not condition.query:
        yield Problem(part, Sentence("it has no condition and would always fire."), Sentence("Add `any: [group]`."))
        return
    atoms: dict[Group, int] = {}
    try:
        node = compile_condition(condition, groups, lambda group: atoms.setdefault(group, len(atoms)))
    except UnknownGroup as error:
        yield Problem(part, error.cause, error.cure)
    except QueryError as error:
        yield Problem(part, error.cause, error.cure, condition.query, error.position)
    else:
        if part.startswith("match.rules") and not find_anchors(node, lambda _: 1):
            yield Problem(
                part,
                Sentence("{reason}.", reason=no_word_error("").reason),
                Sentence("Add a word or a group."),
                condition.query,
            )
        elif condition.query:
            yield from _query_problems(part, condition.query)
    yield from _empty_groups(part, condition, groups)
    yield from _narrow_window(part, condition, groups)


def _empty_groups(part: str, condition: Condition, groups: dict[str, Group]) -> Iterator[Problem]:
    for alternatives in condition.all_of:
        if all(not groups[name].terms for name in alternatives):
            yield Problem(
                part,
                Sentence("“{names}” has no terms, so it never fires.", names="|".join(alternatives)),
                Sentence("Add terms to the group."),
            )


def _narrow_window(part: str, condition: Condition, groups: dict[str, Group]) -> Iterator[Problem]:
    """A window that is too small for what it has to hold."""
    if condition.within is None:
        return
    names = ["|".join(alternatives) for alternatives in condition.all_of]
    if condition.within < len(names):
        cause = Sentence(
            "a window of {words} cannot hold {count} groups, so it never fires.",
            words=_words(condition.within),
            count=len(names),
        )
        yield Problem(part, cause, Sentence("Write at least `within: {least}`; 10 to 40 is usual.", least=len(names)))
        return
    for name, alternatives in zip(names, condition.all_of, strict=True):
        lengths = [_shortest(term) for group in alternatives for term in groups[group].terms]
        if lengths and min(lengths) > condition.within:
            cause = Sentence(
                "no term of “{name}” fits into a window of {words}, so it never fires.",
                name=name,
                words=_words(condition.within),
            )
            yield Problem(part, cause, Sentence("Write at least `within: {least}`.", least=min(lengths)))


def _words(number: int) -> Sentence:
    return Sentence("1 word") if number == 1 else Sentence("{count} words", count=number)


def _shortest(term: Term) -> int:
    """How many words a term needs at least."""
    lengths = [len(pattern) for pattern in term_patterns(term.text, term.lang) if isinstance(pattern, tuple)]
    return min(lengths, default=1)


def _query_problems(part: str, text: str) -> Iterator[Problem]:
    query = parse_query(text)
    if is_impossible(query):
        cure = Sentence("Look at its title:, text: and NOTs.")
        yield Problem(part, Sentence("no text can meet this query, so it never fires."), cure, text)
    elif sign := find_bare_sign(query):
        cause = Sentence("“{term}” alone can fire this query and would match everywhere.", term=sign)
        yield Problem(part, cause, Sentence("Write the word it belongs to as well."), text, max(text.find(sign), 0))


def _nearest(name: str, groups: dict[str, Group]) -> str:
    close = difflib.get_close_matches(name, groups, n=1)
    if close:
        return Sentence("Did you mean {name}?", name=close[0])
    return Sentence("Add it under `groups:` or correct the name.")


def _dead_rule(part: str, rule: Rule, excludes: tuple[Exclude, ...]) -> Iterator[Problem]:
    """A rule that whatever fires it also stops."""
    for alternatives in rule.condition.all_of:
        if set(alternatives) <= set(rule.none_of):
            yield Problem(
                part,
                Sentence("its `not` names “{names}”, so it never fires.", names="|".join(alternatives)),
                Sentence("Remove one of the two."),
            )
        for exclude in excludes:
            veto = exclude.condition
            if (
                exclude.unless
                or veto.query
                or len(veto.all_of) != 1
                or (veto.title_only and not rule.condition.title_only)
            ):
                continue
            if set(alternatives) <= set(veto.all_of[0]):
                cause = Sentence("the exclude “{name}” stops it whenever it fires.", name=exclude.id)
                yield Problem(
                    part, cause, Sentence("Take “{names}” out of one of the two.", names="|".join(alternatives))
                )


def _idle_exclude(part: str, exclude: Exclude) -> Iterator[Problem]:
    """A veto that whatever raises it also lifts."""
    for alternatives in exclude.condition.all_of:
        if set(alternatives) <= set(exclude.unless):
            cause = Sentence("its `unless` names “{names}”, so it never stops anything.", names="|".join(alternatives))
            yield Problem(part, cause, Sentence("Remove one of the two."))


def _idle_escalations(watchlist: Watchlist) -> Iterator[Problem]:
    """Escalations to a priority that every match has already."""
    bases = [rule.priority if rule.priority is not None else watchlist.priority for rule in watchlist.rules]
    for number, step in enumerate(watchlist.escalations):
        if bases and step.to <= min(bases):
            cause = Sentence(
                "every match is {priority} already, so it never raises one to {higher}.",
                priority=min(bases).word,
                higher=step.to.word,
            )
            yield Problem(f"match.escalate[{number}]", cause, Sentence("Name a higher priority, or remove it."))
