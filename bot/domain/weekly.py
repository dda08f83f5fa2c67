"""The weekly trend as messages: the sentences that stand under its picture, and what there is to say beside. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.domain.alerts import AlertView
from bot.domain.cards import lead_report, report_time
from bot.domain.chats import Destination
from bot.domain.digests import Surroundings
from bot.domain.language import tr, trn
from bot.domain.messages import Block, Gap, Message, Text, bold, isolate, line
from bot.domain.origins import find_origins
from bot.domain.precision import Precision
from bot.domain.told import ToldAlert
from bot.domain.trends import ListTrend, trend_words
from bot.domain.wording import DISCS, short_date, short_time, shorten

_MOST_SENTENCES = 8
_MOST_PRECISION = 5
_MOST_FEEDS = 3
_TITLE_LIMIT = 90


@dataclass(frozen=True, slots=True)
class Week:
    """What the second message tells: the loudest stories, names not seen before, how precise lists are, the feeds."""

    top: tuple[tuple[AlertView, ToldAlert], ...] = ()
    names: tuple[str, ...] = ()
    precision: tuple[Precision, ...] = ()
    around: Surroundings = field(default_factory=Surroundings)


def build_week_picture(trends: Sequence[ListTrend], day: date) -> Message:
    """The message that the picture goes with; its summary says what the picture shows."""
    sentences = [trend_words(trend, day) for trend in trends]
    blocks: list[Block] = [line("📈 ", bold(week_title(day)), style="head")]
    blocks += [line(sentence) for sentence in sentences[:_MOST_SENTENCES]]
    if len(sentences) > _MOST_SENTENCES:
        more = len(sentences) - _MOST_SENTENCES
        blocks.append(line(trn("And {count} list more.", "And {count} lists more.", more)))
    return Message(tuple(blocks), " ".join(sentences[:_MOST_SENTENCES]))


def week_title(day: date) -> str:
    """`Weekly trend · 17 Nov - 23 Nov 2026`: the seven days before `day`."""
    first, last = day - timedelta(days=7), day - timedelta(days=1)
    return tr("Weekly trend · {first} - {last}", first=short_date(first), last=f"{short_date(last)} {last.year}")


def build_week(week: Week, destination: Destination) -> tuple[Message, ...]:
    """What there is to say beside the picture; no message where there is nothing."""
    zone = ZoneInfo(destination.timezone)
    blocks: list[Block] = []
    if week.top:
        blocks.append(line(bold(tr("Top stories"))))
        blocks += [_story_line(number, view, told, zone) for number, (view, told) in enumerate(week.top, 1)]
        blocks.append(Gap())
    if week.names:
        blocks.append(line(bold(tr("New names:")), f" {', '.join(isolate(name) for name in week.names)}"))
    if week.precision:
        shown = sorted(week.precision, key=lambda one: -one.all.rated)[:_MOST_PRECISION]
        words = " · ".join(f"{isolate(one.name)} {one.headline.words}" for one in shown)
        blocks.append(line(bold(tr("Precision:")), f" {words}"))
    if week.around.feeds:
        blocks.append(line(bold(tr("Feeds:")), f" {_feed_words(week.around)}"))
    if not blocks:
        return ()
    return (Message(tuple(blocks), tr("The week in stories, names and feeds.")),)


def _story_line(number: int, view: AlertView, told: ToldAlert, zone: ZoneInfo) -> Block:
    report = lead_report(view, told.lists)
    title = Text(isolate(shorten(report.item.title or tr("(no headline)"), _TITLE_LIMIT)), url=report.item.link)
    origins = find_origins(sorted(view.reports, key=report_time)).words
    when = short_time(report_time(report), zone)
    return line(
        f"{number}. {DISCS[told.priority]} ", title, f" · {origins} · {when} · ", Text(view.alert.id, code=True)
    )


def _feed_words(around: Surroundings) -> str:
    words = tr("{healthy} of {feeds} healthy", healthy=around.healthy, feeds=around.feeds)
    told = [f"{isolate(outlet)}: {problem}" for outlet, problem in around.problems[:_MOST_FEEDS]]
    more = len(around.problems) - _MOST_FEEDS
    rest = [tr("and {count} more", count=more)] if more > 0 else []
    return " · ".join([words, *told, *rest])
