"""The daily digest: every story since the last one by priority, what was held back, and how the feeds are. Pure.

It is sent when nothing happened, too, so that silence can be told from a fault.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.alerts import AlertView, Report
from bot.domain.cards import all_matches, lead_report, report_time
from bot.domain.chats import Destination, Platform
from bot.domain.command_names import typed_command
from bot.domain.digest_contents import DigestContents
from bot.domain.hearing import Hearing, deaf_words, weak_words
from bot.domain.language import tr, trn
from bot.domain.messages import Block, Button, Gap, Line, Message, Text, bold, isolate, line
from bot.domain.origins import find_origins, outlet_of
from bot.domain.policy import ringing
from bot.domain.triage import name_of
from bot.domain.wording import DISCS, local_time, offset_words, short_time, shorten
from bot.matching.records import Priority

_BUTTONS_IN_A_ROW = 5
ROWS = 30  # stories in one message
_MOST_LATE = 10
_MOST_NAMED = 12
_MOST_FEEDS = 5
_TITLE_LIMIT = 90
_NOON = 12


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a digest tells beside its stories.

    `lists` are the titles of the watched lists by id, and `hearing` says by the same ids how they hear each language;
    `problems` are the feeds that are not well, each with what is wrong.
    """

    lists: Mapping[str, str] = field(default_factory=dict)
    hearing: Mapping[str, tuple[Hearing, ...]] = field(default_factory=dict)
    problems: tuple[tuple[str, str], ...] = ()
    feeds: int = 0
    healthy: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """The stories of one list at one priority, oldest first."""

    priority: Priority
    title: str
    alerts: tuple[AlertView, ...]


def arrange(views: Sequence[AlertView], watched: frozenset[str]) -> tuple[Section, ...]:
    """The stories by priority and list, loudest first; one that rings on no watched list any more is left out."""
    sections: dict[tuple[Priority, str], list[AlertView]] = {}
    for view in views:
        rings = ringing(all_matches(view), watched)
        if rings:
            sections.setdefault((rings[0].priority, rings[0].title), []).append(view)
    ordered = sorted(sections.items(), key=lambda one: (-one[0][0], one[0][1].casefold()))
    return tuple(Section(priority, title, tuple(alerts)) for (priority, title), alerts in ordered)


def build_digest(
    contents: DigestContents,
    destination: Destination,
    watched: frozenset[str],
    around: Surroundings,
    *,
    asked_for: bool = False,
) -> tuple[Message, ...]:
    """The digest in as many messages as it needs, one at least. Stories are numbered through all of them.

    The numbers of one that was `asked_for` are buttons: nothing is kept of it that written numbers could mean.
    """
    zone, now = ZoneInfo(destination.timezone), contents.mark.at
    sections = arrange(contents.alerts, watched)
    shown = [view for section in sections for view in section.alerts]
    head = _head_words(now, zone)
    first = _totals(contents, sections, around, zone) if shown else _heartbeat(contents, around, zone)
    rows = _story_rows(sections, watched, zone)
    tail = _tail(contents, shown, around, destination)
    tail += [] if asked_for or not shown else [_number_line(destination)]
    parts = [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)] or [[]]
    messages = []
    for number, part in enumerate(parts):
        title = head if number == 0 else tr("{digest}, continued", digest=head)
        blocks: list[Block] = [line("☀️ ", bold(title), style="head")]
        blocks += [line(first)] if number == 0 else []
        blocks += [Gap()] if part else []
        for header, row in part:
            blocks += [header, row] if header else [row]
        if number == len(parts) - 1:
            blocks += tail
        buttons = _number_buttons(shown, number * ROWS) if asked_for else ()
        messages.append(Message(tuple(blocks), f"{title}. {first}" if number == 0 else f"{title}.", buttons))
    return tuple(messages)


def _head_words(now: datetime, zone: ZoneInfo) -> str:
    local = now.astimezone(zone)
    name = tr("Morning digest") if local.hour < _NOON else tr("Daily digest")
    day, _, clock = local_time(now, zone).rpartition(", ")
    place = zone.key.rpartition("/")[2].replace("_", " ")
    clock = clock.partition(" ")[0]
    where = place if place == offset_words(local) else f"{place} ({offset_words(local)})"
    return f"{name} · {day}, {clock} {where}"


def since_words(since: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`yesterday 07:00`, `07:00` for today, else with the date."""
    began, today = since.astimezone(zone), now.astimezone(zone).date()
    if began.date() == today:
        return f"{began:%H:%M}"
    if began.date() == today - timedelta(days=1):
        return tr("yesterday {time}", time=f"{began:%H:%M}")
    return short_time(since, zone)


def _totals(contents: DigestContents, sections: Sequence[Section], around: Surroundings, zone: ZoneInfo) -> str:
    views = [view for section in sections for view in section.alerts]
    reports = sum(len(view.reports) for view in views)
    critical = sum(len(section.alerts) for section in sections if section.priority is Priority.CRITICAL)
    counted = trn("{count:,} report", "{count:,} reports", reports)
    facts = [trn("{count:,} story from {reports}", "{count:,} stories from {reports}", len(views), reports=counted)]
    facts += [tr("{count} critical", count=critical)] if critical else []
    facts.append(
        trn("{healthy} of {count:,} feed healthy", "{healthy} of {count:,} feeds healthy", around.feeds,
            healthy=around.healthy)
    )  # fmt: skip
    since = since_words(contents.since, contents.mark.at, zone)
    return tr("Since {time}: {facts}", time=since, facts=" · ".join(facts))


def _heartbeat(contents: DigestContents, around: Surroundings, zone: ZoneInfo) -> str:
    items = trn("{count:,} new item", "{count:,} new items", contents.items_read)
    feeds = trn("{count:,} feed", "{count:,} feeds", around.feeds)
    healthy = trn("{count:,} is healthy", "{count:,} are healthy", around.healthy)
    return tr(
        "No matches since {time}. The bot read {items} from {feeds}; {healthy}.",
        time=since_words(contents.since, contents.mark.at, zone),
        items=items,
        feeds=feeds,
        healthy=healthy,
    )


def _story_rows(sections: Sequence[Section], watched: frozenset[str], zone: ZoneInfo) -> list[tuple[Line | None, Line]]:
    """One row a story; the first of a section comes with the section's header."""
    rows: list[tuple[Line | None, Line]] = []
    number = 0
    for section in sections:
        header: Line | None = line(f"{DISCS[section.priority]} ", bold(section.title), f" ({len(section.alerts)})")
        for view in section.alerts:
            number += 1
            report = lead_report(view, watched)
            title = Text(_title(report), url=report.item.link)
            words = find_origins(sorted(view.reports, key=report_time)).words
            rows.append((header, line(f" {number}. ", title, f" · {words}{_taken(view, zone)}")))
            header = None
    return rows


def _taken(view: AlertView, zone: ZoneInfo) -> str:
    """` · acked by Dana 22:14`, if somebody has the story in hand."""
    taken = view.triage.acknowledged
    if taken is None:
        return ""
    said = tr("acked by {name} {time}", name=name_of(taken.name), time=f"{taken.at.astimezone(zone):%H:%M}")
    return f" · {said}"


def _title(report: Report) -> str:
    return isolate(shorten(report.item.title or tr("(no headline)"), _TITLE_LIMIT))


def _tail(
    contents: DigestContents, shown: Sequence[AlertView], around: Surroundings, destination: Destination
) -> list[Block]:
    blocks = _late_lines(contents.late, ZoneInfo(destination.timezone))
    facts = [_quiet_words(shown, around)] if shown else []
    facts += _hearing_words(around, ZoneInfo(destination.timezone))
    facts += [_held_words(contents, shown), _feed_words(around, destination.platform)]
    told = [line(words) for words in facts if words]
    blocks += [Gap(), *told] if told else []
    return blocks


def _number_line(destination: Destination) -> Line:
    if destination.platform is Platform.TELEGRAM:
        return line(tr("Reply with a number for the card."))
    return line(tr("For the card of a story: {command}", command=typed_command("digest 1", destination.platform)))


def _number_buttons(shown: Sequence[AlertView], start: int) -> tuple[tuple[Button, ...], ...]:
    """The stories of one message by their numbers, each with a button for its card."""
    buttons = [
        Button(str(number), "digest", view.alert.id)
        for number, view in enumerate(shown[start : start + ROWS], start + 1)
    ]
    return tuple(tuple(buttons[at : at + _BUTTONS_IN_A_ROW]) for at in range(0, len(buttons), _BUTTONS_IN_A_ROW))


def _late_lines(late: Sequence[Report], zone: ZoneInfo) -> list[Block]:
    if not late:
        return []
    blocks: list[Block] = [Gap(), line(bold(tr("Late finds")), f" ({len(late)})")]
    for report in late[:_MOST_LATE]:
        published = f" · {short_time(report.item.published, zone)}" if report.item.published else ""
        blocks.append(line("• ", Text(_title(report), url=report.item.link), f" · {outlet_of(report.feed)}{published}"))
    if len(late) > _MOST_LATE:
        blocks.append(line(tr("• and {count} more", count=len(late) - _MOST_LATE)))
    return blocks


def _quiet_words(shown: Sequence[AlertView], around: Surroundings) -> str:
    rang = {match.watchlist for view in shown for match in all_matches(view) if match.rings}
    quiet = [list_id for list_id in around.lists if list_id not in rang]
    if not quiet:
        return ""
    names = _names([around.lists[list_id] for list_id in quiet])
    if any(one.silent for list_id in quiet for one in around.hearing.get(list_id, ())):
        return tr("Quiet: {lists} (0 matches)", lists=names)
    return tr("Quiet: {lists} (0 matches; feeds for them are healthy)", lists=names)


def _hearing_words(around: Surroundings, zone: ZoneInfo) -> list[str]:
    """The blindness meter: lists that hear nothing in some language, and lists that hear less."""
    deaf = deaf_words(around.hearing, around.lists, zone)
    weak = weak_words(around.hearing, around.lists)
    told = [tr("No healthy feed: {lists}", lists=_names(deaf))] if deaf else []
    return told + ([tr("Fewer feeds: {lists}", lists=_names(weak))] if weak else [])


def _held_words(contents: DigestContents, shown: Sequence[AlertView]) -> str:
    repeats = sum(len(view.reports) - 1 for view in shown)
    counts = (
        (repeats, trn("{count:,} repeat", "{count:,} repeats", repeats)),
        (contents.stale, trn("{count:,} stale item", "{count:,} stale items", contents.stale)),
        (contents.muted, tr("{count} muted", count=contents.muted)),
        (
            contents.below_clearance,
            tr("{count} from sources less reliable than this chat accepts", count=contents.below_clearance),
        ),
    )
    told = [words for count, words in counts if count]
    return tr("Held back: {facts}", facts=", ".join(told)) if told else ""


def _feed_words(around: Surroundings, platform: Platform) -> str:
    if not around.problems:
        return ""
    told = [f"{outlet}: {words}" for outlet, words in around.problems[:_MOST_FEEDS]]
    more = len(around.problems) - _MOST_FEEDS
    if more > 0:
        told.append(tr("and {count} more: {command}", count=more, command=typed_command("feeds problems", platform)))
    return tr("Feeds: {facts}", facts=" · ".join(told))


def _names(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    shown = ", ".join(names[:_MOST_NAMED])
    return tr("{names} and {count} more", names=shown, count=more) if more > 0 else shown
