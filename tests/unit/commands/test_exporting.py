"""/export: files, and one line that says what is in them."""

import csv
import io
import json
from datetime import timedelta

import pytest

from bot.domain.chats import ChatKind
from bot.domain.messages import Attachment, Button, Message
from bot.ports.store import Store
from bot.services import exporting
from tests import factories
from tests.fakes.clock import START
from tests.fakes.file_maker import FakeFileMaker
from tests.unit.commands.desk import PRIVATE, Desk, text_of

ACTOR = (("type", "identity"), ("name", "CSTO"))


@pytest.fixture
async def desk(store: Store) -> Desk:
    """A private chat that was told of two stories on `csto`, which STIX knows; `ttp` it does not."""
    await store.sync_feeds([factories.build_feed(url="https://asia-plus.example/rss?token=s3cret")], START)
    desk = Desk(store, factories.build_watchlist("csto", stix=ACTOR), factories.build_watchlist("ttp", "TTP"))
    await desk.watch("csto", "ttp")
    for key in ("item-1", "item-2"):
        await desk.ring(factories.build_ringing_poll(key, PRIVATE))
    return desk


def file_of(message: Message | None) -> Attachment:
    assert message is not None
    assert message.attachment is not None
    return message.attachment


@pytest.mark.parametrize(
    ("kind", "beginning"), [("csv", b"\xef\xbb\xbfalert_id,"), ("json", b"{"), ("jsonl", b'{"schema"')]
)
async def test_alerts_come_as_a_table(desk: Desk, kind: str, beginning: bytes) -> None:
    answer = await desk.write(f"/export {kind}")
    assert text_of(answer) == "2 alerts, 2 stories, UTC times"
    file = file_of(answer)
    assert file.name == f"alerts-2026-11-24.{kind}"
    assert file.content.startswith(beginning)
    assert file.content.count(b"CSTO troops deploy") == 2


async def test_one_list_makes_a_file_of_its_own(desk: Desk) -> None:
    assert file_of(await desk.write("/export csv csto 7d")).name == "csto-2026-11-24.csv"
    assert "no alerts in that time" in text_of(await desk.write("/export csv ttp"))


async def test_stix_holds_the_stories_of_lists_it_can_name(desk: Desk) -> None:
    answer = await desk.write("/export stix")
    assert text_of(answer) == "2 alerts, 2 stories, UTC times"
    file = file_of(answer)
    assert (file.name, file.media_type) == ("stix-alerts-2026-11-24.json", "application/stix+json;version=2.1")
    assert json.loads(file.content) == ["item-1", "item-2"]
    files = desk.services.files
    assert isinstance(files, FakeFileMaker)
    assert files.exports[0].subjects == (("csto", ACTOR),)


@pytest.mark.parametrize("named", ["{alert}", "{story}", "#{alert} 7d"])
async def test_a_story_comes_with_all_its_reports(desk: Desk, named: str) -> None:
    (view, _) = await desk.store.list_alerts(PRIVATE.key, START - timedelta(days=1), 2)
    words = named.format(alert=view.alert.id, story=view.story.label)
    answer = await desk.write(f"/export csv {words}")
    assert text_of(answer) == f"Story {view.story.label}: 1 report, UTC times"
    assert file_of(answer).name == f"{view.story.label}-{view.alert.id}-2026-11-24.csv".lower()
    (row,) = csv.DictReader(io.StringIO(file_of(answer).content.decode("utf-8-sig")))
    assert (row["story_id"], row["title"], row["outlet"]) == (
        view.story.label,
        "CSTO troops deploy to the Tajik-Afghan border",
        "Asia Plus",
    )
    assert (row["published"], row["lists"]) == ("2026-11-24T06:55:00Z", "csto")


async def test_a_story_comes_by_a_press_by_an_answer_and_as_stix(desk: Desk) -> None:
    (view, _) = await desk.store.list_alerts(PRIVATE.key, START - timedelta(days=1), 2)
    assert file_of(await desk.press(Button("Export story", "export", view.alert.id))).name.endswith(".csv")
    alert, card = await desk.ring(factories.build_ringing_poll("item-3", PRIVATE))
    assert f"-{alert}-".lower() in file_of(await desk.answer("export", card)).name
    document = json.loads(file_of(await desk.write(f"/export json {alert}")).content)
    assert (document["schema"], len(document["reports"])) == ("tocsin.reports/1", 1)
    stix = file_of(await desk.write(f"/export stix {alert}"))
    assert (stix.name, json.loads(stix.content)) == (f"stix-s3-{alert}-2026-11-24.json".lower(), ["item-3"])
    assert "A story comes as csv, json, jsonl or stix." in text_of(await desk.write(f"/export opml {alert}"))
    assert "No alert 7Q2X in this chat." in text_of(await desk.write("/export csv 7Q2X"))


async def test_stix_needs_a_list_that_names_somebody(desk: Desk) -> None:
    assert "STIX needs a list with a named actor or location." in text_of(await desk.write("/export stix ttp"))


async def test_feeds_come_as_opml_without_their_tokens(desk: Desk) -> None:
    answer = await desk.write("/export opml")
    assert text_of(answer) == "1 feed"
    assert file_of(answer).name == "feeds-2026-11-24.opml"
    assert b"token=***" in file_of(answer).content
    assert b"s3cret" not in file_of(answer).content


async def test_a_list_comes_as_yaml_that_reads_as_the_same_list(desk: Desk) -> None:
    file = file_of(await desk.write("/export yaml csto"))
    assert file.name == "csto.yaml"
    read = desk.services.texts.read(file.content.decode(), "csto.yaml")
    assert [one.stix for one in read.watchlists] == [ACTOR]
    assert "Which list?" in text_of(await desk.write("/export yaml"))


async def test_what_is_no_format_is_answered_with_those_there_are(desk: Desk) -> None:
    for wrong in ("/export", "/export pdf"):
        assert "csv, json, jsonl, stix, opml, yaml" in text_of(await desk.write(wrong))


async def test_too_many_alerts_for_one_file_are_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_ALERTS", 1)
    said = text_of(await desk.write("/export csv"))
    assert "That is 2 alerts, too many for one file. Narrow it with 30d, or name a list." in said


async def test_members_of_a_group_may_not_export(desk: Desk) -> None:
    group = factories.build_destination("-100500", kind=ChatKind.GROUP)
    said = await desk.write("/export csv", group, factories.build_person("43"))
    assert text_of(said) == "Only admins of this group can do that. I told no one you asked."
