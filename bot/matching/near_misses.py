"""Why a watchlist stayed silent: the veto that stopped it, or the rule that came closest and what it lacked."""

from collections.abc import Iterable

from bot.matching.evidence import build_evidence
from bot.matching.expressions import (
    AllOf,
    AnyOf,
    AtLeast,
    Attribute,
    Found,
    Hits,
    Near,
    Node,
    Not,
    OneOf,
    Window,
    Words,
)
from bot.matching.index import CompiledRule, CompiledWatchlist, Index
from bot.matching.records import NearMiss
from bot.matching.scanning import Scan
from bot.matching.sources import accepts


def find_near_misses(silent: Iterable[CompiledWatchlist], hits: Hits, scan: Scan, index: Index) -> tuple[NearMiss, ...]:
    """A near miss for every silent watchlist of which at least one term occurs."""
    misses = (_near_miss(compiled, hits, scan, index) for compiled in silent)
    return tuple(miss for miss in misses if miss)


def _near_miss(compiled: CompiledWatchlist, hits: Hits, scan: Scan, index: Index) -> NearMiss | None:
    # Most rules of most lists have no word in a text: they are passed over before anything is evaluated.
    present = hits.spots.keys()
    rules = [rule for rule in map(index.rule, compiled.rules) if not present.isdisjoint(rule.atoms)]
    held = next((rule for rule in rules if rule.node.holds(hits)), None)
    if held:
        return _vetoed(compiled, held, hits, scan, index)
    best, most = None, -1.0
    missing: list[Node] = []
    found: list[Found] = []
    for rule in rules:
        parts = parts_of(rule.node)
        lacking = [part for part in parts if not part.holds(hits)]
        share = 1 - len(lacking) / len(parts)
        if share > most and (words := words_found(rule.node, hits)):
            best, most, missing, found = rule, share, lacking, words
    if best is None:
        return None
    return NearMiss(
        watchlist=compiled.watchlist.id,
        title=compiled.watchlist.title,
        rule=best.rule.id,
        evidence=build_evidence(found, hits, scan, index),
        missing=tuple(describe(part, index) for part in missing) or (describe(best.node, index),),
    )


def _vetoed(compiled: CompiledWatchlist, rule: CompiledRule, hits: Hits, scan: Scan, index: Index) -> NearMiss | None:
    vetoed_by, evidence = "", []
    stopped = [atom for atom in rule.stopped_by if atom in hits.spots]
    exclude = next((exclude for exclude in compiled.excludes if exclude.vetoes(hits)), None)
    if not accepts(compiled.watchlist.sources, hits.document):
        vetoed_by = "sources"
    elif stopped:
        vetoed_by = f"not {'|'.join(index.group(atom).name for atom in stopped)}"
        evidence = [Found(atom, spot) for atom in stopped for spot in hits.spots[atom]]
    elif exclude:
        vetoed_by, evidence = exclude.exclude.id, exclude.node.found(hits)
    return NearMiss(
        watchlist=compiled.watchlist.id,
        title=compiled.watchlist.title,
        rule=rule.rule.id,
        evidence=build_evidence(rule.node.found(hits), hits, scan, index),
        vetoed_by=vetoed_by,
        veto_evidence=build_evidence(evidence, hits, scan, index),
    )


def parts_of(node: Node) -> tuple[Node, ...]:
    """The parts that must all hold for a node to hold."""
    return inner(node) if isinstance(node, AllOf | Window | Near) else (node,)


def inner(node: Node) -> tuple[Node, ...]:
    """The nodes a node is made of that speak for it; a NOT has none."""
    if isinstance(node, Near):
        return (node.left, node.right)
    return node.parts if isinstance(node, AllOf | AnyOf | OneOf | AtLeast | Window) else ()


def words_found(node: Node, hits: Hits) -> list[Found]:
    """Where the words of a node that does not hold occur all the same."""
    if isinstance(node, Words):
        return node.found(hits)
    return [found for part in inner(node) for found in words_found(part, hits)]


def describe(node: Node, index: Index) -> str:
    """A node in the words of its author: group names, or the term itself where there is no group."""
    if isinstance(node, Words):
        return "|".join(index.group(atom).name or index.group(atom).terms[0].text for atom in node.atoms)
    if isinstance(node, Attribute):
        return f"{node.name}:{node.value}"
    if isinstance(node, Not):
        return f"no {describe(node.part, index)}"
    names = [describe(part, index) for part in inner(node)]
    if isinstance(node, Window):
        return f"{' + '.join(names)} within {node.words} words"
    if isinstance(node, Near):
        words = "word" if node.most == 1 else "words"
        return f"{names[0]} {'before' if node.ordered else 'near'} {names[1]} (at most {node.most} {words} between)"
    return " + ".join(names) if isinstance(node, AllOf) else "|".join(names)
