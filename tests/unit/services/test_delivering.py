"""Lanes: what is due is sent once, paced and retried; one bad destination holds up no other."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import cast

from bot.domain.budget import DAILY_SOUNDS
from bot.domain.chats import ChatKind, Destination
from bot.domain.deliveries import LEASE, Form
from bot.domain.messages import Attachment, plain_message, plain_text
from bot.domain.watchlists import WatchlistCatalog
from bot.errors import SendError, SendOutcome, StoreError
from bot.matching.watchlist import Status
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.delivering import Lanes
from tests.factories import build_destination, build_feed, build_outgoing, build_ringing_poll, build_watchlist
from tests.fakes.clock import START, FakeClock
from tests.fakes.messenger import FakeMessenger
from tests.fakes.patient_clock import CountedStore, PatientClock

DESK, OTHER = build_destination("1001"), build_destination("1002")


class QuickClock(FakeClock):
    """Whoever sleeps moves it on at once; `naps` counts how often."""

    naps = 0

    async def sleep(self, seconds: float) -> None:
        self.naps += 1
        await self.advance(max(seconds, 0))


class Post:
    """Lanes over a real store, to a platform a test can break; `csto` is the only list."""

    def __init__(self, store: Store, status: Status = Status.STABLE, *, keeps_markers: bool = False) -> None:
        self.store, self.clock = store, QuickClock()
        self.messenger = FakeMessenger(self.clock.monotonic, keeps_markers=keeps_markers)
        self.catalog = Catalog(WatchlistCatalog((build_watchlist(status=status),)))
        self.lanes = Lanes(store, self.messenger, self.catalog, self.clock, chance=random.Random(7))

    async def ring(self, key: str, *destinations: Destination) -> None:
        """A story rings at these destinations."""
        await self.store.sync_feeds([build_feed()], self.clock.now())
        for destination in destinations:
            await self.store.ensure_destination(destination)
            await self.store.subscribe(destination, "csto", "telegram:42", self.clock.now())
        await self.store.record_polls([build_ringing_poll(key, *destinations)], self.clock.now())

    async def deliver_until(self, seconds: float) -> None:
        """Delivers whatever falls due within so many seconds."""
        until = self.clock.monotonic() + seconds
        while self.clock.monotonic() < until:
            await self.lanes.deliver_due()
            await self.clock.advance(0.5)

    @property
    def arrived(self) -> list[str]:
        return [sent.destination for sent in self.messenger.sent]


async def test_a_card_is_sent_to_every_destination_once(store: Store) -> None:
    post = Post(store)
    await post.ring("item-1", DESK, OTHER)
    await post.deliver_until(5)
    assert sorted(post.arrived) == [DESK.key, OTHER.key]
    assert (await store.count_totals()).deliveries_pending == 0


async def test_messages_to_one_chat_keep_their_distance_and_their_order(store: Store) -> None:
    post = Post(store)
    for number in range(4):
        await post.ring(f"item-{number}", DESK)
    await post.deliver_until(10)
    times = [sent.at for sent in post.messenger.sent]
    assert len(times) == 4
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(times))
    alerts = await store.list_alerts(DESK.key, post.clock.now() - timedelta(days=1), 10)
    sent_ids = [_alert_id(plain_text(sent.message)) for sent in post.messenger.sent]
    assert sorted(sent_ids) == sorted(view.alert.id for view in alerts)


def _alert_id(card: str) -> str:
    return card.splitlines()[0].rsplit(" ", 1)[1]


async def test_a_platform_that_is_down_gets_everything_later(store: Store) -> None:
    post = Post(store)
    post.messenger.refuse(DESK, *[SendError(SendOutcome.NOT_SENT, "down") for _ in range(5)])
    await post.ring("item-1", DESK)
    await post.deliver_until(200)
    assert post.arrived == [DESK.key]
    assert len(post.messenger.attempts) == 6


async def test_an_ambiguous_failure_is_repeated_once_and_says_so(store: Store) -> None:
    post = Post(store)
    post.messenger.refuse(DESK, SendError(SendOutcome.UNKNOWN, "reset"))
    await post.ring("item-1", DESK)
    await post.deliver_until(30)
    (sent,) = post.messenger.sent
    assert "Possibly a repeat" in plain_text(sent.message)


async def test_two_ambiguous_failures_are_not_repeated_again(store: Store) -> None:
    post = Post(store)
    post.messenger.refuse(DESK, *[SendError(SendOutcome.UNKNOWN, "reset")] * 3)
    await post.ring("item-1", DESK)
    await post.deliver_until(120)
    assert len(post.messenger.attempts) == 3 + 1
    (notice,) = post.messenger.sent
    (view,) = await store.list_alerts(DESK.key, post.clock.now() - timedelta(days=1), 10)
    text = plain_text(notice.message)
    assert text.startswith("🗂 1 alert may not have arrived\n")
    assert view.alert.id in text
    assert (await store.count_totals()).deliveries_failed == 0
    assert (await store.list_missed(DESK.key, 10, 0)).total == 1


async def test_a_refused_message_is_tried_in_simpler_forms_and_holds_up_nothing(store: Store) -> None:
    post = Post(store)
    post.messenger.refuse(DESK, *[SendError(SendOutcome.BAD_MESSAGE, "can't parse")] * 2)
    await post.ring("item-1", DESK)
    await post.ring("item-2", DESK)
    await post.deliver_until(20)
    assert [sent.form for sent in post.messenger.sent] == [Form.MINIMAL, Form.RICH]


async def test_flood_control_of_one_chat_is_honoured_and_touches_no_other(store: Store) -> None:
    post = Post(store)
    wait = timedelta(seconds=40)
    post.messenger.refuse(DESK, SendError(SendOutcome.RATE_LIMITED, "429", retry_after=wait))
    await post.ring("item-1", DESK, OTHER)
    await post.deliver_until(60)
    at = {sent.destination: sent.at for sent in post.messenger.sent}
    assert at[DESK.key] >= wait.total_seconds()
    assert at[OTHER.key] < 2


async def test_flood_control_of_three_chats_at_once_is_that_of_the_whole_bot(store: Store) -> None:
    post = Post(store)
    flooded = [build_destination(str(number)) for number in (1, 2, 3)]
    for destination, wait in zip(flooded, (60, 40, 50), strict=True):
        refusal = SendError(SendOutcome.RATE_LIMITED, "429", retry_after=timedelta(seconds=wait))
        post.messenger.refuse(destination, refusal)
    await post.ring("item-1", *flooded)
    await post.deliver_until(5)
    await post.ring("item-2", OTHER)
    await post.deliver_until(90)
    at = {sent.destination: sent.at for sent in post.messenger.sent}
    assert at[OTHER.key] >= 40
    assert at[flooded[0].key] >= 60
    assert len(post.messenger.attempts) == 3 + 4


async def test_a_destination_that_is_gone_gets_nothing_more(store: Store) -> None:
    post = Post(store)
    post.messenger.refuse(DESK, SendError(SendOutcome.DESTINATION_GONE, "blocked"))
    await post.ring("item-1", DESK)
    await post.deliver_until(5)
    await post.ring("item-2", OTHER)
    await post.deliver_until(60)
    assert post.messenger.attempts == [DESK.key, OTHER.key]


async def test_a_hanging_destination_holds_up_no_other(store: Store) -> None:
    post = Post(store)
    release = post.messenger.hold(DESK)
    await post.ring("item-1", DESK, OTHER)
    delivering = asyncio.create_task(post.lanes.deliver_due())
    await post.messenger.wait_for(1)
    assert DESK.key not in post.arrived
    release.set()
    await delivering
    assert sorted(post.arrived) == [DESK.key, OTHER.key]


async def test_what_was_unwatched_meanwhile_is_not_sent(store: Store) -> None:
    post = Post(store)
    await post.ring("item-1", DESK)
    await store.unsubscribe(DESK, "csto", "telegram:42", START)
    await post.deliver_until(5)
    assert post.arrived == []
    assert (await store.count_totals()).deliveries_pending == 0


async def test_a_list_put_on_trial_meanwhile_is_not_sent(store: Store) -> None:
    post = Post(store, Status.TEST)
    await post.ring("item-1", DESK)
    await post.deliver_until(5)
    assert post.arrived == []


async def test_answers_go_before_alerts(store: Store) -> None:
    post = Post(store)
    await post.ring("item-1", DESK)
    await store.enqueue([build_outgoing(destination=DESK)], post.clock.now())
    await post.deliver_until(5)
    assert "Watching CSTO" in plain_text(post.messenger.sent[0].message)
    assert len(post.messenger.sent) == 2


async def test_what_a_crashed_process_was_sending_is_sent_again_as_a_possible_repeat(store: Store) -> None:
    post = Post(store)
    await post.ring("item-1", DESK)
    claimed = await store.claim_deliveries(post.messenger.platform, post.clock.now(), 1, LEASE, frozenset())
    assert len(claimed) == 1
    await post.deliver_until(LEASE.total_seconds() + 5)
    (sent,) = post.messenger.sent
    assert sent.at >= LEASE.total_seconds()
    assert "Possibly a repeat" in plain_text(sent.message)


async def test_a_group_gets_at_most_nineteen_messages_a_minute(store: Store) -> None:
    post = Post(store)
    group = build_destination("-1001", kind=ChatKind.GROUP)
    await store.enqueue(
        [build_outgoing(f"reply-{number}", destination=group) for number in range(25)], post.clock.now()
    )
    await post.deliver_until(60)
    assert len(post.messenger.sent) == 19
    await post.deliver_until(30)
    assert len(post.messenger.sent) == 25


async def test_a_platform_that_went_silent_is_only_probed_until_it_answers(store: Store) -> None:
    post = Post(store)
    destinations = [build_destination(str(number)) for number in range(8)]
    post.messenger.outage = SendError(SendOutcome.UNKNOWN, "502")
    await post.ring("item-1", *destinations)
    await post.deliver_until(600)
    assert len(post.messenger.attempts) <= len(destinations)
    gaps = [later - earlier for earlier, later in pairwise(post.messenger.probes)]
    assert len(gaps) > 15
    assert min(gaps) > 29.9
    assert not post.lanes.is_reached
    post.messenger.outage = None
    await post.deliver_until(60)
    assert sorted(post.arrived) == sorted(destination.key for destination in destinations)
    assert post.lanes.is_reached


async def test_a_chat_that_fails_alone_does_not_stop_the_platform(store: Store) -> None:
    post = Post(store)
    post.messenger.refuse(DESK, *[SendError(SendOutcome.NOT_SENT, "down")] * 8)
    await post.ring("item-1", DESK)
    await post.deliver_until(200)
    assert post.lanes.is_reached
    await post.ring("item-2", OTHER)
    await post.deliver_until(5)
    assert OTHER.key in post.arrived


async def test_a_platform_that_keeps_markers_is_asked_before_anything_is_sent_again(store: Store) -> None:
    post = Post(store, keeps_markers=True)
    await post.ring("item-1", DESK)
    post.messenger.loses_answers = True
    await post.deliver_until(30)
    assert post.arrived == [DESK.key]
    assert (await store.count_totals()).deliveries_pending == 0
    assert (await store.count_totals()).deliveries_failed == 0


async def test_what_such_a_platform_never_got_is_sent_until_it_has_it_and_is_no_repeat(store: Store) -> None:
    post = Post(store, keeps_markers=True)
    post.messenger.refuse(DESK, *[SendError(SendOutcome.UNKNOWN, "reset")] * 4)
    await post.ring("item-1", DESK)
    await post.deliver_until(120)
    (sent,) = post.messenger.sent
    assert "Possibly a repeat" not in plain_text(sent.message)


async def test_a_file_carries_no_marker_and_is_sent_twice_at_most(store: Store) -> None:
    post = Post(store, keeps_markers=True)
    post.messenger.loses_answers = True
    file = Attachment("alerts.csv", "text/csv", b"id\n")
    message = replace(plain_message("2 alerts"), attachment=file)
    await store.enqueue([build_outgoing("export", destination=DESK, message=message)], post.clock.now())
    await post.deliver_until(120)
    assert [sent.message.attachment for sent in post.messenger.sent] == [file, file]
    assert (await store.count_totals()).deliveries_failed == 1


async def test_after_an_outage_a_destination_gets_five_cards_and_one_message_with_the_rest(store: Store) -> None:
    post = Post(store)
    post.messenger.outage = SendError(SendOutcome.NOT_SENT, "down")
    for number in range(30):
        await post.ring(f"item-{number}", DESK)
    await post.ring("item-0", OTHER)
    await post.deliver_until(100)
    post.messenger.outage = None
    await post.deliver_until(120)
    texts = [plain_text(sent.message) for sent in post.messenger.sent if sent.destination == DESK.key]
    assert len(texts) == 6
    assert texts[-1].startswith("🟠 Busy: 25 alerts in 1 min")
    missed = await store.list_missed(DESK.key, 100, 0)
    covered = {view.alert.id for view in missed.alerts}
    shown = {_alert_id(text) for text in texts[:-1]}
    assert len(covered) == 25
    assert len(covered | shown) == 30


async def test_an_outage_uses_up_no_second_try(store: Store) -> None:
    post = Post(store)
    post.messenger.outage = SendError(SendOutcome.UNKNOWN, "read timeout")
    await post.ring("item-1", DESK)
    await post.deliver_until(120)
    assert len(post.messenger.attempts) == 1
    post.messenger.outage = None
    await post.deliver_until(120)
    (sent,) = post.messenger.sent
    assert "Possibly a repeat" in plain_text(sent.message)


async def test_a_message_that_breaks_the_adapter_is_tried_in_simpler_forms(store: Store) -> None:
    post = Post(store)
    post.messenger.break_on(DESK, ValueError("unforeseen"), times=2)
    await post.ring("item-1", DESK)
    await post.ring("item-2", DESK)
    await post.deliver_until(20)
    assert [sent.form for sent in post.messenger.sent] == [Form.MINIMAL, Form.RICH]


async def test_a_database_that_refuses_for_minutes_makes_nobody_get_a_message_twice(store: Store) -> None:
    counted = CountedStore(store)
    clock = PatientClock(counted)
    messenger = FakeMessenger(clock.monotonic)
    catalog = Catalog(WatchlistCatalog((build_watchlist(),)))
    lanes = Lanes(cast("Store", counted), messenger, catalog, clock, chance=random.Random(7))
    await store.enqueue([build_outgoing("first", destination=DESK, message=plain_message("first"))], clock.now())
    release = messenger.hold(DESK)
    running = asyncio.create_task(lanes.run())
    await messenger.wait_for_attempts(1)
    counted.refusal = StoreError("read-only", "Wait.")
    release.set()
    await clock.advance(180)
    counted.refusal = None
    await store.enqueue([build_outgoing("second", destination=DESK, message=plain_message("second"))], clock.now())
    await clock.advance(30)
    assert messenger.attempts == [DESK.key, DESK.key]
    assert [plain_text(sent.message) for sent in messenger.sent] == ["first", "second"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_full_lanes_wait_instead_of_asking_the_store_again_and_again(store: Store) -> None:
    post = Post(store)
    chats = [build_destination(str(number)) for number in range(70)]
    releases = [post.messenger.hold(chat) for chat in chats]
    await post.ring("item-1", *chats)
    running = asyncio.create_task(post.lanes.run())
    await post.messenger.wait_for_attempts(64)
    naps, started = post.clock.naps, post.clock.monotonic()
    for _ in range(1000):
        await asyncio.sleep(0)
    assert (post.clock.naps - naps - 1) * 30 <= post.clock.monotonic() - started
    for release in releases:
        release.set()
    await post.messenger.wait_for(70)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_beyond_the_budget_of_a_day_cards_go_out_without_a_sound_and_say_so(store: Store) -> None:
    post = Post(store)
    for number in range(DAILY_SOUNDS + 1):
        await post.ring(f"item-{number}", DESK)
        await post.deliver_until(3)
        await post.clock.advance(240)  # not so many at once that they become one message
    texts = [plain_text(sent.message) for sent in post.messenger.sent]
    assert [f"daily limit of {DAILY_SOUNDS} reached" in text for text in texts] == [False] * DAILY_SOUNDS + [True]
