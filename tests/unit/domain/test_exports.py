"""Alerts as rows and as STIX stories."""

import csv
import io
import json
from dataclasses import fields, replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.exports import (
    ALERTS,
    CONFIDENCE,
    AlertRow,
    build_row,
    build_stix_story,
    find_confidence,
    is_subject,
)
from bot.domain.tables import write_csv, write_json, write_json_lines
from bot.domain.told import ToldAlert
from bot.domain.triage import Acknowledgement, Credibility, Note, Triage
from bot.matching.records import Priority
from tests.factories import at, build_alert_view, build_feed, build_feedback, build_item, build_match, build_report

DUSHANBE = ZoneInfo("Asia/Dushanbe")
TOLD = ToldAlert(
    "7KD4", 1, "telegram:1001:", Priority.HIGH, frozenset({"csto"}), 1, "asia-plus", at(0), at(0), at(0), at(1), 1
)
COLUMNS = [field.name for field in fields(AlertRow)]


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_row_says_when_where_why_and_what_people_made_of_it() -> None:
    triage = Triage(
        Acknowledgement("7KD4", "telegram:7", "Dana", at(14)),
        (Note("7KD4", "telegram:7", "Dana", "called the office", at(15)),),
        Credibility("7KD4", 2, "telegram:7", "Dana", at(16)),
    )
    verdicts = (build_feedback(), build_feedback(useful=False, reason="wrong place"))
    row = build_row(build_alert_view(triage=triage), TOLD, verdicts, DUSHANBE)
    assert (row.alert_id, row.list, row.salience, row.priority) == ("7KD4", "csto", "rings", "high")
    assert (row.published, row.published_local) == ("2026-11-24T06:55:00Z", "2026-11-24T11:55:00+05:00")
    assert (row.seen, row.sent) == ("2026-11-24T07:00:00Z", "2026-11-24T07:01:00Z")
    assert (row.acknowledged, row.acknowledged_by, row.note) == ("2026-11-24T07:14:00Z", "Dana", "called the office")
    assert row.feedback == "1 useful, 1 not relevant (wrong place)"
    assert (row.outlets, row.origins, row.credibility) == (1, 1, "2 (probably true)")


def test_a_table_begins_with_the_mark_that_spreadsheets_want_and_names_its_columns() -> None:
    data = write_csv([build_row(build_alert_view(), TOLD, (), DUSHANBE)])
    assert data.startswith(b"\xef\xbb\xbfalert_id,story_id,list,")
    assert [row["alert_id"] for row in read(data)] == ["7KD4"]


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "\n=1", "\x00=1"])
def test_no_cell_begins_a_formula(title: str) -> None:
    row = replace(build_row(build_alert_view(), TOLD, (), DUSHANBE), title=title)
    (cells,) = read(write_csv([row]))
    assert cells["title"] == "'" + title.replace("\x00", "")


@given(st.text(), st.text())
def test_whatever_feeds_and_people_wrote_comes_back_as_it_was(title: str, note: str) -> None:
    row = replace(build_row(build_alert_view(), TOLD, (), DUSHANBE), title=title, note=note)
    (cells,) = read(write_csv([row]))
    for name, text in (("title", title), ("note", note)):
        plain = text.replace("\x00", "").encode("utf-8", "replace").decode()
        assert cells[name] in {plain, f"'{plain}"}
        assert cells[name][:1] not in set("=+-@\t\r")
    assert list(cells) == COLUMNS
    (line,) = write_json_lines([row], ALERTS).decode().splitlines()
    assert json.loads(line)["note"] == note.encode("utf-8", "replace").decode()


def test_json_names_its_schema() -> None:
    row = build_row(build_alert_view(), TOLD, (), DUSHANBE)
    document = json.loads(write_json([row], ALERTS))
    assert document["schema"] == ALERTS
    assert list(document["alerts"][0]) == COLUMNS
    lines = [json.loads(line) for line in write_json_lines([row, row], ALERTS).decode().splitlines()]
    assert [line["schema"] for line in lines] == [ALERTS, ALERTS]


def test_a_story_names_its_outlets_addresses_and_lists() -> None:
    story = build_stix_story(build_alert_view(), {"csto", "iskp"})
    assert (story.key, story.outlets, story.lists) == ("item-1", ("Asia Plus",), ("csto",))
    assert story.references == (("https://asia-plus.example/news/item-1", "Asia Plus"),)


@pytest.mark.parametrize(
    ("grade", "digit", "confidence"),
    [("B", 0, 50), ("F", 0, None), ("B", 1, 90), ("E", 1, 60), ("A", 6, None), ("C", 5, 10)],
)
def test_confidence_comes_from_the_letter_and_the_digit(grade: str, digit: int, confidence: int | None) -> None:
    report = build_report(feed=build_feed(grade=grade))
    credibility = Credibility("7KD4", digit, "telegram:7", "Dana", at(0)) if digit else None
    view = build_alert_view(reports=(report,), triage=Triage(credibility=credibility))
    assert find_confidence(view, view.reports) == confidence


def test_a_second_origin_makes_a_story_probably_true() -> None:
    other = build_report(
        item=build_item("item-2", feed_id="ozodi", title="Border post attacked, villagers say", summary="They fled."),
        feed=build_feed("ozodi", outlet="Ozodi", grade="C"),
        matches=(build_match(),),
    )
    view = build_alert_view(reports=(build_report(feed=build_feed(grade="C")), other))
    assert find_confidence(view, view.reports) == CONFIDENCE[2]["C"]


@pytest.mark.parametrize(
    ("block", "usable"),
    [
        ({"type": "threat-actor", "name": "TTP"}, True),
        ({"type": "location", "name": "Wakhan"}, False),
        ({"type": "location", "name": "Wakhan", "region": "central-asia"}, True),
        ({"type": "spaceship", "name": "x"}, False),
        ({}, False),
    ],
)
def test_stix_has_objects_for_some_subjects(block: dict[str, str], usable: bool) -> None:
    assert is_subject(tuple(block.items())) is usable
