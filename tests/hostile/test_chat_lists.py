"""Whatever people send behind /test, /watch, /edit and /whynot: an answer in words, and nothing broken."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ports.store import Store
from bot.sources.watchlist_texts import FolderTexts
from storage import open_store
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import Desk, text_of

WHOLE = "schema: 1\nid: {id}\ntitle: x\npriority: high\nmatch: {{rules: [{{id: q, query: {query}}}]}}\n"
TEXTS = [
    "\x00", "\u202etajik border", "border\u2066", "\ud83d border", "(" * 500, ")" * 500, "a " * 2_000, '"', "'", "“”",
    "-border", "NOT border", "$nothing", "$geo.tajikistan", "/(a*)*b/", "/[/", "lang:ru", "5 OF (a, b)", "a AND b OR c",
    "NEAR/999 a", "title:", "=", "*", "a*", "1", "999999999999", "p.2", "new", "before", "{}", "&a *a", "!!python/x",
    "id: x", "id: x\nmatch: [", "id: x\nmatch: &a [*a, *a]", f"id: x\nmatch: {'[' * 5_000}", "id: x\ntitle: \x00",
    "id: no\ngroups:\n  x: {en: [" + "word, " * 3_000 + "]}", "```yaml\nid: x\ntitle: y\n```", "```",
    "---\nid: x\ntitle:",
    WHOLE.format(id="csto", query="rain"), WHOLE.format(id="../x", query="rain"),
    WHOLE.format(id="mine", query="'-rain'"),
    WHOLE.format(id="new", query="rain"), WHOLE.format(id="before", query="rain"), "https://[", "http://\x00",
    "S" + "9" * 400,
    "https://" + "a" * 5_000, "%s%n", "' OR 1=1 --", "csto undo undo", "csto match match", "csto " * 200,
]  # fmt: skip
VERBS = ("test", "watch", "edit", "whynot", "draft")
_BROKEN = "Something went wrong"
_MOST_SECONDS = 5


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store: Store = await open_store(f"sqlite:///{tmp_path}/tocsin.db")
    await store.migrate()
    await store.sync_feeds([factories.build_feed()], START)
    items = tuple(factories.build_item(f"n{number}", link_key=f"n{number}") for number in range(20))
    await store.record_polls([factories.build_poll(items=items)], START)
    yield Desk(store, factories.build_watchlist("csto"), texts=FolderTexts(tmp_path))
    await store.close()


async def ask(desk: Desk, text: str) -> None:
    """Sends it; the answer has to be one that was meant."""
    await desk.clock.advance(60)
    began = time.monotonic()
    answer = await desk.write(text)
    assert time.monotonic() - began < _MOST_SECONDS
    if answer is not None:
        assert _BROKEN not in text_of(answer), text_of(answer)
    assert not [notice for notice in desk.app.notices if _BROKEN in notice]


@pytest.mark.parametrize("verb", VERBS)
async def test_hostile_texts_are_answered_in_words(desk: Desk, verb: str) -> None:
    for text in TEXTS:
        await ask(desk, f"/{verb} {text}")
    watchlists = [one.id for one in desk.services.catalog.watchlists]
    assert watchlists == ["csto"]


@given(text=st.text(max_size=60) | st.lists(st.sampled_from(TEXTS), max_size=3).map(" ".join))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_text_breaks_a_test(desk: Desk, text: str) -> None:
    await ask(desk, f"/test {text}")


async def test_forged_buttons_of_drafts_do_nothing(desk: Desk) -> None:
    for subject, argument in (("1", "watch"), ("1", "apply"), ("x", "watch"), ("9" * 30, "rate 1 up"), ("", "")):
        update = desk.app.press("draft", subject, argument, factories.build_destination(), factories.build_person())
        assert await desk.handle(update) is None
    assert all(notice.startswith("That draft is gone") for notice in desk.app.notices)
    assert await desk.store.list_chat_lists() == []
