"""Starting `tocsin` as a process: anew, or forked from one that has loaded it (see `nursery.py`)."""

import asyncio
import atexit
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

_ROOT = Path(__file__).parents[2]


class Process(Protocol):
    """What `asyncio.subprocess.Process` and a forked one have in common."""

    stdout: asyncio.StreamReader | None
    stderr: asyncio.StreamReader | None

    @property
    def pid(self) -> int:
        """Its number in the system."""

    @property
    def returncode(self) -> int | None:
        """How it ended: its exit code, or the negative number of the signal that killed it."""

    def send_signal(self, signal: int, /) -> None:
        """Sends a signal; the process must not have ended."""

    async def wait(self) -> int:
        """How it ended, once it has."""


async def start_anew(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, given: bytes) -> Process:
    """`python -m bot`, which loads everything."""
    with open(_hand_over(given), "rb") as stdin:  # noqa: ASYNC230  a pipe that is filled already
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=folder,
            env=environment,
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )


async def fork_loaded(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, given: bytes) -> Process:
    """The same from a process that has loaded everything."""
    (out, out_end), (err, err_end), stdin = os.pipe(), os.pipe(), _hand_over(given)
    asked = {"arguments": arguments, "environment": dict(environment), "folder": str(folder)}
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(_start_nursery())
    socket.send_fds(connection, [json.dumps(asked).encode()], [stdin, out_end, err_end])
    for handed_over in (stdin, out_end, err_end):
        os.close(handed_over)
    connection.setblocking(False)
    pid = int(await asyncio.get_running_loop().sock_recv(connection, 32))
    return _Forked(pid, await _read_pipe(out), await _read_pipe(err), connection)


class _Forked:
    """A process that is the nursery's child."""

    def __init__(
        self, pid: int, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader, connection: socket.socket
    ) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout: asyncio.StreamReader | None = stdout
        self.stderr: asyncio.StreamReader | None = stderr
        self._end = asyncio.create_task(self._hear_of_end(connection))

    async def _hear_of_end(self, connection: socket.socket) -> int:
        with connection:
            self.returncode = int(await asyncio.get_running_loop().sock_recv(connection, 32))
        return self.returncode

    def send_signal(self, signal: int, /) -> None:
        os.kill(self.pid, signal)

    async def wait(self) -> int:
        return await asyncio.shield(self._end)


def _hand_over(given: bytes) -> int:
    """A pipe with these bytes in it and nothing behind them."""
    stdin, stdin_end = os.pipe()
    os.write(stdin_end, given)
    os.close(stdin_end)
    return stdin


async def _read_pipe(number: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(number, "rb", buffering=0)
    )
    return reader


@cache
def _start_nursery() -> bytes:
    """The address of this test process's own nursery, which ends with it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(b"")  # Linux finds a name, which is no file: unix(7)
        listening.listen(100)
        nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.nursery", str(listening.fileno())],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            pass_fds=[listening.fileno()],
        )
        atexit.register(nursery.communicate)
        address: bytes = listening.getsockname()
    return address
