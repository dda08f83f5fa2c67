"""Takes out what is kept: alerts as tables or STIX, feeds as OPML, watchlists as YAML."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.domain.alerts import AlertView, Feedback
from bot.domain.exports import (
    ALERTS,
    REPORTS,
    AlertRow,
    ReportRow,
    StixExport,
    build_report_rows,
    build_row,
    build_stix_story,
    is_subject,
)
from bot.domain.feeds import Feed
from bot.domain.hearing import listens_to
from bot.domain.language import tr
from bot.domain.messages import MOST_ATTACHED, Attachment
from bot.domain.redaction import hide_secrets
from bot.domain.tables import write_csv, write_json, write_json_lines
from bot.domain.told import ToldAlert
from bot.errors import NotFound, SettingsError
from bot.matching.watchlist import Watchlist
from bot.ports.alert_store import AlertStore
from bot.ports.feed_store import FeedStore
from bot.ports.file_maker import FileMaker
from bot.ports.statistics_store import StatisticsStore
from bot.ports.triage_store import VerdictStore
from bot.ports.watchlist_texts import WatchlistTexts

MOST_ALERTS = 5_000


class ExportingStore(StatisticsStore, AlertStore, VerdictStore, FeedStore, Protocol):
    """The part of the store that exports need."""


class Format(StrEnum):
    """What can be exported; the value is what people write."""

    CSV = "csv"
    JSON = "json"
    JSON_LINES = "jsonl"
    STIX = "stix"
    OPML = "opml"
    YAML = "yaml"

    @property
    def media_type(self) -> str:
        """By which other programs know the file."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Format.CSV: "text/csv",
    Format.JSON: "application/json",
    Format.JSON_LINES: "application/jsonl",
    Format.STIX: "application/stix+json;version=2.1",
    Format.OPML: "text/x-opml",
    Format.YAML: "application/yaml",
}


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when alerts are taken out, by whose clock, and those of which destination; empty for all."""

    since: datetime
    now: datetime
    zone: ZoneInfo
    destination_key: str = ""

    @property
    def stamp(self) -> str:
        """The last day, for the name of a file."""
        return f"{self.now.astimezone(self.zone):%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, and how many alerts and stories are in it."""

    file: Attachment
    alerts: int
    stories: int


async def export_alerts(
    store: ExportingStore, files: FileMaker, kind: Format, period: Period, lists: Sequence[Watchlist], *, named: bool
) -> Exported:
    """The alerts of a period that rang on one of these lists; `named` says that a single one was asked for.

    Raises NotFound where there are none, SettingsError where they are too many for one file or where STIX has nothing
    to say what the lists are about.
    """
    subjects = _subjects(lists) if kind is Format.STIX else ()
    ids = frozenset(list_id for list_id, _ in subjects) if kind is Format.STIX else {one.id for one in lists}
    told = _distinct([one for one in await store.list_told(period.since, period.destination_key) if one.lists & ids])
    if not told:
        raise NotFound(tr("Nothing to export: no alerts in that time."), tr("A longer time: /export csv 90d"))
    if len(told) > MOST_ALERTS:
        raise too_many(len(told))
    views = [await store.get_alert(one.alert_id, period.destination_key) for one in told]
    if kind is Format.STIX:
        stories = {view.story.key: build_stix_story(view, ids) for view in views}
        content = await files.write_stix(StixExport(subjects, tuple(stories.values())))
    else:
        content = await asyncio.to_thread(_write, kind, await _build_rows(store, views, told, period), ALERTS)
    if len(content) > MOST_ATTACHED:
        raise too_many(len(told))
    name = f"{lists[0].id if named else 'alerts'}-{period.stamp}.{'json' if kind is Format.STIX else kind}"
    file = Attachment(f"stix-{name}" if kind is Format.STIX else name, kind.media_type, content)
    return Exported(file, len(told), len({one.story_id for one in told}))


async def export_story(
    files: FileMaker, kind: Format, view: AlertView, lists: Sequence[Watchlist], period: Period
) -> Attachment:
    """All reports of a story; `lists` are those that may be named in it.

    Raises SettingsError for what holds no reports, and where STIX has nothing to say what the lists are about.
    """
    if kind in {Format.OPML, Format.YAML}:
        raise SettingsError(
            tr("A story comes as csv, json, jsonl or stix."), tr("Example: /export csv {id}", id=view.alert.id)
        )
    name = f"{view.story.label}-{view.alert.id}-{period.stamp}".lower()
    if kind is Format.STIX:
        rings = {match.watchlist for report in view.reports for match in report.matches if match.rings}
        subjects = _subjects([one for one in lists if one.id in rings])
        story = build_stix_story(view, [list_id for list_id, _ in subjects])
        content = await files.write_stix(StixExport(subjects, (story,)))
        return Attachment(f"stix-{name}.json", kind.media_type, content)
    rows = build_report_rows(view, [one.id for one in lists], period.zone)
    return Attachment(f"{name}.{kind}", kind.media_type, _write(kind, rows, REPORTS))


def too_many(alerts: int) -> SettingsError:
    """That so many alerts are more than fit into one file."""
    return SettingsError(
        tr("That is {alerts:,} alerts, too many for one file.", alerts=alerts),
        tr("Narrow it with 30d, or name a list."),
    )


async def export_feeds(
    store: FeedStore, files: FileMaker, lists: Sequence[Watchlist], stamp: str
) -> tuple[Attachment, int]:
    """The enabled feeds that these lists listen to, without the tokens in their addresses; and how many they are.

    Raises NotFound where there are none.
    """
    feeds = [status.feed for status in await store.list_feeds() if status.feed.enabled]
    heard = [_without_secrets(feed) for feed in feeds if any(listens_to(one, feed) for one in lists)]
    if not heard:
        raise NotFound(tr("There are no feeds to export."), tr("/addfeed <address> adds one."))
    content = files.write_opml(heard)
    return Attachment(f"feeds-{stamp}.opml", Format.OPML.media_type, content), len(heard)


async def export_list(texts: WatchlistTexts, watchlist: Watchlist) -> Attachment:
    """A watchlist as a file of its own, the shared word groups it uses included."""
    text = await asyncio.to_thread(texts.write, watchlist)
    return Attachment(f"{watchlist.id}.yaml", Format.YAML.media_type, text.encode())


async def _build_rows(
    store: VerdictStore, views: Sequence[AlertView], told: Sequence[ToldAlert], period: Period
) -> list[AlertRow]:
    verdicts: dict[str, tuple[Feedback, ...]] = {
        rated.view.alert.id: rated.verdicts for rated in await store.list_rated(period.since, limit=MOST_ALERTS)
    }
    return [
        build_row(view, one, verdicts.get(one.alert_id, ()), period.zone) for view, one in zip(views, told, strict=True)
    ]


def _write(kind: Format, rows: Sequence[AlertRow] | Sequence[ReportRow], schema: str) -> bytes:
    if kind is Format.CSV:
        return write_csv(rows)
    return write_json(rows, schema) if kind is Format.JSON else write_json_lines(rows, schema)


def _subjects(lists: Sequence[Watchlist]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """What the lists are about, as far as STIX can say it. Raises SettingsError where it has nothing to say."""
    subjects = tuple((one.id, one.stix) for one in lists if is_subject(one.stix))
    if not subjects:
        raise SettingsError(
            tr("STIX needs a list with a named actor or location."), tr("Its file says so under `stix:`.")
        )
    return subjects


def _distinct(told: Sequence[ToldAlert]) -> list[ToldAlert]:
    """One row an alert, that of the destination which was told first."""
    first: dict[str, ToldAlert] = {}
    for one in told:
        first.setdefault(one.alert_id, one)
    return list(first.values())


def _without_secrets(feed: Feed) -> Feed:
    return replace(feed, url=hide_secrets(feed.url))
