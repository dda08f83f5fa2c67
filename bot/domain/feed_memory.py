"""What is remembered of a feed's last answers, so that the next one costs little. Pure: the clock is passed in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum

from bot.domain.wishes import NO_WISHES, Wishes

# Publishers exist whose validators never change while their documents do (FreshRSS#1020, miniflux-legacy#218).
FULL_FETCH_EVERY = timedelta(days=1)
MOST_NOT_MODIFIED = 20
# A redirect is only believed to be permanent once it has stood this long: domains lapse and are hijacked.
MOVE_AFTER = timedelta(days=7)
ENTRY_DIGEST_SIZE = 8  # bytes; two of a feed's few hundred entries collide once in 10^14 documents


class Parts(IntEnum):
    """Which entries of a feed's documents may be read without the others; the number is stored."""

    NONE = 0
    ANY = 1
    BEGINNING = 2  # the document is ill-formed: what follows an entry does not change it, what stands before it may


@dataclass(frozen=True, slots=True)
class FeedMemory:
    """What is remembered of one feed between polls. The digests are of bytes.

    `body` is the digest of the last document, `entries` the digests of its entries, each `ENTRY_DIGEST_SIZE` long, and
    `frame` that of what stands around the entries and bears on how they are read. `parts` says what a
    document of this feed has been shown to read the same without, `part_readings` how many were read in parts since.
    `full_at` is when the last whole answer came, `not_modified` how many 304s came since.
    `moved_to` is where permanent redirects have led since `moved_since`, `address` where the feed is polled instead of
    its own URL since a move was believed; each may be empty. `second_agent` says that the feed answers only to the
    second User-Agent. `hub` is the URL of the hub that the last document named (WebSub) and `topic` the feed's there.
    """

    body: bytes = b""
    entries: bytes = b""
    frame: bytes = b""
    parts: Parts = Parts.NONE
    part_readings: int = 0
    wishes: Wishes = NO_WISHES
    full_at: datetime | None = None
    not_modified: int = 0
    moved_to: str = ""
    moved_since: datetime | None = None
    address: str = ""
    second_agent: bool = False
    hub: str = ""
    topic: str = ""

    @property
    def entry_digests(self) -> frozenset[bytes]:
        """The digests of the last document's entries."""
        size = ENTRY_DIGEST_SIZE
        return frozenset(self.entries[start : start + size] for start in range(0, len(self.entries), size))


NO_MEMORY = FeedMemory()


def is_full_fetch_due(memory: FeedMemory, now: datetime) -> bool:
    """Whether the next request should carry no validators, so that wrong ones cannot hide news for ever."""
    if memory.full_at is None:
        return True
    return memory.not_modified >= MOST_NOT_MODIFIED or now - memory.full_at >= FULL_FETCH_EVERY


def remember_answer(memory: FeedMemory, *, now: datetime, not_modified: bool, second_agent: bool) -> FeedMemory:
    """The memory after an answer: a 304 (`not_modified`) or a document."""
    return replace(
        memory,
        full_at=memory.full_at if not_modified else now,
        not_modified=memory.not_modified + 1 if not_modified else 0,
        second_agent=second_agent,
    )


def is_only_counted(memory: FeedMemory, url: str, moved_to: str, now: datetime, *, second_agent: bool) -> bool:
    """Whether all that is to be remembered of a 304 is that there was one more, as it nearly always is."""
    moved = remember_move(memory, url, moved_to, now, same_feed=bool(memory.moved_to))
    return moved is memory and second_agent == memory.second_agent


def remember_move(memory: FeedMemory, url: str, moved_to: str, now: datetime, *, same_feed: bool) -> FeedMemory:
    """The memory after a request to `url` that permanent redirects led to `moved_to`; empty if they led nowhere.

    `same_feed`: the document there showed an entry that was known before. From http to https of the same address is
    believed at once. Any other move needs that proof when it is first seen, and then seven days without a change.
    """
    if not moved_to or moved_to == url:
        return replace(memory, moved_to="", moved_since=None) if memory.moved_to or memory.moved_since else memory
    if url.startswith("http://") and moved_to == f"https://{url.removeprefix('http://')}":
        return replace(memory, moved_to="", moved_since=None, address=moved_to)
    if moved_to != memory.moved_to or memory.moved_since is None:
        return replace(memory, moved_to=moved_to, moved_since=now) if same_feed else memory
    if now - memory.moved_since >= MOVE_AFTER:
        return replace(memory, moved_to="", moved_since=None, address=moved_to)
    return memory
