"""Killed after any of its writes, a dialog is neither lost nor does it anything twice."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.invocation import Via
from bot.domain.chats import InboundUpdate
from bot.domain.messages import Message, Quote
from storage import open_store
from tests import factories
from tests.crash.dialogs import Step, Talk
from tests.fakes.chat_app import FakeChatApp
from tests.fakes.clock import START
from tests.fakes.feeds import FakePublishers
from tests.unit.commands.desk import NILUFAR, PRIVATE, button_of

LIST = """\
schema: 1
id: csto
title: CSTO
description: The alliance.
priority: high
groups:
  name: {_label: CSTO, en: [=CSTO]}
match:
  rules:
    - {id: name, any: [name]}
"""
FEED = "https://pamir.example/rss.xml"


def says(text: str) -> Step:
    def step(app: FakeChatApp, shown: Message | None) -> InboundUpdate:
        del shown
        return app.write(text, PRIVATE, NILUFAR)

    return step


def presses(label: str) -> Step:
    def step(app: FakeChatApp, shown: Message | None) -> InboundUpdate:
        button = button_of(shown, label)
        return app.press(button.action, button.subject, button.argument, PRIVATE, NILUFAR)

    return step


def answers(change: Callable[[str], str]) -> Step:
    """Answers the text that is to be copied with another one."""

    def step(app: FakeChatApp, shown: Message | None) -> InboundUpdate:
        assert shown is not None
        (block,) = [block for block in shown.blocks if isinstance(block, Quote) and block.code]
        text = change("".join(span.text for span in block.spans))
        return app.write(text, PRIVATE, NILUFAR, answering="m1", via=Via.REPLY)

    return step


DIALOGS = {
    "onboarding": [
        *(says("/start"), presses("English"), presses("Dushanbe"), presses("Embassy / UN")),
        *(presses("Start"), presses("OK")),
    ],
    "edit": [
        *(says("/watch tajik border"), presses("Watch"), says("/edit tajik-border")),
        answers(lambda text: text.replace("tajik border", "CSTO OR drill")),
        *(presses("Apply"), presses("Undo")),
    ],
    "addfeed": [
        *(says(f"/addfeed {FEED}"), presses("Public broadcaster"), presses("B"), presses("Add")),
    ],
}


@pytest.fixture
async def template(tmp_path: Path) -> Path:
    """A database with a few days of news."""
    path = tmp_path / "template.db"
    store = await open_store(f"sqlite:///{path}")
    await store.migrate()
    await store.sync_feeds([factories.build_feed()], START)
    items = [
        factories.build_item(f"n{day}", title=title, summary="", link_key=f"n{day}", published=when, first_seen=when)
        for day, title in enumerate(("CSTO meets in Minsk", "Drill in Osh", "Tajik guards close a border"), 1)
        for when in (START - timedelta(days=day, hours=1),)
    ]
    await store.record_polls([factories.build_poll(items=tuple(items))], START)
    await store.close()
    return path


@pytest.mark.parametrize("name", DIALOGS)
async def test_a_dialog_goes_on_wherever_the_process_died(tmp_path: Path, template: Path, name: str) -> None:
    folder = tmp_path / "watchlists"
    folder.mkdir()
    (folder / "csto.yaml").write_text(LIST, encoding="utf-8")
    publishers = FakePublishers()
    publishers.publish(FEED, factories.build_parsed_item())

    def begin(number: int) -> Talk:
        path = tmp_path / f"{number}.db"
        shutil.copy(template, path)
        return Talk(path, folder, publishers)

    whole = await begin(0).go_through(DIALOGS[name])
    assert whole.writes >= 2 * len(DIALOGS[name])
    for fatal in range(1, whole.writes + 1):
        ended = await begin(fatal).go_through(DIALOGS[name], fatal)
        assert ended.deaths == 1
        assert ended.said == whole.said, fatal
        different = [table for table in whole.rows if ended.rows[table] != whole.rows[table]]
        assert different == [], fatal
