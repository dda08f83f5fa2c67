"""Stories as a STIX 2.1 bundle, by the stix2 library. Only the file worker may load this module.

Ids are made from what they name (UUID version 5), so that a second import finds what it knows. What has no time of its
own, outlets and subjects, carries that of this format. https://docs.oasis-open.org/cti/stix/v2.1/stix-v2.1.html
"""

import uuid
from datetime import UTC, datetime
from typing import Any

import stix2

from bot.domain.exports import StixExport, StixStory

_NAMESPACE = uuid.UUID("6d1a2f0e-5c0b-5d0a-9a3e-7f6b1c2d4e58")
_FORMAT_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_MOST_REFERENCES = 50


def write_bundle(export: StixExport) -> bytes:
    """The bundle as JSON in UTF-8, objects in a stable order. Every report refers to what its lists are about."""
    outlets = {name: _outlet(name) for story in export.stories for name in story.outlets}
    told = [story for story in export.stories if any(list_id in story.lists for list_id, _ in export.subjects)]
    newest = max((story.modified for story in told), default=_FORMAT_TIME)
    subjects = {list_id: _subject(pairs, list(outlets.values()), newest) for list_id, pairs in export.subjects}
    reports = [_report(story, outlets, subjects) for story in told]
    objects = {found.id: found for found in [*outlets.values(), *subjects.values(), *reports]}
    bundle = stix2.Bundle(list(objects.values()), id=_id("bundle", *sorted(objects)))
    return f"{bundle.serialize(ensure_ascii=False, indent=1)}\n".encode("utf-8", "replace")


def _outlet(name: str) -> Any:  # noqa: ANN401  stix2 has no types
    return stix2.Identity(
        id=_id("identity", "outlet", name),
        created=_FORMAT_TIME,
        modified=_FORMAT_TIME,
        name=name,
        identity_class="organization",
    )


def _subject(pairs: tuple[tuple[str, str], ...], outlets: list[Any], newest: datetime) -> Any:  # noqa: ANN401  as above
    """The object that a list is about, of the type that its `stix` block names; a grouping has what it groups."""
    block = dict(pairs)
    kind, name = block["type"], block["name"]
    common = {"id": _id(kind, name), "created": _FORMAT_TIME, "modified": _FORMAT_TIME, "name": name}
    aliases = [value for key, value in pairs if key == "aliases"]
    if kind == "identity":
        return stix2.Identity(identity_class=block.get("identity_class", "unknown"), **common)
    if kind == "location":
        place = {key: block[key] for key in ("region", "country") if key in block}
        return stix2.Location(**common, **place)
    if kind == "grouping":
        return stix2.Grouping(**common | {"modified": newest}, context="unspecified", object_refs=outlets)
    made = {"threat-actor": stix2.ThreatActor, "campaign": stix2.Campaign, "intrusion-set": stix2.IntrusionSet}[kind]
    return made(**common, **({"aliases": aliases} if aliases else {}))


def _report(story: StixStory, outlets: dict[str, Any], subjects: dict[str, Any]) -> Any:  # noqa: ANN401  as above
    return stix2.Report(
        id=_id("report", story.key),
        created=story.published,
        modified=max(story.modified, story.published),
        created_by_ref=outlets[story.outlets[0]],
        name=story.name,
        published=story.published,
        report_types=["threat-report"],
        object_refs=[subjects[name] for name in story.lists if name in subjects],
        external_references=[
            stix2.ExternalReference(source_name=outlet, url=url) for url, outlet in story.references[:_MOST_REFERENCES]
        ],
        labels=list(story.lists),
        **({} if story.confidence is None else {"confidence": story.confidence}),
    )


def _id(kind: str, *names: str) -> str:
    return f"{kind}--{uuid.uuid5(_NAMESPACE, chr(0).join((kind, *names)))}"
