"""Whether chats that hang, are flooded or forbid cost the others anything.

500 chats get messages, a twentieth of a second apart; in one run all are well, in the other one hangs, one is under
flood control for an hour and ten have blocked the bot. What counts is the time from the outbox to the chat for the
488 others. On a clock that moves on when everybody waits for it, this is a matter of our own rules alone: lanes, slots,
retries. In real time it is also what the machine has to do for the sick, with the machine's own unrest; so short runs
take turns, and how far two halves of the undisturbed ones lie apart says what a difference means.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import chain
from statistics import quantiles
from typing import cast

from benchmarks.outbox_parts import Platformer, build_lanes, open_fresh
from bot.clock import SystemClock
from bot.domain.chats import Destination, Platform
from bot.domain.deliveries import OutgoingMessage
from bot.domain.messages import plain_message
from bot.errors import SendError, SendOutcome
from bot.ports.clock import Clock
from bot.ports.store import Store
from tests.factories import build_destination
from tests.fakes.patient_clock import CountedStore, PatientClock

_HANGS, _FLOODED, _SICK = 0, 1, 12  # the numbers of the chats; those up to the last forbid
_GAP_SECONDS = 0.05
LATENCY_SECONDS = 0.05
_LAST_SECONDS = 2.0
_GONE = SendError(SendOutcome.DESTINATION_GONE, "blocked")
_FLOOD = SendError(SendOutcome.RATE_LIMITED, "429", retry_after=timedelta(hours=1))

PassTime = Callable[[float], Awaitable[None]]


async def wait_on_a_fast_clock(store: Store, *, sick: bool, chats: int, messages: int) -> list[float]:
    """The seconds that each message to a well chat took, by our own rules alone: the same in every run."""
    counted = CountedStore(store)
    clock = PatientClock(counted)
    return await _send(cast("Store", counted), clock, clock.advance, sick=sick, chats=chats, messages=messages)


async def wait_in_real_time(store: Store, *, sick: bool, chats: int, messages: int) -> list[float]:
    """As `wait_on_a_fast_clock`, with all that this machine takes for it."""
    return await _send(store, SystemClock(), asyncio.sleep, sick=sick, chats=chats, messages=messages)


async def _send(
    store: Store, clock: Clock, pass_time: PassTime, *, sick: bool, chats: int, messages: int
) -> list[float]:
    messenger = Platformer(Platform.TELEGRAM, _trouble if sick else _no_trouble, clock)
    messenger.latency, messenger.hanging = LATENCY_SECONDS, str(_HANGS) if sick else ""
    lanes = build_lanes(store, messenger, clock)
    running = asyncio.create_task(lanes.run())
    began: dict[str, float] = {}
    for number in range(messages):
        chat, text = build_destination(str(number % chats)), f"m{number}"
        began[text] = clock.monotonic()
        await store.enqueue([OutgoingMessage(text, chat, plain_message(text))], clock.now())
        lanes.wake()
        await pass_time(_GAP_SECONDS)
    await pass_time(_LAST_SECONDS)
    running.cancel()
    await asyncio.sleep(0)
    running.cancel()  # nobody is to wait until what hangs has been given up
    await asyncio.gather(running, return_exceptions=True)
    return [at - began[text] for key, text, at in messenger.arrived if int(key.rpartition(":")[2]) >= _SICK]


def _trouble(destination: Destination) -> tuple[SendError | None, bool]:
    number = int(destination.address) if destination.address.isdecimal() else _SICK
    if number >= _SICK:
        return None, True
    return (_FLOOD if number == _FLOODED else _GONE), False


def _no_trouble(destination: Destination) -> tuple[SendError | None, bool]:
    del destination
    return None, True


async def _on_a_fresh_store(
    wait: Callable[..., Awaitable[list[float]]], *, sick: bool, chats: int, messages: int
) -> list[float]:
    async with open_fresh() as store:
        return await wait(store, sick=sick, chats=chats, messages=messages)


def p99(waits: list[float]) -> float:
    """The 99th percentile, in milliseconds."""
    return quantiles(waits, n=100)[98] * 1000


async def print_sick_chats(rounds: int = 12) -> None:
    """One line for each clock."""
    well, beside = [
        await _on_a_fresh_store(wait_on_a_fast_clock, sick=sick, chats=500, messages=2_000) for sick in (False, True)
    ]
    print(
        f"sick chats, fast clock: p99 from outbox to chat {p99(well):.0f} ms undisturbed, {p99(beside):.0f} ms beside "
        f"one that hangs, one that is flooded and ten that forbid ({(p99(beside) / p99(well) - 1) * 100:+.1f} %)",
        flush=True,
    )
    calm: list[list[float]] = []
    disturbed: list[float] = []
    for turn in range(rounds):
        for sick in (False, True) if turn % 2 else (True, False):
            waits = await _on_a_fresh_store(wait_in_real_time, sick=sick, chats=100, messages=200)
            if sick:
                disturbed += waits
            else:
                calm.append(waits)
    halves = [p99([*chain(*calm[start::2])]) for start in (0, 1)]
    whole = p99([*chain(*calm)])
    print(
        f"sick chats, real time: {whole:.0f} ms undisturbed, {p99(disturbed):.0f} ms beside them "
        f"({(p99(disturbed) / whole - 1) * 100:+.1f} %; two halves of the undisturbed rounds lie "
        f"{(max(halves) / min(halves) - 1) * 100:.1f} % apart)"
    )
