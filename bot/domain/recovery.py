"""What happened to the database, and how the owner is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

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
    what = f"damaged ({recovery.damage})" if recovery.moved_to else "gone"
    lines = [f"⚠️ The database was {what} when I started."]
    if recovery.moved_to:
        lines.append(f"It is kept as {recovery.moved_to.name}.")
    if recovery.backed_up_at:
        lines.append(
            f"I went on from the backup of {local_time(recovery.backed_up_at, _UTC)}. What was watched, sent or "
            "answered since then is forgotten, and alerts from that time may come again."
        )
    else:
        lines.append("There was no backup, so I began anew: every chat has to /watch its lists again.")
    return " ".join(lines)


def refusal_words(reason: str, lasted: timedelta) -> str:
    """The notice to the owner once the database takes writes again."""
    return (
        f"⚠️ The database could not be written for {duration_words(lasted)}. {reason} "
        "Polling and sending waited meanwhile. Nothing was lost, and both go on now."
    )
