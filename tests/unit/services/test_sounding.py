"""Twenty-five sounds a day for a chat, none in quiet hours, and critical alerts always."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.budget import DAILY_SOUNDS, day_began
from bot.domain.chat_settings import Attention, ChatSettings
from bot.domain.deliveries import Delivery, Receipt, Urgency
from bot.domain.messages import Message, plain_message, plain_text
from bot.domain.quiet import QuietHours
from bot.domain.routing import Watcher
from bot.ports.store import Store
from bot.services.sounding import settle_sound
from tests.contract.outbox import claim
from tests.factories import build_destination, build_feed, build_planned_card, build_ringing_poll

DESK = build_destination("1001", timezone="Asia/Dushanbe")
NOON = datetime(2026, 11, 24, 7, tzinfo=UTC)
LIMIT = "quiet: daily limit of 25 reached"


class Day:
    """Cards that go out one after the other to a chat."""

    def __init__(self, store: Store, quiet: QuietHours | None = None) -> None:
        self.store = store
        self.watcher = Watcher(DESK, attention=Attention(ChatSettings(quiet)))
        self.cards = 0

    async def claim(self, now: datetime, urgency: Urgency = Urgency.ALERT) -> Delivery:
        """A card of a new story that is about to be sent."""
        await self.store.sync_feeds([build_feed()], now)
        self.cards += 1
        key = f"item-{self.cards}"
        card = build_planned_card(story_key=key, destination=DESK, urgency=urgency)
        await self.store.record_polls([replace(build_ringing_poll(key, DESK), cards=(card,))], now)
        (delivery,) = await claim(self.store, now)
        return delivery

    async def send(self, now: datetime, urgency: Urgency = Urgency.ALERT) -> tuple[Delivery, Message]:
        """The delivery and the card as they went out."""
        delivery = await self.claim(now, urgency)
        settled = await settle_sound(self.store, self.watcher, delivery, plain_message("card"), now)
        await self.store.record_sent(delivery.id, Receipt(str(delivery.id)), now)
        return settled


async def test_the_twenty_sixth_alert_of_a_day_is_silent_and_says_why(store: Store) -> None:
    day = Day(store)
    for minute in range(DAILY_SOUNDS):
        delivery, card = await day.send(NOON + timedelta(minutes=minute))
        assert (delivery.silent, plain_text(card)) == (False, "card")
    delivery, card = await day.send(NOON + timedelta(hours=1))
    assert (delivery.silent, plain_text(card)) == (True, f"card\n{LIMIT}")
    critical, card = await day.send(NOON + timedelta(hours=2), Urgency.CRITICAL)
    assert (critical.silent, plain_text(card)) == (False, "card")
    tomorrow, card = await day.send(NOON + timedelta(hours=12))  # midnight in Dushanbe
    assert (tomorrow.silent, plain_text(card)) == (False, "card")


async def test_critical_alerts_cost_nothing(store: Store) -> None:
    day = Day(store)
    for minute in range(DAILY_SOUNDS + 5):
        await day.send(NOON + timedelta(minutes=minute), Urgency.CRITICAL)
    delivery, _ = await day.send(NOON + timedelta(hours=1))
    assert not delivery.silent


async def test_a_card_that_comes_late_into_quiet_hours_makes_no_sound_and_costs_nothing(store: Store) -> None:
    day = Day(store, QuietHours(time(11), time(13)))
    for minute in range(DAILY_SOUNDS):
        delivery, card = await day.send(NOON + timedelta(minutes=minute))
        assert (delivery.silent, plain_text(card)) == (True, "card")
    delivery, _ = await day.send(NOON + timedelta(hours=2))
    assert not delivery.silent


async def test_a_silenced_card_stays_silent_when_it_is_tried_again(store: Store) -> None:
    day = Day(store, QuietHours(time(11), time(13)))
    first = await day.claim(NOON)
    await settle_sound(store, day.watcher, first, plain_message("card"), NOON)
    (again,) = await claim(store, NOON + timedelta(minutes=5))
    assert (again.id, again.silent) == (first.id, True)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-07-01"])
def test_a_day_begins_at_midnight_of_the_chat_even_when_clocks_change(day: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=zone).astimezone(UTC)
    began = day_began(noon, zone)
    assert began.astimezone(zone).strftime("%Y-%m-%d %H:%M") == f"{day} 00:00"
    assert began.tzinfo is UTC
