"""How the running service is: which loops are alive, and in which part of its life it is. Asked by the health pages."""

from enum import StrEnum
from typing import Protocol

from bot.ports.clock import Clock
from bot.ports.feed_store import FeedStore
from bot.ports.outbox_store import OutboxStore

# Every loop that beats does so at least twice a minute.
STALE_SECONDS = 120.0
# A loop silent for so long will not come back by itself; a new process may.
DEAD_SECONDS = 300.0


class Phase(StrEnum):
    """Where in its life an instance is."""

    STARTING = "starting"
    STANDBY = "standby"  # another instance works on the database
    RUNNING = "running"
    STOPPING = "stopping"


class HealthStore(OutboxStore, FeedStore, Protocol):
    """The part of the store that the health pages ask."""


class Health:
    """Written by the loops, read by the health pages. `store` is there while the database is open."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._beats: dict[str, float] = {}
        self.phase = Phase.STARTING
        self.store: HealthStore | None = None
        self.store_problem = ""
        self.silent_platforms: frozenset[str] = frozenset()
        self.clock_jumps = 0
        self.pauses = 0

    def beat(self, loop: str) -> None:
        """A loop is alive."""
        self._beats[loop] = self._clock.monotonic()

    def forget_beats(self) -> None:
        """The loops were ended on purpose."""
        self._beats.clear()

    def ages(self) -> dict[str, float]:
        """Seconds since each loop's last beat."""
        now = self._clock.monotonic()
        return {loop: now - at for loop, at in self._beats.items()}

    def stale_loops(self, limit: float = STALE_SECONDS) -> list[str]:
        """The loops that have not beaten for so many seconds."""
        return [loop for loop, age in self.ages().items() if age > limit]

    @property
    def is_alive(self) -> bool:
        """Whether nothing hangs. An instance that waits for its turn is alive."""
        return not self.stale_loops()

    @property
    def is_ready(self) -> bool:
        """Whether it polls and sends: it runs, its loops are alive, and the database takes writes."""
        return self.phase is Phase.RUNNING and self.is_alive and not self.store_problem
