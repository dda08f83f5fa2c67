"""The audit trail: who added, changed, removed or muted what, and when. Entries are written once and never changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from bot.domain.language import later, tr, trn
from bot.domain.recorded import recorded_words

FILES = "files"  # the author of what was changed in the watchlist folder: the file system does not say who it was
ITSELF = "tocsin"  # the author of what Tocsin found out by itself


class Action(StrEnum):
    """What was done; the value is stored."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    MUTED = "muted"
    UNMUTED = "unmuted"
    PROPOSED = "proposed"
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


# What was done, by a named author and by the files.
_DONE = {
    Action.ADDED: (later("{who} added {what}"), later("{what} added")),
    Action.CHANGED: (later("{who} changed {what}"), later("{what} changed")),
    Action.REMOVED: (later("{who} removed {what}"), later("{what} removed")),
    Action.MUTED: (later("{who} muted {what}"), later("{what} muted")),
    Action.UNMUTED: (later("{who} unmuted {what}"), later("{what} unmuted")),
    Action.PROPOSED: (later("{who} proposed {what}"), later("{what} proposed")),
}
_ONE = {
    Subject.WATCHLIST: later("watchlist {name}"),
    Subject.FEED: later("feed {name}"),
    Subject.CHAT: later("the bot from {name}"),
    Subject.OWNER: later("the bot's owner"),
}
# What is recorded in English about mutes and settings.
_RECORDED = (
    later("until {time}, critical too"),
    later("until {time}"),
    later("critical too"),
    later("quiet hours"),
    later("digest"),
    later("weekly trend"),
    later("time zone"),
    later("language"),
    later("discreet"),
    later("reminders"),
    later("members can mute"),
    later("hide exile"),
    later("here"),
    later("reliability {grade}"),
    later("on"),
    later("off"),
)
_MOST_NAMED = 4


def describe(group: AuditGroup, who: str, where: str) -> str:
    """What was done in one sentence without a full stop, in the language spoken now.

    `who` names the author, and is empty for the files; `where` names the chat it concerns ("here"), if it is one.
    """
    first, ids = group.first, group.ids
    if first.subject is Subject.SETTING:
        ids = tuple(recorded_words(name, _RECORDED) for name in ids)
    names = _listed(ids)
    if first.action is Action.REFUSED:
        return tr("mistake in {names}: {detail}", names=names, detail=first.detail)
    if first.action is Action.CURED:
        return tr("{names} has no mistakes any more", names=names)
    if len(group.ids) == 1:
        what = tr(_ONE[first.subject], name=names) if first.subject in _ONE else names
        what += f" ({recorded_words(first.detail, _RECORDED)})" if first.detail and who else ""
    else:
        what = f"{_counted(first.subject, len(group.ids))} ({names})"
    by_author, by_files = _DONE[first.action]
    done = tr(by_author, who=who, what=what) if who else tr(by_files, what=what)
    detail = f" ({first.detail})" if first.detail and not who and len(group.ids) == 1 else ""
    return f"{done}{detail} {where}".strip()


def _counted(subject: Subject, count: int) -> str:
    match subject:
        case Subject.SUBSCRIPTION:
            return trn("{count} list", "{count} lists", count)
        case Subject.WATCHLIST:
            return trn("{count} watchlist", "{count} watchlists", count)
        case Subject.FEED:
            return trn("{count} feed", "{count} feeds", count)
        case Subject.MUTE:
            return trn("{count} mute", "{count} mutes", count)
        case _:
            return str(count)


def _listed(ids: tuple[str, ...]) -> str:
    names, more = ", ".join(ids[:_MOST_NAMED]), len(ids) - _MOST_NAMED
    return tr("{names} and {count} more", names=names, count=more) if more > 0 else names
