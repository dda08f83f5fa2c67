"""`tocsin watchlists routes` tells what goes where by the file and by the chats, in one listing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.chats import Destination, Level, Platform
from storage import open_store
from tests.integration.typing_verbs import Tocsin

CHAT = Destination(Platform.TELEGRAM, "77", title="Olim")
OTHER = Destination(Platform.TELEGRAM, "78", title="Dana")
ROUTES = """\
schema: 1
destinations:
  desk: {telegram: 77, title: Dushanbe desk}
routes:
  - {to: [desk], lists: [csto]}
"""


@pytest.fixture
async def watched(tmp_path: Path, lists: Path) -> None:
    """Both chats chose the list for themselves, one for its digest only; the file names one of them."""
    (lists / "routes.yaml").write_text(ROUTES, encoding="utf-8")
    store = await open_store(f"sqlite:///{tmp_path}/data/tocsin.db")
    await store.migrate()
    await store.subscribe(CHAT, "csto", "telegram:7", datetime.now(UTC), level=Level.HIGH)
    await store.subscribe(OTHER, "csto", "telegram:8", datetime.now(UTC), level=Level.DIGEST)
    await store.close()


@pytest.mark.usefixtures("watched")
def test_the_title_of_the_file_and_how_much_a_chat_chose_are_told(tocsin: Tocsin) -> None:
    desk, *rows, other, chosen = tocsin("watchlists", "routes").out.splitlines()
    assert desk == "desk · telegram:77 · Dushanbe desk · UTC"
    assert sorted(" ".join(row.split()[:4]) for row in rows) == ["csto all routes.yaml, line", "csto high and louder"]
    assert other == "telegram:78 · Dana · UTC"
    assert "csto in the digest chosen in the chat by telegram:8" in " ".join(chosen.split())
    listed = tocsin("watchlists", "routes", "--json").json
    assert [[one.get("level") for one in listing["lists"]] for listing in listed] == [["high", None], ["digest"]]
