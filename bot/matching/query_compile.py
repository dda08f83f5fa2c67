"""From a query's tree to a node the matcher can answer."""

from collections.abc import Callable, Mapping

from bot.errors import QueryError
from bot.matching.expressions import (
    EVERYWHERE,
    TEXT,
    TITLE,
    AllOf,
    AnyOf,
    AtLeast,
    Attribute,
    Located,
    Near,
    Node,
    Not,
    OneOf,
    Words,
)
from bot.matching.query import ATTRIBUTES, Atom, GroupName, Phrase, Query, Regex, Scoped, Word
from bot.matching.query import And as AndQuery
from bot.matching.query import AtLeast as AtLeastQuery
from bot.matching.query import Near as NearQuery
from bot.matching.query import Not as NotQuery
from bot.matching.query import Or as OrQuery
from bot.matching.query_text import format_query
from bot.matching.terms import REGEX
from bot.matching.watchlist import Group, Term
from bot.sentences import Sentence

AtomOf = Callable[[Group], int]
_SCOPES = {"title": TITLE, "text": TEXT}
# What a document carries; the other attributes are known to the archive only.
_DOCUMENT_ATTRIBUTES = ("source", "lang", "url", "tag", "owner", "country")


def compile_query(query: Query, groups: Mapping[str, Group], atom_of: AtomOf) -> Node:
    """The node of a query. Raises QueryError for an unknown group or an attribute that texts do not have."""
    return _Compiler(groups, atom_of).node(query, EVERYWHERE)


class _Compiler:
    def __init__(self, groups: Mapping[str, Group], atom_of: AtomOf) -> None:
        self._groups = groups
        self._atom_of = atom_of

    def node(self, query: Query, fields: frozenset[int]) -> Node:  # noqa: PLR0911 one case a kind
        match query:
            case AndQuery():
                return AllOf(tuple(self.node(part, fields) for part in query.parts))
            case OrQuery():
                return self._either(query, fields)
            case NotQuery():
                return Not(self.node(query.part, fields))
            case AtLeastQuery():
                return AtLeast(query.number, tuple(self.node(part, fields) for part in query.parts))
            case Scoped() if query.field in ATTRIBUTES:
                return self._attribute(query, query.inner)
            case Scoped():
                return self.node(query.inner, fields & _SCOPES[query.field])
            case _:
                return self._located(query, fields)

    def _either(self, query: OrQuery, fields: frozenset[int]) -> Node:
        words = self._words(query, fields)
        return words or AnyOf(tuple(self.node(part, fields) for part in query.parts))

    def _located(self, query: Query, fields: frozenset[int]) -> Located:
        """The node of a query that stands at a place (the parser lets NEAR have no other)."""
        match query:
            case NearQuery():
                left, right = self._located(query.left, fields), self._located(query.right, fields)
                return Near(left, right, query.distance, query.ordered)
            case OrQuery():
                words = self._words(query, fields)
                return words or OneOf(tuple(self._located(part, fields) for part in query.parts))
            case Scoped():
                return self._located(query.inner, fields & _SCOPES[query.field])
            case Word() | Phrase() | GroupName() | Regex():
                return Words((self._atom(query),), fields)
            case _:
                raise AssertionError(f"the parser let {format_query(query)} stand beside NEAR")

    def _words(self, query: OrQuery, fields: frozenset[int]) -> Words | None:
        """An OR of plain atoms as one node, whose words make one group however many they are."""
        atoms = [part for part in query.parts if isinstance(part, Word | Phrase | GroupName | Regex)]
        if len(atoms) < len(query.parts):
            return None
        terms = dict.fromkeys(_term(atom) for atom in atoms if not isinstance(atom, GroupName))
        numbers = [self._atom(atom) for atom in atoms if isinstance(atom, GroupName)]
        if terms:
            numbers.append(self._atom_of(Group("", "", tuple(terms))))
        return Words(tuple(dict.fromkeys(numbers)), fields)

    def _atom(self, atom: Atom) -> int:
        if not isinstance(atom, GroupName):
            return self._atom_of(Group("", "", (_term(atom),)))
        group = self._groups.get(atom.name)
        if group is None:
            known = ", ".join(f"${name}" for name in sorted(self._groups)[:5])
            reason = Sentence("there is no such word group")
            raise QueryError(atom.position, f"${atom.name}", reason, known or "$geo.tajikistan")
        return self._atom_of(group)

    def _attribute(self, scope: Scoped, value: Query) -> Node:
        if scope.field not in _DOCUMENT_ATTRIBUTES:
            reason = Sentence("{field}: works in searches, not in rules", field=scope.field)
            raise QueryError(scope.position, f"{scope.field}:", reason, "lang:ru tajik*")
        if isinstance(value, OrQuery):
            return AnyOf(tuple(self._attribute(scope, part) for part in value.parts))
        assert isinstance(value, Word | Phrase), "the parser lets an attribute have no other value"
        return Attribute(scope.field, value.text.casefold())


def _term(atom: Word | Phrase | Regex) -> Term:
    """An atom in the writing of terms, under no language: words in queries mean themselves."""
    if isinstance(atom, Regex):
        return Term(format_query(atom), REGEX)
    if isinstance(atom, Phrase):
        return Term(atom.text, "")
    return Term(f"{'=' if atom.exact else ''}{atom.text}{'*' if atom.prefix else ''}", "")
