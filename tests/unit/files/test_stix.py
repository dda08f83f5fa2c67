"""Bundles as the stix2 library reads them back."""

import json
from dataclasses import replace
from typing import Any

import pytest
import stix2

from bot.domain.exports import StixExport, build_stix_story
from bot.files.stix import write_bundle
from tests.factories import build_alert_view

STORY = build_stix_story(build_alert_view(), {"csto"})
BLOCKS = [
    (("type", "threat-actor"), ("name", "Al-Qaeda"), ("aliases", "AQIS"), ("aliases", "AQ")),
    (("type", "campaign"), ("name", "Cyber-espionage")),
    (("type", "intrusion-set"), ("name", "Silent Lynx")),
    (("type", "identity"), ("name", "CSTO"), ("identity_class", "organization")),
    (("type", "location"), ("name", "Wakhan Corridor"), ("region", "central-asia")),
    (("type", "grouping"), ("name", "Spillover")),
]


def of_type(bundle: bytes, kind: str) -> list[dict[str, Any]]:
    return [found for found in json.loads(bundle)["objects"] if found["type"] == kind]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: str(block[0][1]))
def test_every_kind_of_subject_makes_a_valid_bundle(block: tuple[tuple[str, str], ...]) -> None:
    bundle = write_bundle(StixExport((("csto", block),), (STORY,)))
    parsed = stix2.parse(bundle.decode())
    (report,) = of_type(bundle, "report")
    (subject,) = [one for one in parsed.objects if one.name == block[1][1]]
    assert subject.type == block[0][1]
    assert report["object_refs"] == [subject.id]
    assert (report["name"], report["confidence"]) == (STORY.name, 50)
    assert report["published"].startswith("2026-11-24T06:55:00")
    assert report["external_references"] == [
        {"source_name": "Asia Plus", "url": "https://asia-plus.example/news/item-1"}
    ]


def test_ids_are_the_same_in_every_export() -> None:
    export = StixExport((("csto", BLOCKS[0]),), (STORY,))
    later = replace(
        STORY, modified=STORY.modified.replace(hour=9), references=(*STORY.references, ("https://x.example", "X"))
    )
    first, again = write_bundle(export), write_bundle(export)
    assert first == again
    grown = write_bundle(replace(export, stories=(later,)))
    assert [found["id"] for found in of_type(first, "report")] == [found["id"] for found in of_type(grown, "report")]


def test_a_story_of_no_exported_list_is_left_out() -> None:
    bundle = write_bundle(StixExport((("ttp", BLOCKS[0]),), (STORY,)))
    assert of_type(bundle, "report") == []


def test_the_outlet_made_the_report() -> None:
    bundle = write_bundle(StixExport((("csto", BLOCKS[0]),), (STORY,)))
    (outlet,) = of_type(bundle, "identity")
    assert outlet["name"] == "Asia Plus"
    assert of_type(bundle, "report")[0]["created_by_ref"] == outlet["id"]
