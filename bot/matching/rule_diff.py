"""Which compiled rules of a watchlist live on when the list is edited.

Written for lists of 100,000 rules: what stands unchanged before and after an edit is only passed over.
"""

from collections.abc import Sequence

from bot.matching.conditions import Groups
from bot.matching.watchlist import Group, Rule, Watchlist


def changed_groups(before: Watchlist, groups: Groups) -> list[Group]:
    """The groups a list had before and has no more, or not as they were."""
    different = (group for group in before.groups if groups.get(group.name) is not group)
    return [group for group in different if groups.get(group.name) != group]


def keep_rules(
    before: Sequence[Rule], numbers: Sequence[int], after: Sequence[Rule], touched: frozenset[int]
) -> tuple[list[int | None], list[int]]:
    """For each rule of `after` the number of its equal in `before`, if there is one; and the numbers nobody needs.

    `numbers` are those of `before`; rules whose number is `touched` are to be compiled anew.
    """
    start = _same_length(before, after)
    end = _same_length(before[: start - len(before) - 1 : -1], after[: start - len(after) - 1 : -1])
    middle = slice(start, len(before) - end)
    kept, gone = _keep_by_value(before[middle], numbers[middle], after[start : len(after) - end])
    result = [*numbers[:start], *kept, *numbers[len(before) - end :]]
    if touched:
        gone += [number for number in result if number in touched]
        result = [None if number in touched else number for number in result]
    return result, gone


def _same_length(one: Sequence[Rule], other: Sequence[Rule]) -> int:
    """How many rules at the beginning are the same objects."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left is not right), min(len(one), len(other)))


def _keep_by_value(
    before: Sequence[Rule], numbers: Sequence[int], after: Sequence[Rule]
) -> tuple[list[int | None], list[int]]:
    known: dict[Rule, list[int]] = {}
    for rule, number in zip(before, numbers, strict=True):
        known.setdefault(rule, []).append(number)
    kept = [known[rule].pop(0) if known.get(rule) else None for rule in after]
    return kept, [number for left in known.values() for number in left]
