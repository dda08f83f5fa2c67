"""Reliability letters: the bot's owner decides on them, for all chats; anybody else proposes one to the owner."""

from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from typing import Protocol

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chats import Destination, Person
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.feeds import Feed, FeedOrigin
from bot.domain.language import speaking, tr
from bot.domain.messages import Button, Message, Text, bold, isolate, line
from bot.domain.triage import name_of
from bot.domain.wording import RELIABILITY, UNRATED
from bot.errors import NotFound
from bot.ports.attention_store import AttentionReader
from bot.ports.chat_store import AuditStore
from bot.ports.feed_store import FeedStore
from bot.services.chat_settings import find_chat_language

GRADE = "grade"
_LATELY = 20  # entries of a chat
_LONGEST_ID = 40  # what is compared and repeated of an id that there is not


class GradingStore(FeedStore, AuditStore, AttentionReader, Protocol):
    """The parts of the store that are needed here."""


async def get_feed(store: FeedStore, feed_id: str) -> Feed:
    """The feed with this id, in whatever case it was written. Raises NotFound, which names those that are close."""
    wanted = feed_id.casefold()
    feeds = {status.feed.id.casefold(): status.feed for status in await store.list_feeds()}
    if wanted not in feeds:
        near = get_close_matches(wanted[:_LONGEST_ID], feeds)
        cure = (
            tr("Close: {names}.", names=", ".join(feeds[one].id for one in near)) if near else tr("/feeds lists them.")
        )
        raise NotFound(tr("There is no feed called “{feed}”.", feed=feed_id[:_LONGEST_ID]), cure)
    return feeds[wanted]


async def set_grade(store: GradingStore, feed: Feed, grade: str, *, by: Person, now: datetime) -> None:
    """Gives the feed a letter. What it has already is no change. Raises NotFound, Conflict for a feed of the files."""
    if grade != feed.grade:
        await store.grade_feed(feed.id, grade, _entry(Action.CHANGED, feed, grade, by=by, now=now))


async def propose_grade(
    store: GradingStore, feed: Feed, grade: str, owner: Destination | None, *, by: Person, chat: str, now: datetime
) -> None:
    """Enters what somebody proposed in a chat, given by its key, and asks the owner, if there is one, once.

    The same request, which is made `now`, enters it once.
    """
    entry = _entry(Action.PROPOSED, feed, grade, by=by, chat=chat, now=now)
    if entry in [replace(known, id=0) for known in await store.list_audit(_LATELY, chat)]:
        return
    notices = []
    if owner is not None:
        with speaking(await find_chat_language(store, owner.key)):
            message = build_proposal(feed, grade, by)
        notices.append(OutgoingMessage(f"grade:{feed.id}:{grade}", owner, message, urgency=Urgency.NOTICE))
    await store.record_changes([entry], notices, now)


def build_proposal(feed: Feed, grade: str, by: Person) -> Message:
    """What the owner is asked: the letter of somebody else, or the one that stands."""
    standing = feed.grade or UNRATED
    asked = tr(
        "{name} proposes reliability {grade} ({words}) for {outlet}.",
        name=name_of(by.name), grade=grade, words=tr(RELIABILITY[grade]), outlet=isolate(feed.outlet),
    )  # fmt: skip
    stands = tr("It stands at {grade} ({words}).", grade=standing, words=tr(RELIABILITY[standing]))
    blocks = [line(bold(asked)), line(stands), line(Text(feed.url, code=True))]
    if feed.origin is FeedOrigin.FILE:  # no button can change a file
        blocks.append(line(f"{tr('The letter of {feed} is set in a file.', feed=feed.id)} {tr('Change it there.')}"))
        return Message(tuple(blocks), asked)
    accept = Button(tr("Accept {grade}", grade=grade), GRADE, feed.id, grade, primary=True)
    keep = Button(tr("Keep {grade}", grade=standing), GRADE, feed.id, standing)
    return Message(tuple(blocks), asked, ((accept, keep),))


def _entry(action: Action, feed: Feed, grade: str, *, by: Person, chat: str = "", now: datetime) -> AuditEntry:
    detail = f"reliability {grade}"
    return AuditEntry(now, by.key, action, Subject.FEED, feed.id, chat, name=by.name, detail=detail)
