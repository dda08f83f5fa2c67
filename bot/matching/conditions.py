"""Compiling a watchlist's conditions: group names become atoms, queries are read, and every rule gets its node."""

from collections.abc import Callable

from bot.errors import NotFound, QueryError
from bot.matching.expressions import EVERYWHERE, TITLE, AllOf, Node, Window, Words
from bot.matching.query_compile import compile_query
from bot.matching.query_parser import parse_query
from bot.matching.watchlist import Condition, Group
from bot.sentences import Sentence

AtomOf = Callable[[Group], int]
Groups = dict[str, Group]


class UnknownGroup(NotFound):
    """A condition names a group the watchlist does not hold."""

    def __init__(self, name: str) -> None:
        self.name = name
        cause = Sentence("there is no word group “{name}”.", name=name)
        super().__init__(cause, Sentence("Add it under `groups:` or correct the name."))


def compile_condition(condition: Condition, groups: Groups, atom_of: AtomOf) -> Node:
    """The node of a condition. Raises UnknownGroup or QueryError for what cannot be compiled."""
    if condition.query:
        return compile_query(parse_query(condition.query), groups, atom_of)
    fields = TITLE if condition.title_only else EVERYWHERE
    parts = tuple(Words(compile_groups(alternatives, groups, atom_of), fields) for alternatives in condition.all_of)
    if condition.within is not None and len(parts) > 1:
        return Window(parts, condition.within)
    return parts[0] if len(parts) == 1 else AllOf(parts)


def compile_groups(names: tuple[str, ...], groups: Groups, atom_of: AtomOf) -> tuple[int, ...]:
    """The atoms of groups by name. Raises UnknownGroup."""
    return tuple(dict.fromkeys(atom_of(get_group(groups, name)) for name in names))


def no_word_error(query: str) -> QueryError:
    """What is wrong with a rule that could fire on any text."""
    reason = Sentence("it names no word that must occur, so it would always fire")
    return QueryError(0, query[:40] or Sentence("the rule"), reason, f"tajik* {query}".strip())


def get_group(groups: Groups, name: str) -> Group:
    """A group by name. Raises UnknownGroup."""
    group = groups.get(name)
    if group is None:
        raise UnknownGroup(name)
    return group
