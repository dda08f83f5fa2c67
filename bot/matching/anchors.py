"""What must occur for a node to hold: the index looks at a rule only when one of its anchors occurs."""

from collections.abc import Callable, Iterable, Sequence

from bot.matching.expressions import AllOf, AnyOf, AtLeast, Near, Node, OneOf, Window, Words

Cost = Callable[[int], int]
Anchors = frozenset[int] | None


def find_anchors(node: Node, cost: Cost) -> Anchors:
    """The cheapest set of atoms of which at least one must occur; None if the node can hold without any."""
    match node:
        case Words():
            return frozenset(node.atoms)
        case AnyOf() | OneOf():
            return _union([find_anchors(part, cost) for part in node.parts])
        case AllOf() | Window():
            return _cheapest([find_anchors(part, cost) for part in node.parts], cost)
        case Near():
            return _cheapest([find_anchors(node.left, cost), find_anchors(node.right, cost)], cost)
        case AtLeast():
            # If n of k parts hold, then one of any k - n + 1 of them does.
            known = sorted(
                _known(find_anchors(part, cost) for part in node.parts), key=lambda atoms: _total(atoms, cost)
            )
            needed = len(node.parts) - node.number + 1
            return frozenset().union(*known[:needed]) if len(known) >= needed else None
        case _:
            return None


def find_required(node: Node) -> tuple[tuple[int, ...], ...]:
    """Sets of atoms; the node can only hold if of each set one occurs. Only the plain sets, not all there are."""
    match node:
        case Words():
            return (node.atoms,)
        case AllOf() | Window():
            return tuple(part for inner in node.parts for part in find_required(inner))
        case Near():
            return (*find_required(node.left), *find_required(node.right))
        case _:
            return ()


def _known(candidates: Iterable[Anchors]) -> list[frozenset[int]]:
    return [candidate for candidate in candidates if candidate is not None]


def _cheapest(candidates: Sequence[Anchors], cost: Cost) -> Anchors:
    return min(_known(candidates), key=lambda atoms: _total(atoms, cost), default=None)


def _union(candidates: Sequence[Anchors]) -> Anchors:
    known = _known(candidates)
    return frozenset().union(*known) if known and len(known) == len(candidates) else None


def _total(atoms: frozenset[int], cost: Cost) -> int:
    return sum(map(cost, atoms))
