"""How SIGTERM and SIGINT end what runs: the service in order, within ten seconds, whatever hangs."""

import asyncio
import os
import signal
import threading
from collections.abc import Coroutine
from typing import Any

import structlog

# Hosting platforms kill after 10 s (Docker) or 30 s (Heroku). What is not done by then is as safe as in a crash:
# everything is in the database, and the next start goes on from there.
_DEADLINE_SECONDS = 9.0

_SIGNALS = (signal.SIGTERM, signal.SIGINT)

log = structlog.get_logger(__name__)


async def run_until_signalled(work: Coroutine[Any, Any, None]) -> None:
    """Runs `work` to its end, or until a signal cancels it; a second signal cancels what is still finishing.

    If the process has not ended nine seconds after the first signal, it is ended. Raises what `work` raises.
    """
    task = asyncio.create_task(work, name="service")
    ending = _Ending(task)
    ending.listen()
    await asyncio.wait([task])
    ending.stop_listening()
    if not task.cancelled():
        task.result()
    log.info("stopped")


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set, for what ends by itself once it knows."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in _SIGNALS:
        loop.add_signal_handler(name, stop.set)
    return stop


class _Ending:
    def __init__(self, task: "asyncio.Task[None]") -> None:
        self._task = task
        self._signals = 0

    def listen(self) -> None:
        loop = asyncio.get_running_loop()
        for name in _SIGNALS:
            loop.add_signal_handler(name, self._on_signal)

    def stop_listening(self) -> None:
        """What is left of an end that was asked for is not to be cut short by one more signal."""
        if self._signals:
            for name in _SIGNALS:
                asyncio.get_running_loop().remove_signal_handler(name)
                signal.signal(name, signal.SIG_IGN)

    def _on_signal(self) -> None:
        self._signals += 1
        if self._signals == 1:
            log.info("stopping", seconds_at_most=_DEADLINE_SECONDS)
            deadline = threading.Timer(_DEADLINE_SECONDS, _end_now)
            deadline.daemon = True
            deadline.start()
        if self._signals <= 2:  # noqa: PLR2004  the first lets things finish, the second does not
            self._task.cancel()


def _end_now() -> None:
    log.warning("stopped_unfinished", reason="Something did not end in time. Nothing is lost.")
    os._exit(0)
