"""The reports of a story as a timeline, oldest first. Pure."""

from zoneinfo import ZoneInfo

from bot.commands.answers import STALE_PAGE, Page, pager
from bot.domain.alerts import AlertView, Report
from bot.domain.cards import report_time
from bot.domain.chats import Destination
from bot.domain.language import tr, trn
from bot.domain.messages import Block, Gap, Line, Message, Moment, Quote, Text, bold, isolate, line
from bot.domain.origins import Origins, find_origins, outlet_of
from bot.domain.plots import TimelinePlot, TimelinePoint
from bot.domain.triage import acknowledged_words, credibility_words, name_of
from bot.domain.wording import language_name, short_time, shorten

REPORTS_A_PAGE = 8
_HEADLINE = 140


def order_reports(view: AlertView) -> tuple[Report, ...]:
    """The reports as a timeline shows and numbers them: oldest first."""
    return tuple(sorted(view.reports, key=lambda report: (report_time(report), report.item.first_seen)))


def build_timeline(view: AlertView, page: Page[tuple[int, Report]], destination: Destination) -> Message:
    """One page of a story's timeline: time, outlet, language, headline, and whom a report has it from.

    `page` holds the reports with their numbers, which count from 1.
    """
    origins, zone = find_origins(order_reports(view)), ZoneInfo(destination.timezone)
    title, alert_id = bold(tr("Story {story}", story=view.story.label)), Text(view.alert.id, code=True)
    head = line(title, " · ", alert_id, f" · {origins.words}", style="head")
    blocks: list[Block] = [line(tr(STALE_PAGE)), head] if page.moved else [head]
    for number, report in page.rows:
        blocks += [Gap(), *_report_lines(number, report, origins, zone)]
    if page.number == page.pages:
        blocks += _settled(view, zone)
    summary = tr(
        "Story {label}, {reports} of {words}.",
        label=view.story.label,
        reports=trn("{count:,} report", "{count:,} reports", len(view.reports)),
        words=origins.words,
    )
    return Message(tuple(blocks), summary, pager("story", view.alert.id, page.number, page.pages))


def _settled(view: AlertView, zone: ZoneInfo) -> list[Block]:
    """Who has the story, how likely somebody thinks it is, and what people noted."""
    triage = view.triage
    blocks: list[Block] = []
    if triage.acknowledged:
        blocks.append(line(acknowledged_words(triage.acknowledged, view.alert.created_at, zone)))
    if triage.credibility:
        blocks.append(line(credibility_words(triage.credibility)))
    for note in triage.notes:
        blocks.append(line(f"📝 {name_of(note.name)} · {short_time(note.at, zone)}", style="context"))
        blocks.append(Quote((Text(note.text),)))
    return [Gap(), *blocks] if blocks else []


def build_timeline_plot(view: AlertView, zone: ZoneInfo) -> TimelinePlot:
    """The reports as points in time, one row an outlet."""
    reports = order_reports(view)
    cited = find_origins(reports).cited
    points = tuple(
        TimelinePoint(outlet_of(report.feed), report_time(report).astimezone(zone), bool(source))
        for report, source in zip(reports, cited, strict=True)
    )
    return TimelinePlot(f"{view.story.label}: {reports[0].item.title}".strip(": "), points)


def describe_timeline(view: AlertView, zone: ZoneInfo) -> str:
    """What the plot shows, in a sentence: `Story S18: 5 reports of 3 outlets, 2 origins, from 20 Jul 18:05 to …`."""
    reports = order_reports(view)
    return tr(
        "Story {label}: {reports} of {words}, from {first} to {last}.",
        label=view.story.label,
        reports=trn("{count:,} report", "{count:,} reports", len(reports)),
        words=find_origins(reports).words,
        first=short_time(report_time(reports[0]), zone),
        last=short_time(report_time(reports[-1]), zone),
    )


def _report_lines(number: int, report: Report, origins: Origins, zone: ZoneInfo) -> list[Line]:
    item, when = report.item, report_time(report)
    facts = [report.feed.outlet, language_name(item.lang), tr("state media") if report.feed.owner == "state" else ""]
    cited = origins.cited[number - 1]
    told = f" · {tr('↳ from {outlet}', outlet=cited)}" if cited else ""
    outlet = f" · {', '.join(fact for fact in facts if fact)}{told}"
    headline = isolate(shorten(item.title or tr("(no headline)"), _HEADLINE))
    return [
        line(f"{number}. ", Moment(when, short_time(when, zone)), outlet, style="context"),
        Line((Text(headline, url=item.link),), "normal" if item.link else "title"),
    ]
