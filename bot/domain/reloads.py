"""What becomes of an edited folder of watchlists: what runs on, what comes into use, who is told of what. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Message, Text, isolate, line
from bot.domain.watchlists import WatchlistCatalog
from bot.domain.wording import shorten
from bot.errors import WatchlistError
from bot.matching.watchlist import Watchlist

_MOST_TOLD = 5
_LONGEST_CAUSE = 300
_CHECK = "tocsin check"


def keep_last_good(running: WatchlistCatalog, loaded: WatchlistCatalog) -> WatchlistCatalog:
    """The lists to run: those of `loaded`, and in the place of a file that became unusable what ran from it before.

    A list that says what it said before stays the same object, so that nothing is compiled for it. Where not one
    list is left, as in a folder that is being replaced, everything runs on.
    """
    if loaded.is_lost:
        held = frozenset(watchlist.id for watchlist in running.watchlists)
        return replace(running, problems=loaded.problems, unusable=frozenset(), outdated=held)
    before = {watchlist.id: watchlist for watchlist in running.watchlists}
    lists = {watchlist.id: _same_or_new(watchlist, before.get(watchlist.id)) for watchlist in loaded.watchlists}
    places = dict(loaded.places)
    outdated = set()
    for watchlist in running.watchlists:
        place = running.find_place(watchlist.id)
        if watchlist.id not in lists and place is not None and place.path in loaded.unusable:
            lists[watchlist.id] = watchlist
            places[watchlist.id] = running.places[watchlist.id]
            outdated.add(watchlist.id)
    ordered = sorted(lists.values(), key=lambda one: places[one.id][""].path)
    return replace(loaded, watchlists=tuple(ordered), places=places, outdated=frozenset(outdated))


def _same_or_new(new: Watchlist, old: Watchlist | None) -> Watchlist:
    return old if old is not None and old == new else new


def changed_lists(running: WatchlistCatalog, present: WatchlistCatalog) -> tuple[Watchlist, ...]:
    """The lists of `present` that did not run before, or said something else."""
    before = {watchlist.id: watchlist for watchlist in running.watchlists}
    return tuple(watchlist for watchlist in present.watchlists if before.get(watchlist.id) is not watchlist)


class Effect(StrEnum):
    """What a mistake in a file means for what runs; the value is stored."""

    HELD = "held"
    UNUSED = "unused"
    GROUPS = "groups"
    FEEDS = "feeds"
    ROUTES = "routes"
    NAMES = "names"
    EXAMPLES = "examples"
    NOTHING = "nothing"


_EFFECT_WORDS = {
    Effect.HELD: later("{file} has a mistake. Its last good version runs on."),
    Effect.UNUSED: later("{file} has a mistake and is not in use."),
    Effect.GROUPS: later("{file} has a mistake. Lists that need what is broken run on as they were."),
    Effect.FEEDS: later("{file} has a mistake. What is right in it is in use, and no feed was removed."),
    Effect.ROUTES: later("{file} has a mistake. The last good routes stay in use."),
    Effect.NAMES: later("{file} is in use, but names something that is not there."),
    Effect.EXAMPLES: later("{file} is in use, but examples in it fail."),
    Effect.NOTHING: later("{file} holds no watchlists. The last good ones run on."),
}


@dataclass(frozen=True, slots=True)
class FileTrouble:
    """A file with mistakes, which begin with `file:line:column`, and what that means for what runs."""

    name: str
    effect: Effect
    mistakes: tuple[str, ...]


def file_name(path: str) -> str:
    """The last part of a path, however the system parts them."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def group_by_file(problems: Iterable[WatchlistError]) -> dict[str, tuple[WatchlistError, ...]]:
    """The problems of each file, by its path, in the order of the files' first ones."""
    groups: dict[str, tuple[WatchlistError, ...]] = {}
    for problem in problems:
        groups[problem.path] = (*groups.get(problem.path, ()), problem)
    return groups


def short_words(problem: WatchlistError) -> str:
    """A problem for a chat: `csto.yaml:4:1: what is wrong. What would be right.`"""
    place = f"{file_name(problem.path)}:{problem.line}:{problem.column}" if problem.line else file_name(problem.path)
    words = str(problem).removeprefix(f"{problem.path}:{problem.line}:{problem.column}: ")
    return f"{place}: {shorten(words.removeprefix(f'{problem.path}: '), _LONGEST_CAUSE)}"


def merge_troubles(troubles: Iterable[FileTrouble]) -> list[FileTrouble]:
    """One trouble for each file: the first effect counts, with all mistakes."""
    merged: dict[str, FileTrouble] = {}
    for trouble in troubles:
        known = merged.get(trouble.name)
        mistakes = (*known.mistakes, *trouble.mistakes) if known else trouble.mistakes
        merged[trouble.name] = replace(known or trouble, mistakes=mistakes)
    return list(merged.values())


def find_news(
    told: Mapping[str, str], present: Sequence[FileTrouble]
) -> tuple[tuple[FileTrouble, ...], tuple[str, ...]]:
    """The troubles that were not told yet, and the names of the files that are well again.

    `told` has the effect that was told last, by file name. Another mistake in the same file is not worth another
    message as long as it means the same for what runs.
    """
    names = {trouble.name for trouble in present}
    new = tuple(trouble for trouble in present if told.get(trouble.name) != trouble.effect)
    return new, tuple(name for name in told if name not in names)


def build_trouble_notice(new: Sequence[FileTrouble], cured: Sequence[str]) -> Message:
    """What the owner is told once about files that went wrong, and once when they are well again."""
    blocks: list[Block] = []
    for trouble in new[:_MOST_TOLD]:
        blocks.append(line(f"⚠️ {tr(_EFFECT_WORDS[trouble.effect], file=isolate(trouble.name))}"))
        blocks += [line(Text(isolate(mistake), code=True)) for mistake in trouble.mistakes[:_MOST_TOLD]]
        left = len(trouble.mistakes) - _MOST_TOLD
        if left > 0:
            more = trn(
                "And {count} more mistake: {command} shows all.",
                "And {count} more mistakes: {command} shows all.",
                left,
                command=_CHECK,
            )
            blocks.append(line(more))
    left = len(new) - _MOST_TOLD
    if left > 0:
        more = trn(
            "And {count} more file: {command} shows all.",
            "And {count} more files: {command} shows all.",
            left,
            command=_CHECK,
        )
        blocks.append(line(more))
    if cured:
        names = isolate(", ".join(cured))
        well = trn(
            "✅ {names} is in use as it stands.", "✅ {names} are in use as they stand.", len(cured), names=names
        )
        blocks.append(line(well))
    return Message(tuple(blocks), _summarise(new, cured))


def _summarise(new: Sequence[FileTrouble], cured: Sequence[str]) -> str:
    parts = []
    if new:
        names = ", ".join(trouble.name for trouble in new[:_MOST_TOLD])
        parts.append(tr("Mistakes in {names}: {mistake}", names=names, mistake=new[0].mistakes[0]))
    if cured:
        parts.append(tr("Well again: {names}.", names=", ".join(cured)))
    return " ".join(parts)
