"""The audit trail: who added, changed, removed or muted what, and when. Entries are written once and never changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

FILES = "files"  # the author of what was changed in the watchlist folder: the file system does not say who it was
ITSELF = "tocsin"  # the author of what Tocsin found out by itself


class Action(StrEnum):
    """What was done; the value is stored."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    MUTED = "muted"
    UNMUTED = "unmuted"
    REFUSED = "refused"  # an edited file with mistakes; what ran before goes on
    CURED = "cured"


class Subject(StrEnum):
    """What it was done to; the value is stored."""

    SUBSCRIPTION = "subscription"
    WATCHLIST = "watchlist"
    GROUPS = "groups"
    FEED = "feed"
    ROUTES = "routes"
    FILE = "file"
    MUTE = "mute"
    SETTING = "setting"
    OWNER = "owner"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change. `by` is a person's key (`telegram:42`) or `files`; `name` is the person's name, for display only.

    `destination` is the key of the chat that it concerns, empty where it concerns all. `version` tells versions
    of a watchlist file apart, so that edits made while nothing ran are seen at the next start. `id` is given by
    the store.
    """

    at: datetime
    by: str
    action: Action
    subject: Subject
    subject_id: str
    destination: str = ""
    name: str = ""
    detail: str = ""
    version: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class AuditGroup:
    """Entries of one moment, author and action, such as one `git pull`; `ids`, sorted, are what they were about."""

    first: AuditEntry
    ids: tuple[str, ...]


def group_entries(entries: Iterable[AuditEntry]) -> tuple[AuditGroup, ...]:
    """Entries in their order, those that belong to one act joined."""
    groups = []
    for _, same in groupby(entries, key=lambda one: (one.at, one.by, one.action, one.subject, one.destination)):
        members = tuple(same)
        groups.append(AuditGroup(members[0], tuple(sorted(member.subject_id for member in members))))
    return tuple(groups)


def compare_versions(
    known: Mapping[str, str], present: Mapping[str, str], *, subject: Subject, details: Mapping[str, str], now: datetime
) -> tuple[AuditEntry, ...]:
    """What became of the subjects whose versions were `known`, by id: added, changed, removed, by the files' author."""
    entries = []
    for subject_id in sorted({*known, *present}):
        before, after = known.get(subject_id, ""), present.get(subject_id, "")
        if before == after:
            continue
        action = Action.CHANGED if before and after else Action.ADDED if after else Action.REMOVED
        detail = details.get(subject_id, "")
        entries.append(AuditEntry(now, FILES, action, subject, subject_id, detail=detail, version=after))
    return tuple(entries)


_NOUNS = {
    Subject.SUBSCRIPTION: ("", "lists "),
    Subject.WATCHLIST: ("watchlist ", "watchlists "),
    Subject.FEED: ("feed ", "feeds "),
    Subject.MUTE: ("mute ", "mutes "),
    Subject.CHAT: ("the bot from ", "the bot from "),
    Subject.OWNER: ("the bot's ", "the bot's "),
}
_MOST_NAMED = 4


def describe(group: AuditGroup, who: str, where: str) -> str:
    """What was done in one sentence without a full stop.

    `who` names the author, and is empty for the files; `where` names the chat it concerns ("here"), if it is one.
    """
    first, listed = group.first, _listed(group.ids)
    if first.action is Action.REFUSED:
        return f"mistake in {listed}: {first.detail}"
    if first.action is Action.CURED:
        return f"{listed} {'has' if len(group.ids) == 1 else 'have'} no mistakes any more"
    singular, plural = _NOUNS.get(first.subject, ("", ""))
    what = f"{singular}{listed}" if len(group.ids) == 1 else f"{len(group.ids)} {plural}({listed})"
    detail = f" ({first.detail})" if first.detail and len(group.ids) == 1 else ""
    done = f"{who} {first.action.value} {what}{detail}" if who else f"{what} {first.action.value}{detail}"
    return f"{done} {where}".strip()


def _listed(ids: tuple[str, ...]) -> str:
    more = len(ids) - _MOST_NAMED
    return ", ".join(ids[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
