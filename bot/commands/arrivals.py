"""What follows when the bot is added to a chat, loses one, or a chat gets another address."""

from collections.abc import Sequence

import structlog

from bot.commands.answers import build_answer
from bot.commands.chat_app import ChatApp, Membership
from bot.commands.context import Services
from bot.domain.audit import ITSELF, Action, AuditEntry, Subject
from bot.domain.chats import ChatKind, Destination, Platform
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.language import speaking, tr, trn
from bot.domain.messages import Message, plain_message
from bot.services.chat_settings import find_chat_language
from bot.services.routing import watched_ids

log = structlog.get_logger(__name__)


async def follow_membership(
    services: Services, app: ChatApp, membership: Membership, key: str
) -> Sequence[OutgoingMessage]:
    """The messages that a change leads to; `key` is theirs in the outbox. Raises StoreError."""
    if membership.moved_to:
        await services.store.move_chat(membership.destination, membership.moved_to)
        return ()
    if membership.present:
        return await _follow_arrival(services, app, membership.destination, key)
    lost, now = membership.destination, services.clock.now()
    name = lost.title or lost.key
    entry = AuditEntry(now, ITSELF, Action.REMOVED, Subject.CHAT, name, lost.key, detail=membership.reason)
    if not await services.store.disable_chat(lost, membership.reason, entry):
        return ()  # It was never served.
    log.info("chat_lost", destination=membership.destination.key, reason=membership.reason)
    return await _tell_owner(services, membership.destination, key)


async def _follow_arrival(
    services: Services, app: ChatApp, destination: Destination, key: str
) -> Sequence[OutgoingMessage]:
    if not services.catalog.allowed.allows(destination):
        if destination.kind is not ChatKind.PRIVATE:
            await app.leave(destination, plain_message(stranger_words(destination)))
        return ()  # A person is told as soon as they write something.
    destination = await services.store.ensure_destination(destination)
    await services.store.revive_chat(destination)
    if destination.kind is ChatKind.PRIVATE:
        return ()
    watched = await watched_ids(services.store, services.catalog, destination)
    greeting = _greet_again(len(watched)) if watched else group_greeting(destination.platform)
    return (OutgoingMessage(key, destination, greeting),)


async def _tell_owner(services: Services, lost: Destination, key: str) -> Sequence[OutgoingMessage]:
    """One notice to the owner. That a person blocked the bot is that person's affair."""
    owner = services.ownership.destination
    if owner is None or lost.kind is ChatKind.PRIVATE or owner.key == lost.key:
        return ()
    with speaking(await find_chat_language(services.store, owner.key)):
        text = tr("I was removed from {chat}. Its settings are kept for 30 days.", chat=lost.title or lost.key)
    return (OutgoingMessage(key, owner, plain_message(text), urgency=Urgency.NOTICE),)


def group_greeting(platform: Platform) -> Message:
    """What the bot says when it was added to a group or channel."""
    return build_answer(
        tr("I post only what an admin picks. Admins: /watch. I read only commands and replies to me."), platform
    )


def _greet_again(lists: int) -> Message:
    return plain_message(
        trn(
            "Back again. This chat watches {count} list as before.",
            "Back again. This chat watches {count} lists as before.",
            lists,
        )
    )


def stranger_words(destination: Destination) -> str:
    """What is said in a chat that the bot does not serve."""
    return tr(
        "This bot serves only the chats that its operator listed. "
        "To let this chat in, the operator adds {id} to TOCSIN_ALLOWED_CHATS and starts the bot again.",
        id=destination.address,
    )
