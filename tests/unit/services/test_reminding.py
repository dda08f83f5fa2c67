"""A critical alert that nobody in a group has after a quarter of an hour is reminded of, once."""

from dataclasses import replace

import pytest

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chat_settings import ChatSettings
from bot.domain.chats import ChatKind
from bot.domain.deliveries import Delivery, Receipt, Urgency
from bot.domain.messages import Text, plain_text
from bot.domain.polls import PlannedAlert
from bot.domain.triage import Acknowledgement
from bot.matching.records import Priority
from bot.ports.store import Store
from bot.services.reminding import CriticalReminders
from tests.contract.outbox import claim
from tests.factories import (
    HEADLINE,
    build_destination,
    build_feed,
    build_person,
    build_planned_card,
    build_ringing_poll,
)
from tests.fakes.clock import FakeClock

GROUP = build_destination("-1001", kind=ChatKind.GROUP)
DANA = build_person("7", name="Dana")


class Watch:
    """A group that wants reminders, a store and a clock."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, FakeClock()
        self.reminders = CriticalReminders(store, self.clock)

    async def begin(
        self, *, wanted: bool = True, priority: Priority = Priority.CRITICAL, discreet: bool = False
    ) -> str:
        """A story rings and its card is sent; the alert's id."""
        now = self.clock.now()
        await self.store.sync_feeds([build_feed()], now)
        entry = AuditEntry(now, DANA.key, Action.CHANGED, Subject.SETTING, "reminders", GROUP.key, name="Dana")
        await self.store.record_settings(GROUP, ChatSettings(reminders=wanted, discreet=discreet), entry)
        poll = build_ringing_poll("item-1")
        card = build_planned_card(destination=GROUP, urgency=Urgency.CRITICAL)
        await self.store.record_polls([replace(poll, alerts=(PlannedAlert("item-1", priority),), cards=(card,))], now)
        (delivery,) = await claim(self.store, now)
        await self.store.record_sent(delivery.id, Receipt("500"), now)
        return delivery.alert_id

    async def pass_minutes(self, minutes: float) -> list[Delivery]:
        """What is sent meanwhile."""
        for _ in range(round(minutes * 2)):
            await self.clock.advance(30)
            await self.reminders.send_due()
        sent = await claim(self.store, self.clock.now())
        for one in sent:
            await self.store.record_sent(one.id, Receipt(f"r{one.id}"), self.clock.now())
        return sent


@pytest.fixture
def watch(store: Store) -> Watch:
    return Watch(store)


async def test_after_a_quarter_of_an_hour_the_admins_are_called_once(watch: Watch) -> None:
    alert = await watch.begin()
    assert await watch.pass_minutes(14) == []
    (reminder,) = await watch.pass_minutes(2)
    assert reminder.message is not None
    assert plain_text(reminder.message).splitlines() == [f"⏰ Nobody has {alert} after 15 min.", HEADLINE, "Dana"]
    called = [span for block in reminder.message.blocks for span in getattr(block, "spans", ())]
    assert [span.mention for span in called if isinstance(span, Text) and span.mention] == ["7"]
    assert reminder.reply_to.message == "500"
    assert [(button.action, button.subject) for row in reminder.message.buttons for button in row] == [("ack", alert)]
    assert await watch.pass_minutes(60) == []


async def test_who_has_the_story_needs_no_reminder(watch: Watch) -> None:
    alert = await watch.begin()
    await watch.store.record_acknowledgement(Acknowledgement(alert, DANA.key, "Dana", watch.clock.now()))
    assert [one for one in await watch.pass_minutes(30) if one.message] == []


async def test_chats_that_did_not_ask_are_left_alone(watch: Watch) -> None:
    await watch.begin(wanted=False)
    assert await watch.pass_minutes(30) == []


async def test_only_critical_alerts_are_reminded_of(watch: Watch) -> None:
    await watch.begin(priority=Priority.HIGH)
    assert await watch.pass_minutes(30) == []


async def test_after_an_outage_nobody_is_reminded_of_what_is_hours_old(watch: Watch) -> None:
    await watch.begin()
    await watch.clock.advance(7 * 3600)
    assert await watch.pass_minutes(5) == []


async def test_a_discreet_group_is_told_no_headline(watch: Watch) -> None:
    alert = await watch.begin(discreet=True)
    (reminder,) = await watch.pass_minutes(16)
    assert reminder.message is not None
    assert plain_text(reminder.message).splitlines() == [f"⏰ Nobody has {alert} after 15 min.", "Dana"]
