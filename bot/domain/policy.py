"""What a match is worth: whether it sends, how loud, and in which words it stayed silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.items import Item
from bot.domain.language import later
from bot.matching.records import Match, Priority
from bot.matching.watchlist import Status, Watchlist

LIVE = timedelta(hours=6)
LATE = timedelta(hours=48)

SENT = later("alert")
BASELINE = later("baseline: the feed was read for the first time")
MENTIONS = "mentions only"
TEST_LIST = later("test list: recorded, never sent")
LATE_FIND = later("late find: published more than 48 h before it was seen")
TOO_OLD = later("older than the list allows")
DIGEST_ONLY = later("low priority: digest only")
DIGEST_CHOSEN = later("this chat wants its lists in the digest only")
BELOW_CLEARANCE = later("the source is less reliable than this destination accepts")
UNWATCHED = later("nobody watches this list")
NO_LONGER_WATCHED = later("its lists were unwatched before it was sent")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a match makes an alert, and the outcome recorded with it."""

    sends: bool
    outcome: str


def judge(match: Match, watchlist: Watchlist, item: Item) -> Verdict:
    """Decides about one match on its own, before stories, subscriptions and mutes."""
    age = item.first_seen - item.published if item.published else timedelta(0)
    checks = (
        (item.baseline, BASELINE),
        (watchlist.status is Status.TEST, TEST_LIST),
        (not match.rings, MENTIONS),
        (watchlist.max_age_hours is not None and age > timedelta(hours=watchlist.max_age_hours), TOO_OLD),
        (age > LATE, LATE_FIND),
    )
    silent = next((outcome for applies, outcome in checks if applies), "")
    if silent:
        return Verdict(sends=False, outcome=silent)
    return Verdict(sends=True, outcome=DIGEST_ONLY if match.priority is Priority.LOW else SENT)


def ringing(matches: Sequence[Match], watched: frozenset[str]) -> tuple[Match, ...]:
    """The matches that ring on one of the `watched` lists, loudest first, each list once."""
    best: dict[str, Match] = {}
    for match in matches:
        known = best.get(match.watchlist)
        if match.rings and match.watchlist in watched and (known is None or match.priority > known.priority):
            best[match.watchlist] = match
    return tuple(sorted(best.values(), key=_loudest_then_earliest))


def _loudest_then_earliest(match: Match) -> tuple[int, int, str]:
    in_title = [evidence.start for evidence in match.evidence if evidence.field == "title"]
    return (-match.priority, min(in_title, default=10**9), match.watchlist)


def is_silent(priority: Priority, item: Item) -> bool:
    """Whether a card for this item goes out without a sound: medium priority, or an older item."""
    return priority <= Priority.MEDIUM or is_older(item.published, item.first_seen)


def is_older(published: datetime | None, seen: datetime) -> bool:
    """Whether an item was first seen more than six hours after it was published."""
    return published is not None and seen - published > LIVE
