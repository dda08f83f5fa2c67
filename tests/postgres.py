"""A PostgreSQL of the tests' own, from Debian's binaries: made in a temporary folder, gone with the test session.

`initdb` refuses root, so a test session that runs as root starts it as the user `postgres`, or else as `nobody`.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import pytest

# For end-to-end tests, which otherwise run on both stores.
only_on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
only_on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

_TEMPLATE = "template_of_tests"
_DURABLE = "-c max_connections=200"
# Nothing here has to survive a power cut.
_QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB"


@dataclass(slots=True)
class Server:
    """A running server, reached by a socket in its folder."""

    folder: Path
    control: Callable[..., None]  # runs `pg_ctl` with these arguments
    made: int = 0

    def url(self, database: str) -> str:
        """The DATABASE_URL of a database."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def make_database(self, template: str = "template1") -> str:
        """A new database; its DATABASE_URL."""
        self.made += 1
        name = f"test_{self.made}"
        # With fsync off, copying files takes a third of the time of copying pages.
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Removes a database, whoever is connected."""
        self.execute(f"DROP DATABASE {url.rpartition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    def make_template(self) -> str:
        """The database that others are copied from, empty at first."""
        self.execute(f"CREATE DATABASE {_TEMPLATE}")
        return self.url(_TEMPLATE)

    def make_migrated_database(self) -> str:
        """A new database with the present schema; its DATABASE_URL."""
        return self.make_database(_TEMPLATE)

    def stop(self) -> None:
        """Ends it as a restart does: every connection breaks."""
        self.control("-m", "fast", "stop")

    def start(self) -> None:
        """Starts it again after `stop`."""
        self.control("start")

    def execute(self, statement: str) -> None:
        """Runs a statement outside of any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def start_server(*, quick: bool = True) -> Iterator[Server]:
    """A server for as long as the block lasts; what a `quick` one was told would not survive a power cut.

    Skips the test where there are no binaries, fails it in CI.
    """
    binaries = find_binaries()
    if binaries is None:
        reason = "PostgreSQL's server programs are missing: install Debian's package `postgresql`"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(f"NOT TESTED ON POSTGRESQL. {reason}.")
    folder = Path(tempfile.mkdtemp(prefix="tocsin-pg-"))
    account = _server_account()
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [binaries / program, *arguments],
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        listening = f"{_QUICK if quick else _DURABLE} -c listen_addresses= -k {folder}"
        server = Server(folder, partial(run, "pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", listening))
        server.start()
        try:
            yield server
        finally:
            server.control("-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def find_binaries() -> Path | None:
    """The folder of the newest server programs, where Debian puts them or on the PATH."""
    versions = Path("/usr/lib/postgresql")
    folders = sorted(versions.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    candidates = [*folders, *([Path(on_path).parent] if on_path else [])]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def _server_account() -> pwd.struct_passwd | None:
    """The user the server runs as if we are root; None for our own."""
    if os.geteuid() != 0:
        return None
    known = {account.pw_name: account for account in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]
