"""`tocsin` as a person runs it: a process with an environment, a data folder and watchlists of its own."""

import asyncio
import json
import os
import resource
import shutil
import signal
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
from psycopg.sql import SQL, Identifier

from bot.config import SHIPPED_WATCHLISTS, setting_names
from tests.e2e.processes import Process, fork_loaded, start_anew

_PATIENCE_SECONDS = 30.0
_EVERY_ROW = SQL("SELECT * FROM {}")
# A person on a slow machine: the promise is ten seconds.
_IN_TIME = 10.0
# Root may write anywhere, and nobody can mount a disk anew under an open file; but each connection can be told.
_SWITCH = """
import pathlib, sqlite3
connect, switch = sqlite3.connect, pathlib.Path(__file__).with_name("read-only")
def connect_switchable(*args, factory=sqlite3.Connection, **kwargs):
    class Switchable(factory):
        def execute(self, sql, *parameters):
            if sql.startswith("BEGIN"):
                super().execute(f"PRAGMA query_only = {int(switch.exists())}")
            return super().execute(sql, *parameters)
    return connect(*args, factory=Switchable, **kwargs)
sqlite3.connect = connect_switchable
"""


@dataclass(slots=True)
class Home:
    """A working folder with a data directory, watchlists and settings, in which `tocsin` is started.

    `forks` says that its processes need not load everything themselves.
    """

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    forks: bool = True

    @classmethod
    def build(
        cls,
        folder: Path,
        connections: Mapping[str, str] | None = None,
        *,
        watchlists: tuple[str, ...] = ("csto", "ttp"),
        **settings: str,
    ) -> "Home":
        """A home with some of the shipped watchlists, loopback allowed as a private network, and these settings."""
        lists = folder / "watchlists"
        lists.mkdir(parents=True)
        for name in (*watchlists, "groups"):
            shutil.copy(SHIPPED_WATCHLISTS / f"{name}.yaml", lists)
        return cls(
            folder,
            {
                "TOCSIN_DATA_DIR": str(folder / "data"),
                "TOCSIN_WATCHLISTS": str(lists),
                "TOCSIN_PRIVATE_NETWORKS": "127.0.0.1/32",
                **(connections or {}),
                **settings,
            },
        )

    def write_feeds(self, **urls: str) -> None:
        """Makes a feeds.yaml of English feeds with these addresses by id."""
        rows = [
            f'  - {{id: {feed_id}, name: "{feed_id.title()} Wire", url: "{url}", lang: en, grade: B}}\n'
            for feed_id, url in urls.items()
        ]
        (self.folder / "watchlists" / "feeds.yaml").write_text("schema: 1\nfeeds:\n" + "".join(rows), encoding="utf-8")

    async def call(self, *arguments: str, given: str = "") -> tuple[int, str, str]:
        """Runs a verb to its end; exit code, standard output and standard error."""
        process = await self._start(arguments, given)
        assert process.stdout is not None
        assert process.stderr is not None
        async with asyncio.timeout(_PATIENCE_SECONDS):
            out, err, code = await asyncio.gather(process.stdout.read(), process.stderr.read(), process.wait())
        return code, out.decode(), err.decode()

    async def call_json(self, *arguments: str) -> Any:
        """Runs a verb with `--json`, which must succeed; the document it printed."""
        code, out, err = await self.call(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    async def start_service(self, *arguments: str) -> "Service":
        """`tocsin run`, once it says that it has started."""
        service = await self.launch_service(*arguments)
        await service.wait_for_log('"started"')
        return service

    async def expire_leases(self) -> None:
        """A minute passes for what a killed process had claimed; nobody wants to wait for it."""
        self._change("UPDATE deliveries SET lease_until = 0 WHERE state = 'sending'")

    async def pass_waits(self) -> None:
        """Ten minutes pass for edits that are not due yet."""
        self._change("UPDATE deliveries SET not_before = 0 WHERE state = 'ahead'")

    def dump_database(self) -> str:
        """Every row of every table, as text."""
        if url := self.settings.get("DATABASE_URL"):
            with psycopg.connect(url) as postgres:
                tables = postgres.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
                rows = [
                    str(row) for (table,) in tables for row in postgres.execute(_EVERY_ROW.format(Identifier(table)))
                ]
            return "\n".join(rows)
        with closing(sqlite3.connect(self.folder / "data" / "tocsin.db")) as connection:
            return "\n".join(connection.iterdump())

    def _change(self, statement: str) -> None:
        if url := self.settings.get("DATABASE_URL"):
            with psycopg.connect(url) as postgres:
                postgres.execute(statement)
            return
        with closing(sqlite3.connect(self.folder / "data" / "tocsin.db")) as connection, connection:
            connection.execute(statement)

    async def launch_service(self, *arguments: str) -> "Service":
        """`tocsin run`, as soon as its process exists."""
        return Service(await self._start(("run", *arguments)))

    def make_switchable(self) -> None:
        """Prepares for `switch_read_only`: processes look for its file before every transaction."""
        (self.folder / "sitecustomize.py").write_text(_SWITCH, encoding="utf-8")
        self.settings["PYTHONPATH"] = str(self.folder)
        self.forks = False

    def switch_read_only(self, *, on: bool) -> None:
        """Lets SQLite refuse every write of running processes, as on a disk that the system made read-only."""
        switch = self.folder / "read-only"
        switch.touch() if on else switch.unlink()

    async def _start(self, arguments: tuple[str, ...], given: str = "") -> Process:
        start = fork_loaded if self.forks else start_anew
        inherited = {name: value for name, value in os.environ.items() if name not in setting_names()}
        environment = {**inherited, **self.settings, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
        return await start(arguments, environment, self.folder, given.encode())


class Service:
    """A running `tocsin run`; its log is read all the time."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.log: list[str] = []
        self._more = asyncio.Event()
        assert process.stderr is not None
        assert process.stdout is not None
        self._readers = [asyncio.create_task(self._read(stream)) for stream in (process.stderr, process.stdout)]

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            self.log.append(line.decode().rstrip())
            self._more.set()
        self._more.set()

    @property
    def process_id(self) -> int:
        """Its number in the system."""
        return self._process.pid

    async def wait_for_log(self, text: str) -> str:
        """The first log line that holds `text`, written already or yet to come."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while (found := next((line for line in self.log if text in line), None)) is None:
                    assert self._process.returncode is None, f"it ended: {self.log}"
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            raise AssertionError(f"{text!r} is not in the log: {self.log}") from None
        return found

    def count_in_log(self, text: str) -> int:
        """How many lines that were written so far hold `text`."""
        return sum(text in line for line in self.log)

    def set_disk_space(self, most_bytes: int | None) -> None:
        """Lets no file of the process grow beyond so many bytes, as a full disk does; None frees the disk again."""
        _, hard = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        soft = hard if most_bytes is None else most_bytes
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (soft, hard))

    def terminate(self) -> None:
        """Sends SIGTERM and does not wait."""
        self._process.send_signal(signal.SIGTERM)

    async def stop(self) -> int:
        """Sends SIGTERM; the exit code."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """Sends SIGKILL."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> int:
        if self._process.returncode is None:
            self._process.send_signal(how)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            code = await self._process.wait()
            await asyncio.gather(*self._readers)
        return code


async def find_port(service: Service) -> int:
    """Where a service that was started with PORT=0 is called."""
    port: int = json.loads(await service.wait_for_log("health_pages"))["port"]
    return port


async def read_page(service: Service, path: str) -> tuple[int, str]:
    """A health page of a service that was started with PORT=0."""
    port = await find_port(service)
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def stop_in_time(service: Service) -> float:
    """Stops with one signal; the seconds that took."""
    began = time.monotonic()
    assert await service.stop() == 0
    took = time.monotonic() - began
    assert took < _IN_TIME
    return took
