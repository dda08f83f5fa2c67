"""What stands in a digest: the records that the store reads and the builder turns into words."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.alerts import AlertView, Report
from bot.domain.digest_times import DigestMark


@dataclass(frozen=True, slots=True)
class DigestContents:
    """What a chat was told, or was kept for its digest, since its last one.

    `alerts` are its stories, newest last; `late` are reports that came too late to be news; the counts are of what
    nothing else shows. `mark` is where the next digest goes on.
    """

    mark: DigestMark
    since: datetime
    alerts: tuple[AlertView, ...] = ()
    late: tuple[Report, ...] = ()
    muted: int = 0
    below_clearance: int = 0
    stale: int = 0
    items_read: int = 0
