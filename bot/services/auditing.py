"""Who changed what, as far as the asker may know it."""

from dataclasses import dataclass, replace

from bot.domain.audit import FILES, AuditEntry, AuditGroup, group_entries
from bot.domain.chats import Destination, Person
from bot.domain.language import later, tr
from bot.ports.chat_store import AuditStore
from bot.services.catalog import Catalog

_LOOK_BACK = 1_000
SOMEBODY = later("somebody in another chat")


@dataclass(frozen=True, slots=True)
class Change:
    """One act: `who` did it (empty: the files), and `where`: "here", or "in" another chat, empty if in none."""

    group: AuditGroup
    who: str
    where: str


async def list_changes(
    store: AuditStore, catalog: Catalog, destination: Destination, person: Person
) -> tuple[Change, ...]:
    """The changes that concern a chat, newest first: its own, and those of feeds and files.

    The owner's chat sees all of them. Elsewhere nobody learns who does what in other chats.
    """
    owner = catalog.routes.owner_destination
    if owner is not None and owner.key == destination.key:
        return describe_all(await store.list_audit(_LOOK_BACK))
    entries = await store.list_audit(_LOOK_BACK, destination.key)
    shown = [entry if _may_know(entry, destination, person) else _anonymous(entry) for entry in entries]
    return tuple(
        Change(group, name_author(group.first), tr("here") if group.first.destination else "")
        for group in group_entries(shown)
    )


def describe_all(entries: list[AuditEntry]) -> tuple[Change, ...]:
    """Every change with its chat, for those who may see everything."""
    return tuple(
        Change(
            group,
            name_author(group.first),
            tr("in {chat}", chat=group.first.destination) if group.first.destination else "",
        )
        for group in group_entries(entries)
    )


def name_author(entry: AuditEntry) -> str:
    """`Dana (telegram:42)`, the bare key where no name is known, nothing for the files."""
    if entry.by == FILES:
        return ""
    return f"{entry.name} ({entry.by})" if entry.name and entry.by else entry.name or entry.by


def _may_know(entry: AuditEntry, destination: Destination, person: Person) -> bool:
    return entry.by in (FILES, person.key) or entry.destination == destination.key


def _anonymous(entry: AuditEntry) -> AuditEntry:
    return replace(entry, by="", name=tr(SOMEBODY))
