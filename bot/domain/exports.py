"""Alerts and the reports of a story as rows of tables, and as what a STIX bundle says. Pure.

Columns are only ever added at the end; a change of meaning raises the number in the name of the schema.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.alerts import AlertView, Feedback, Report
from bot.domain.cards import all_matches, lead_report, report_time
from bot.domain.origins import find_origins, outlet_of
from bot.domain.policy import ringing
from bot.domain.told import ToldAlert
from bot.domain.wording import RELIABILITY

ALERTS, REPORTS = "tocsin.alerts/1", "tocsin.reports/1"

# Confidence by the credibility of the information (rows) and the reliability of its best source (columns). The first
# column is the scale of STIX 2.1, appendix A, "Admiralty Credibility"; sources of lesser reliability take some of it.
CONFIDENCE = {
    1: {"A": 90, "B": 90, "C": 80, "D": 70, "E": 60, "F": 80},
    2: {"A": 70, "B": 70, "C": 60, "D": 50, "E": 40, "F": 60},
    3: {"A": 50, "B": 50, "C": 40, "D": 30, "E": 20, "F": 40},
    4: {"A": 30, "B": 30, "C": 25, "D": 20, "E": 15, "F": 25},
    5: {"A": 10, "B": 10, "C": 10, "D": 5, "E": 5, "F": 10},
}
_STIX_TYPES = frozenset({"threat-actor", "campaign", "intrusion-set", "identity", "location", "grouping"})
_SECOND_ORIGIN, _ONE_ORIGIN = 2, 3


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert as exported. Times are ISO 8601; the names of the fields are the columns."""

    alert_id: str
    story_id: str
    list: str
    rule: str
    terms: str
    salience: str
    priority: str
    title: str
    url: str
    outlet: str
    owner: str
    reliability: str
    published: str
    published_local: str
    seen: str
    sent: str
    acknowledged: str
    acknowledged_by: str
    feedback: str
    note: str
    outlets: int
    origins: int
    credibility: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report of a story as exported. `source` is whom it has its news from, by its own words."""

    story_id: str
    published: str
    published_local: str
    seen: str
    outlet: str
    owner: str
    reliability: str
    language: str
    title: str
    url: str
    source: str
    lists: str


@dataclass(frozen=True, slots=True)
class StixStory:
    """A story as a STIX report: `key` makes its id, `outlets` are names, `references` pairs of address and outlet.

    `lists` are the watchlists whose subject it is about; `confidence` is None where nothing can be said.
    """

    key: str
    name: str
    published: datetime
    modified: datetime
    outlets: tuple[str, ...]
    references: tuple[tuple[str, str], ...]
    lists: tuple[str, ...]
    confidence: int | None


@dataclass(frozen=True, slots=True)
class StixExport:
    """Stories, and what their lists are about: the `stix` block of each list as pairs, by the list's id."""

    subjects: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    stories: tuple[StixStory, ...]


def is_subject(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether STIX has an object for what the `stix` block of a list says; a location has to say where it lies."""
    block = dict(pairs)
    kind = block.get("type", "")
    return kind in _STIX_TYPES and (kind != "location" or bool(block.keys() & {"region", "country"}))


def build_row(view: AlertView, told: ToldAlert, verdicts: Sequence[Feedback], zone: ZoneInfo) -> AlertRow:
    """The row of an alert: its loudest list, the report that rang there first, and what people made of it."""
    lists = told.lists & frozenset(match.watchlist for match in all_matches(view))
    rings = ringing(all_matches(view), lists)
    report = lead_report(view, lists) if rings else view.reports[0]
    match, item, triage = rings[0] if rings else None, report.item, view.triage
    origins = find_origins(sorted(view.reports, key=report_time))
    ack = triage.acknowledged
    return AlertRow(
        alert_id=view.alert.id,
        story_id=view.story.label,
        list="; ".join(dict.fromkeys(one.watchlist for one in rings)),
        rule=match.rule if match else "",
        terms="; ".join(dict.fromkeys(hit.text for hit in match.evidence)) if match else "",
        salience="rings" if match else "mentions",
        priority=view.alert.priority.name.lower(),
        title=item.title,
        url=item.link,
        outlet=outlet_of(report.feed),
        owner=report.feed.owner,
        reliability=_reliability(report),
        published=_utc(item.published),
        published_local=_local(item.published, zone),
        seen=_utc(item.first_seen),
        sent=_utc(told.sent_at),
        acknowledged=_utc(ack.at) if ack else "",
        acknowledged_by=ack.name if ack else "",
        feedback=_verdict_words(verdicts),
        note=" | ".join(note.text for note in triage.notes),
        outlets=origins.outlets,
        origins=len(origins.origins),
        credibility=triage.credibility.words if triage.credibility else "",
    )


def build_report_rows(view: AlertView, lists: Collection[str], zone: ZoneInfo) -> tuple[ReportRow, ...]:
    """The reports of a story, oldest first; `lists` are those that may be named."""
    reports = sorted(view.reports, key=lambda report: (report_time(report), report.item.first_seen))
    found = find_origins(reports)
    return tuple(
        ReportRow(
            story_id=view.story.label,
            published=_utc(report.item.published),
            published_local=_local(report.item.published, zone),
            seen=_utc(report.item.first_seen),
            outlet=outlet_of(report.feed),
            owner=report.feed.owner,
            reliability=_reliability(report),
            language=report.item.lang,
            title=report.item.title,
            url=report.item.link,
            source=cited,
            lists="; ".join(dict.fromkeys(match.watchlist for match in ringing(report.matches, frozenset(lists)))),
        )
        for report, cited in zip(reports, found.cited, strict=True)
    )


def build_stix_story(view: AlertView, lists: Collection[str]) -> StixStory:
    """What a STIX report says of a story; `lists` are those it may name."""
    reports = sorted(view.reports, key=report_time)
    rings = ringing(all_matches(view), frozenset(lists))
    references = {report.item.link: outlet_of(report.feed) for report in reports if report.item.link}
    return StixStory(
        key=view.story.key,
        name=next((report.item.title for report in reports if report.item.title), view.story.label),
        published=report_time(reports[0]),
        modified=max(report.item.first_seen for report in reports),
        outlets=tuple(dict.fromkeys(outlet_of(report.feed) for report in reports)),
        references=tuple(references.items()),
        lists=tuple(dict.fromkeys(match.watchlist for match in rings)),
        confidence=find_confidence(view, reports),
    )


def find_confidence(view: AlertView, reports: Sequence[Report]) -> int | None:
    """By the digit that an analyst set, else by the number of origins; and by the most reliable outlet.

    One origin of reliability A or B counts as possibly true; one of less cannot be judged, so nothing is said.
    """
    best = min(report.feed.grade for report in reports)
    if view.triage.credibility:
        digit = view.triage.credibility.digit
    elif len(find_origins(reports).origins) > 1:
        digit = _SECOND_ORIGIN
    elif best in {"A", "B"}:
        digit = _ONE_ORIGIN
    else:
        return None
    return CONFIDENCE.get(digit, {}).get(best)


def _utc(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else ""


def _reliability(report: Report) -> str:
    return f"{report.feed.grade} ({RELIABILITY.get(report.feed.grade, 'unknown letter')})"


def _verdict_words(verdicts: Sequence[Feedback]) -> str:
    """`2 useful, 1 not relevant (wrong place)`."""
    useful = sum(verdict.useful for verdict in verdicts)
    reasons = ", ".join(dict.fromkeys(one.reason for one in verdicts if not one.useful and one.reason))
    bad = len(verdicts) - useful
    parts = [f"{useful} useful"] if useful else []
    parts += [f"{bad} not relevant{f' ({reasons})' if reasons else ''}"] if bad else []
    return ", ".join(parts)
