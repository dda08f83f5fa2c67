"""The questions at a chat's beginning: where its people are, what they do, which lists follow from that. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.domain.chats import Level
from bot.domain.language import later
from bot.domain.quiet import QuietHours
from bot.domain.told import RungStory
from bot.matching.records import Priority
from bot.matching.watchlist import Status, Watchlist

# Whoever did not answer by then is reminded, once.
REMIND_AFTER = timedelta(hours=24)
VOLUME_DAYS = 30
# What most feeds list; in its first days a bot counts what they listed when it read them first.
_LISTED_DAYS = 7
QUIET = QuietHours(time(22), time(6, 30))
DIGEST_AT = time(7)
# Cities with a clock of their own name; the last one is asked for by /timezone.
PLACES = (
    later("Dushanbe"),
    later("Bishkek"),
    later("Tashkent"),
    later("Almaty"),
    later("Kabul"),
    later("Islamabad"),
    later("Moscow"),
)
_ROLES: Mapping[str, tuple[str, ...]] = {
    "ngo": ("tajik-afghan-border", "aid-worker-security", "gbao-pamir", "kyrgyz-tajik-border", "chinese-nationals"),
    "embassy": ("csto", "afghan-spillover", "iskp", "tajik-afghan-border", "chinese-nationals", "durand-line"),
    "journalist": ("tajik-afghan-border", "gbao-pamir", "iskp", "drug-trafficking", "termez-crossing"),
    "research": (),
    "cyber": (),
    "looking": ("tajik-afghan-border", "csto"),
}
# Who studies a region reads it once a day.
_IN_DIGEST = frozenset({"research"})
_TAGS = {"research": "regional", "cyber": "cyber"}
_MOST_OFFERED = 10
_MOST_OF_TAG = 9


@dataclass(frozen=True, slots=True)
class Onboarding:
    """How far a chat has come: what its people do and the lists they chose so far, asked at `asked_at`."""

    asked_at: datetime
    role: str = ""
    lists: tuple[str, ...] = ()
    reminded: bool = False

    def toggle(self, list_id: str) -> "Onboarding":
        """With a list chosen that was not, or the other way round."""
        if list_id in self.lists:
            return replace(self, lists=tuple(one for one in self.lists if one != list_id))
        return replace(self, lists=(*self.lists, list_id))


@dataclass(frozen=True, slots=True)
class Volume:
    """How many stories a day lists brought lately; `sounding` are those that would have made a sound.

    `days` is over how many days that was measured; 0 if nothing is known yet.
    """

    stories: float
    sounding: float
    days: int


def is_role(role: str) -> bool:
    """Whether it is one of the answers."""
    return role in _ROLES


def level_of(role: str) -> Level:
    """How much of their lists people of this role begin with."""
    return Level.DIGEST if role in _IN_DIGEST else Level.ALL


def choose_lists(role: str, watchlists: Sequence[Watchlist]) -> tuple[str, ...]:
    """The lists that people of this role begin with, of those that are ready to be watched."""
    ready = {one.id: one for one in watchlists if one.status is Status.STABLE}
    tag = _TAGS.get(role)
    if tag:
        return tuple(one.id for one in ready.values() if tag in one.tags)[:_MOST_OF_TAG]
    chosen = tuple(one for one in _ROLES[role] if one in ready)
    # A folder of the operator's own has other lists: the loudest of them.
    return chosen or tuple(sorted(ready, key=lambda one: -ready[one].priority))[:3]


def offer_lists(onboarding: Onboarding, watchlists: Sequence[Watchlist]) -> tuple[Watchlist, ...]:
    """The lists that the question shows: those of the role and those chosen, then the loudest others, ten at most."""
    ready = {one.id: one for one in watchlists if one.status is Status.STABLE}
    first = [*choose_lists(onboarding.role, watchlists), *onboarding.lists]
    others = sorted((one for one in ready if one not in first), key=lambda one: -ready[one].priority)
    wanted = dict.fromkeys([*first, *others])
    return tuple(ready[one] for one in wanted if one in ready)[:_MOST_OFFERED]


def choose_fewer(onboarding: Onboarding, rung: Iterable[RungStory]) -> Onboarding:
    """Without the list that rang most, so that the fewest choices make the most quiet."""
    counts = dict.fromkeys(onboarding.lists, 0)
    for story in rung:
        if story.watchlist in counts:
            counts[story.watchlist] += 1
    if not counts:
        return onboarding
    # Of lists that rang equally, the last one named goes.
    loudest = max(reversed(onboarding.lists), key=lambda one: counts[one])
    return onboarding.toggle(loudest)


def choose_more(onboarding: Onboarding, offered: Iterable[Watchlist]) -> Onboarding:
    """With the next list of those shown that is not chosen yet."""
    following = next((one.id for one in offered if one.id not in onboarding.lists), None)
    return onboarding.toggle(following) if following else onboarding


def count_days(held: timedelta) -> int:
    """Over how many days volumes are measured where items were read for so long."""
    return min(max(held.days, _LISTED_DAYS), VOLUME_DAYS)


def measure_volume(rung: Iterable[RungStory], lists: Iterable[str], days: int) -> Volume:
    """What these lists together would have brought: a story that several of them ring on counts once."""
    wanted = frozenset(lists)
    loudest: dict[int, Priority] = {}
    for story in rung:
        if story.watchlist in wanted:
            loudest[story.story_id] = max(loudest.get(story.story_id, Priority.LOW), story.priority)
    told = [priority for priority in loudest.values() if priority > Priority.LOW]
    sounding = [priority for priority in told if priority >= Priority.HIGH]
    return Volume(len(told) / days, len(sounding) / days, days) if days else Volume(0.0, 0.0, 0)
