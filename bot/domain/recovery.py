"""What happened to the database, and how the owner is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.language import tr
from bot.domain.wording import duration_words, local_time

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Recovery:
    """A database that was damaged or gone: what was wrong, where the old file is, and what took its place.

    `backup` is None where there was none, and the database began anew.
    """

    damage: str
    moved_to: Path | None
    backup: Path | None
    backed_up_at: datetime | None


def recovery_words(recovery: Recovery) -> str:
    """The notice to the owner after a start with another database than the one before."""
    if recovery.moved_to:
        lines = [
            tr("⚠️ The database was damaged ({damage}) when I started.", damage=recovery.damage),
            tr("It is kept as {file}.", file=recovery.moved_to.name),
        ]
    else:
        lines = [tr("⚠️ The database was gone when I started.")]
    if recovery.backed_up_at:
        lines.append(
            tr(
                "I went on from the backup of {time}. What was watched, sent or answered since then is forgotten, "
                "and alerts from that time may come again.",
                time=local_time(recovery.backed_up_at, _UTC),
            )
        )
    else:
        lines.append(tr("There was no backup, so I began anew: every chat has to /watch its lists again."))
    return " ".join(lines)


def refusal_words(reason: str, lasted: timedelta) -> str:
    """The notice to the owner once the database takes writes again."""
    return tr(
        "⚠️ The database could not be written for {time}. {reason} Polling and sending waited meanwhile. "
        "Nothing was lost, and both go on now.",
        time=duration_words(lasted),
        reason=reason,
    )
