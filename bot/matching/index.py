"""The compiled rules: which rules a document has to be tried on, given the words found in it.

An `Index` that has been handed out is never changed. An edit copies its flat tables (milliseconds for
100,000 rules), replaces only the rules that differ and hands out the copy.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.matching.anchors import find_anchors, find_required
from bot.matching.conditions import Groups, compile_condition, compile_groups, no_word_error
from bot.matching.expressions import Hits, Node
from bot.matching.lexicon import Lexicon
from bot.matching.rule_diff import changed_groups, keep_rules
from bot.matching.scanning import Scan, Spot, Spots
from bot.matching.terms import term_patterns
from bot.matching.watchlist import Condition, Escalation, Exclude, Group, Rule, Status, Watchlist

# Above this many rules a list keeps a table of their order; below, looking through them is as fast and smaller.
_MANY_RULES = 32


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with its node. Atoms: those of its `not`, all it uses, and those it hangs on.

    `required` says cheaply what must occur: of every inner tuple at least one atom.
    """

    watchlist: str
    rule: Rule
    node: Node
    stopped_by: tuple[int, ...]
    atoms: tuple[int, ...]
    anchors: tuple[int, ...]
    required: tuple[tuple[int, ...], ...]

    def fires(self, hits: Hits) -> bool:
        """Whether the condition holds and none of the rule's `not` groups occurs."""
        return self.node.holds(hits) and not any(atom in hits.spots for atom in self.stopped_by)


@dataclass(frozen=True, slots=True)
class CompiledExclude:
    """A veto with its node and the atoms that lift it."""

    exclude: Exclude
    node: Node
    unless: tuple[int, ...]

    def vetoes(self, hits: Hits) -> bool:
        """Whether it stops its watchlist."""
        return self.node.holds(hits) and not any(atom in hits.spots for atom in self.unless)


@dataclass(frozen=True, slots=True)
class CompiledWatchlist:
    """A watchlist with its rule numbers in order, vetoes and escalations; `atoms` are those of the last two."""

    watchlist: Watchlist
    rules: tuple[int, ...]
    order: Mapping[int, int]
    excludes: tuple[CompiledExclude, ...]
    escalations: tuple[tuple[Escalation, Node], ...]
    atoms: tuple[int, ...]

    def in_order(self, numbers: Sequence[int]) -> Sequence[int]:
        """Rule numbers of this list in the order of its file."""
        if len(numbers) == 1:
            return numbers
        return sorted(numbers, key=self.order.__getitem__ if self.order else self.rules.index)


class Index:
    """Atoms (word groups by number), rules by number, and the way from a found pattern to both."""

    def __init__(self) -> None:
        self.lexicon = Lexicon()
        self.watchlists: dict[str, CompiledWatchlist] = {}
        self._atom_numbers: dict[Group, int] = {}
        self._atoms_by_identity: dict[int, int] = {}
        self._groups: list[Group | None] = []
        self._uses: list[int] = []
        self._free_atoms: list[int] = []
        self._postings: list[tuple[int, ...]] = []  # by pattern: atom, place of the term in its group, atom, place…
        self._rules: list[CompiledRule | None] = []
        self._free_rules: list[int] = []
        self._anchored: list[list[int]] = []  # by atom: rule numbers
        self._owned: set[int] | None = None  # in a copy: the atoms whose list in `_anchored` is its own

    def copy(self) -> "Index":
        """An index equal to this one that may be changed."""
        twin = Index()
        for name, table in vars(self).items():
            setattr(twin, name, table.copy() if isinstance(table, dict | list | Lexicon) else table)
        twin._owned = set()
        return twin

    @property
    def size(self) -> int:
        """How many word groups and patterns are in use."""
        return len(self._atom_numbers) + len(self.lexicon)

    def put(self, watchlist: Watchlist) -> None:
        """Add a watchlist, or replace the one of the same id; rules that did not change are kept as they are."""
        before = self.watchlists.get(watchlist.id)
        if before and before.watchlist is watchlist:
            return
        if watchlist.status is Status.OFF:
            self.drop(watchlist.id)
            return
        groups = {group.name: group for group in watchlist.groups}
        kept, gone = self._keep(before, watchlist, groups) if before else ([None] * len(watchlist.rules), [])
        numbers = tuple(
            self._add_rule(watchlist.id, rule, groups) if number is None else number
            for rule, number in zip(watchlist.rules, kept, strict=True)
        )
        for number in gone:
            self._remove_rule(number)
        compiled = self._compile(watchlist, numbers, groups)
        if before:
            self._release_all(before.atoms)
        self.watchlists[watchlist.id] = compiled

    def _keep(
        self, before: CompiledWatchlist, watchlist: Watchlist, groups: Groups
    ) -> tuple[list[int | None], list[int]]:
        """The numbers of the rules that live on (None: to be compiled), and those to remove."""
        changed = {
            self._atom_numbers[group]
            for group in changed_groups(before.watchlist, groups)
            if group in self._atom_numbers
        }
        touched = changed and {number for number in before.rules if not changed.isdisjoint(self._rule(number).atoms)}
        return keep_rules(before.watchlist.rules, before.rules, watchlist.rules, frozenset(touched))

    def drop(self, watchlist_id: str) -> None:
        """Remove a watchlist, if it is there."""
        compiled = self.watchlists.pop(watchlist_id, None)
        if compiled:
            for number in compiled.rules:
                self._remove_rule(number)
            self._release_all(compiled.atoms)

    def atom_spots(self, scan: Scan) -> dict[int, Sequence[Spot]]:
        """Where each atom occurs in a scanned document."""
        patterns_of: dict[int, list[int]] = {}
        for pattern in scan.patterns:
            for atom in self._postings[pattern][::2]:
                patterns = patterns_of.get(atom)
                if patterns is None:
                    patterns_of[atom] = [pattern]
                elif patterns[-1] != pattern:
                    patterns.append(pattern)
        return {atom: Spots(scan, patterns) for atom, patterns in patterns_of.items()}

    def firing(self, hits: Hits) -> dict[str, list[int]]:
        """The numbers of the rules that fire on a document, by watchlist. Looks only at rules with an anchor in it."""
        spots = hits.spots
        tried: set[int] = set()
        for atom in spots:
            tried.update(self._anchored[atom])
        fired: dict[str, list[int]] = {}
        for number in tried:
            rule = self._rules[number]
            assert rule is not None, "an anchored rule is in use"
            for alternatives in rule.required:
                if spots.keys().isdisjoint(alternatives):
                    break
            else:
                if rule.fires(hits):
                    fired.setdefault(rule.watchlist, []).append(number)
        return fired

    def rule(self, number: int) -> CompiledRule:
        """A rule by number."""
        return self._rule(number)

    def group(self, atom: int) -> Group:
        """The word group an atom stands for."""
        group = self._groups[atom]
        assert group is not None, "an atom in use has its group"
        return group

    def terms(self, atom: int, pattern: int) -> list[int]:
        """The places in a group of the terms that a pattern stands for."""
        flat = self._postings[pattern]
        return [flat[index + 1] for index in range(0, len(flat), 2) if flat[index] == atom]

    def _rule(self, number: int) -> CompiledRule:
        rule = self._rules[number]
        assert rule is not None, "a rule in use is there"
        return rule

    def _compile(self, watchlist: Watchlist, numbers: tuple[int, ...], groups: Groups) -> CompiledWatchlist:
        use = _Uses(self)
        excludes = tuple(
            CompiledExclude(exclude, use.condition(exclude.condition, groups), use.groups(exclude.unless, groups))
            for exclude in watchlist.excludes
        )
        escalations = tuple((step, use.condition(step.condition, groups)) for step in watchlist.escalations)
        order = {number: place for place, number in enumerate(numbers)} if len(numbers) > _MANY_RULES else {}
        return CompiledWatchlist(watchlist, numbers, order, excludes, escalations, tuple(use.atoms))

    def _add_rule(self, watchlist_id: str, rule: Rule, groups: Groups) -> int:
        use = _Uses(self)
        node = use.condition(rule.condition, groups)
        stopped_by = use.groups(rule.none_of, groups)
        atoms = tuple(use.atoms)
        anchors = tuple(find_anchors(node, self._cost) or ())
        if not anchors:
            raise no_word_error(rule.condition.query)
        required = tuple(part for part in find_required(node) if part != anchors)
        compiled = CompiledRule(watchlist_id, rule, node, stopped_by, atoms, anchors, required)
        if self._free_rules:
            number = self._free_rules.pop()
            self._rules[number] = compiled
        else:
            number = len(self._rules)
            self._rules.append(compiled)
        for atom in compiled.anchors:
            self._anchored_on(atom).append(number)
        return number

    def _remove_rule(self, number: int) -> None:
        rule = self._rule(number)
        for atom in rule.anchors:
            self._anchored_on(atom).remove(number)
        self._rules[number] = None
        self._free_rules.append(number)
        self._release_all(rule.atoms)

    def _anchored_on(self, atom: int) -> list[int]:
        """The rules anchored on an atom, as a list that may be changed."""
        if self._owned is not None and atom not in self._owned:
            self._owned.add(atom)
            self._anchored[atom] = self._anchored[atom].copy()
        return self._anchored[atom]

    def _cost(self, atom: int) -> int:
        """What it costs to hang one more rule on an atom: its terms, and the rules that hang there already."""
        return len(self.group(atom).terms) + len(self._anchored[atom])

    def use_atom(self, group: Group) -> int:
        """The atom of a group, counted once more."""
        # Lists share group objects, and comparing identities is cheaper than hashing every term again.
        number = self._atoms_by_identity.get(id(group))
        if number is None or self._groups[number] is not group:
            number = self._atom_numbers.get(group)
        if number is None:
            number = self._new_atom(group)
        self._uses[number] += 1
        return number

    def _new_atom(self, group: Group) -> int:
        if self._free_atoms:
            number = self._free_atoms.pop()
            self._groups[number] = group
            self._uses[number] = 0
        else:
            number = len(self._groups)
            self._groups.append(group)
            self._uses.append(0)
            self._anchored.append([])
        self._atom_numbers[group] = number
        self._atoms_by_identity[id(group)] = number
        for place, term in enumerate(group.terms):
            for pattern in term_patterns(term.text, term.lang):
                added = self.lexicon.add(pattern)
                self._postings.extend(() for _ in range(self.lexicon.numbers - len(self._postings)))
                self._postings[added] = (*self._postings[added], number, place)
        return number

    def _release_all(self, atoms: Iterable[int]) -> None:
        for atom in atoms:
            self._uses[atom] -= 1
            if not self._uses[atom]:
                self._forget_atom(atom)

    def _forget_atom(self, number: int) -> None:
        group = self.group(number)
        for term in group.terms:
            for pattern in term_patterns(term.text, term.lang):
                known = self.lexicon.number(pattern)
                pairs = _pairs(self._postings[known])
                self._postings[known] = tuple(value for pair in pairs if pair[0] != number for value in pair)
                self.lexicon.release(known)
        del self._atom_numbers[group]
        self._atoms_by_identity.pop(id(group), None)
        self._groups[number] = None
        self._free_atoms.append(number)


def _pairs(flat: tuple[int, ...]) -> Iterable[tuple[int, int]]:
    """The values of a flat table two by two."""
    return zip(flat[::2], flat[1::2], strict=True)


class _Uses:
    """Compiles conditions and remembers every atom it asked for, so that all can be released together."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.atoms: list[int] = []

    def condition(self, condition: Condition, groups: Groups) -> Node:
        return compile_condition(condition, groups, self._atom)

    def groups(self, names: tuple[str, ...], groups: Groups) -> tuple[int, ...]:
        return compile_groups(names, groups, self._atom)

    def _atom(self, group: Group) -> int:
        atom = self._index.use_atom(group)
        self.atoms.append(atom)
        return atom
