"""Plays the cases of a command on every platform, and writes down what people were shown."""

import asyncio
import logging
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import structlog

from bot.domain.language import install
from bot.sources.catalogues import load_catalogues
from tests.conformance import table_alerts, table_chat, table_lists
from tests.conformance.cases import Case, Kind
from tests.conformance.console_seat import open_console_seat
from tests.conformance.seats import Seat
from tests.conformance.slack_seat import open_slack_seat
from tests.conformance.telegram_seat import open_telegram_seat
from tests.conformance.voices import Voice
from tests.conformance.world import Stage, World
from tests.fakes.clock import FakeClock

GOLDEN = Path(__file__).parent / "golden"
CASES: dict[str, tuple[Case, ...]] = {**table_lists.CASES, **table_alerts.CASES, **table_chat.CASES}
Opener = Callable[[FakeClock, Path, Voice], AbstractAsyncContextManager[Seat]]
SEATS: tuple[Opener, ...] = (open_telegram_seat, open_slack_seat, open_console_seat)
_ENGLISH = Voice()


async def play(command: str, stage: Stage) -> str:
    """The golden file of a command: each case with what each platform showed."""
    shown: dict[Case, dict[str, list[str]]] = {case: {} for case in CASES[command]}
    for open_seat in SEATS:
        await play_at(open_seat, stage, shown)
    return "".join(_write(case, by_platform) for case, by_platform in shown.items())


async def play_at(
    open_seat: Opener, stage: Stage, shown: dict[Case, dict[str, list[str]]], voice: Voice = _ENGLISH
) -> None:
    """Plays cases on one platform in one language; what was shown comes into `shown` under the platform's name."""
    with tempfile.TemporaryDirectory() as name:
        clock, folder = FakeClock(), Path(name)
        async with open_seat(clock, folder, voice) as seat:
            for opening, cases in (
                (stage.open_empty, [case for case in shown if case.kind is Kind.EMPTY]),
                (stage.open_full, [case for case in shown if case.kind is not Kind.EMPTY]),
            ):
                await _play_on(seat, cases, opening(seat, clock, folder), shown, voice)


async def _play_on(
    seat: Seat,
    cases: list[Case],
    opening: AbstractAsyncContextManager[World],
    shown: dict[Case, dict[str, list[str]]],
    voice: Voice,
) -> None:
    if cases:
        async with opening as world:
            for case in cases:
                shown[case][seat.name] = await world.play(voice.spoken(case))


def _write(case: Case, shown: dict[str, list[str]]) -> str:
    lines = [f"{'=' * 8} {case.kind}: {case.title}"]
    lines += [f"{number}. {step}" for number, step in enumerate(case.steps, 1)]
    for name, texts in shown.items():
        lines += [f"-------- {name}", *(f"{number}. {text}" for number, text in enumerate(texts, 1))]
    return "\n".join(lines) + "\n\n"


async def _write_all(commands: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        for command in commands or CASES:
            (GOLDEN / f"{command}.txt").write_text(await play(command, stage), encoding="utf-8")


def main(commands: Sequence[str]) -> None:
    """Writes the golden files of these commands anew, or all."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    install(load_catalogues())
    GOLDEN.mkdir(exist_ok=True)
    asyncio.run(_write_all(commands))
