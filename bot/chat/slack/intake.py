"""Takes payloads in, whichever way they come: stored first, then acknowledged, within three seconds."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.chat.slack.payloads import Interaction, read_payload
from bot.chat.slack.updates import update_key
from bot.chat.slack.views import build_mistakes, build_waiting
from bot.commands.chat_app import DialogRefused, StoreUpdate
from bot.domain.chats import InboundUpdate, Platform
from bot.errors import StoreError
from bot.ports.clock import Clock

# Slack waits three seconds; the way there and back needs some of it.
STORING_SECONDS = 2.7

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack is answered. Not `taken`, Slack delivers an event again, and tells a person that it did not work."""

    taken: bool
    body: dict[str, Any] | None = None


NOT_TAKEN = Answer(taken=False)


async def take_payload(body: Mapping[str, Any], store_update: StoreUpdate, clock: Clock) -> Answer:
    """Stores a payload and says how it is acknowledged. Never raises for what the store or a dialog refuses."""
    key = update_key(body)
    update = InboundUpdate(Platform.SLACK, key, json.dumps(body, ensure_ascii=False), clock.now())
    try:
        async with asyncio.timeout(STORING_SECONDS):
            await store_update(update)
    except DialogRefused as refusal:
        return Answer(taken=True, body=build_mistakes(refusal.mistakes))
    except (StoreError, TimeoutError) as error:
        log.warning("slack_update_not_stored", reason=str(error) or "it took too long")
        return NOT_TAKEN
    return Answer(taken=True, body=_acknowledge(update))


def _acknowledge(update: InboundUpdate) -> dict[str, Any] | None:
    """A dialog that was sent off makes room for its answer, or goes away with everything under it."""
    content = read_payload(update.payload)
    if not isinstance(content, Interaction) or content.type != "view_submission" or content.view is None:
        return None
    waiting = build_waiting(content.view, update.key)
    return {"response_action": "push", "view": waiting} if waiting else {"response_action": "clear"}
