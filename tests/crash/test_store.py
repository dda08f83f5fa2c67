"""A store whose process is killed in the middle of its work has lost nothing that it acknowledged."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from bot.domain.chats import Platform
from storage import open_store

ROOT = Path(__file__).parents[2]
KILLS = (1, 7, 20, 3, 41)


def _run_and_kill(url: str, first: int, after: int) -> int:
    """Kills a recorder right after it acknowledged `after` numbers; the last one acknowledged."""
    command = [sys.executable, "-m", "tests.crash.recorder", url, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(after)]
        process.kill()
        acknowledged += [int(line) for line in process.stdout if line.endswith("\n")]
    return acknowledged[-1]


async def test_what_was_acknowledged_outlives_kills_and_nothing_is_half_there(tmp_path: Path) -> None:
    url, last = f"sqlite:///{tmp_path}/tocsin.db", 0
    for after in KILLS:
        last = _run_and_kill(url, last + 1, after)
        store = await open_store(url)
        totals = await store.count_totals()
        updates = {int(update.key) for update in await store.list_unhandled_updates(Platform.TELEGRAM, 10_000)}
        await store.close()
        # One number may have been recorded, in part of its steps, without having been acknowledged.
        assert totals.items in {2 * last, 2 * last + 2}
        assert totals.items == totals.matches == totals.stories == totals.alerts == totals.deliveries
        assert set(range(1, last + 1)) <= updates <= set(range(1, last + 2))
        with closing(sqlite3.connect(tmp_path / "tocsin.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            # Raises if the search index and the words it was made of differ.
            connection.execute("INSERT INTO item_words_fts (item_words_fts) VALUES ('integrity-check')")
        last = totals.items // 2
