"""Decides how much of a document has to be parsed, from what is remembered of the one before. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from bot.domain.feed_memory import ENTRY_DIGEST_SIZE, FeedMemory, Parts
from bot.ports.fetcher import FeedResponse
from bot.sources.cutting import CutDocument, cut_document, may_read_in_parts
from bot.sources.hub_links import find_hub
from bot.sources.wishes import read_wishes

# After this many readings in parts a document is read whole again and compared.
RECHECK_AFTER = 50
# Where this share of the entries is new, reading all of them costs little more and compares them anew.
_MOST_UNSEEN = 0.5
_BODY_DIGEST_SIZE = 16


@dataclass(frozen=True, slots=True)
class Sample:
    """A few entries of a whole document as a document of their own, to see whether they read the same in it."""

    body: bytes
    numbers: tuple[int, ...]
    entries: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What to do with a document. `memory` is what to remember once that has succeeded.

    `whole`: parse all of it, and compare the `sample` if there is one. Otherwise parse the entries `unseen`; there may
    be none. `known` counts the entries of a document that has not changed at all.
    """

    memory: FeedMemory
    whole: bool = False
    document: CutDocument | None = None
    unseen: tuple[int, ...] = ()
    sample: Sample | None = None
    known: int = 0


def plan_reading(response: FeedResponse, memory: FeedMemory) -> Reading:
    """The least that has to be parsed of a document so that no entry is missed."""
    body = sha256(response.body).digest()[:_BODY_DIGEST_SIZE]
    if body == memory.body:
        return Reading(memory, known=len(memory.entries) // ENTRY_DIGEST_SIZE)
    hub, topic = find_hub(response.body, response.links, response.url)
    memory_now = replace(memory, body=body, wishes=read_wishes(response.body), hub=hub, topic=topic)
    document = cut_document(response.body, response.content_type)
    if document is None:
        return Reading(replace(memory_now, entries=b"", frame=b""), whole=True)
    unseen = document.find_unseen(memory.entry_digests)
    memory_now = replace(memory_now, entries=b"".join(document.digests), frame=document.frame)
    is_trusted = (
        memory.parts is not Parts.NONE and memory.frame == document.frame and memory.part_readings < RECHECK_AFTER
    )
    if memory.parts is Parts.BEGINNING and unseen != list(range(len(unseen))):
        is_trusted = False
    if is_trusted and len(unseen) <= len(document.entries) * _MOST_UNSEEN and may_read_in_parts(document, unseen):
        return Reading(memory_now, document=document, unseen=tuple(unseen))
    return Reading(memory_now, whole=True, sample=_choose_sample(document, unseen))


def _choose_sample(document: CutDocument, unseen: Sequence[int]) -> Sample | None:
    """The first entry and the first new one, a middle one and the last; None where not all could stand alone."""
    last = len(document.entries) - 1
    numbers = tuple(sorted({0, *unseen[:1], last // 2, last}))
    if not may_read_in_parts(document, range(len(document.entries))):
        return None
    return Sample(document.join(numbers), numbers, len(document.entries))
