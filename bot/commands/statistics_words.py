"""Statistics as a message: the numbers that the picture shows, and more."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.backtests import sparkline
from bot.domain.chat_statistics import LEAST_ALERTS, ChatStatistics, FeedDelays, Spread
from bot.domain.language import tr, trn
from bot.domain.messages import Block, Message, bold, isolate, line
from bot.domain.wording import duration_words, priority_word, short_date, weekday_name

_MOST_LISTS = 5
_MOST_FEEDS = 4
_MOST_MUTES = 3
_WEEK = timedelta(days=7)


def build_statistics_message(figures: ChatStatistics, title: str = "") -> Message:
    """The statistics, the most important numbers first."""
    head = tr("Statistics")
    blocks: list[Block] = [
        line(bold(f"{head}: {isolate(title)}" if title else head), f" · {_span_words(figures)}", style="head"),
        line(f"{alerts_words(figures)}  {sparkline(figures.totals[-30:])}"),
        line(_stories_words(figures)),
        *_section(tr("By list"), [f"{isolate(name)} {count}" for name, count in figures.by_list], _MOST_LISTS),
        *_section(
            tr("Precision"), [f"{isolate(one.name)} {one.headline.words}" for one in figures.precision], _MOST_LISTS
        ),
        *_lines(tr("Speed (half within / 9 of 10 within)"), [_feed_words(feed) for feed in figures.feeds]),
        *_response_lines(figures),
        *_section(tr("Muted now"), figures.mutes, _MOST_MUTES),
    ]
    return Message(tuple(blocks), describe(figures))


def describe(figures: ChatStatistics) -> str:
    """One sentence with the numbers of the picture."""
    return tr("{alerts}, {span}. {stories}.", alerts=alerts_words(figures), span=_span_words(figures),
              stories=_stories_words(figures))  # fmt: skip


def alerts_words(figures: ChatStatistics) -> str:
    """`42 alerts: 1 critical, 20 high, 21 medium`."""
    parts = ", ".join(f"{sum(counts)} {priority_word(priority)}" for priority, counts in figures.days)
    total = trn("{count} alert", "{count} alerts", figures.alerts)
    return f"{total}: {parts}" if parts else total


def too_few_words(figures: ChatStatistics, zone: ZoneInfo) -> str:
    """`Not enough yet: 3 alerts since Monday. Stats start at 10.`"""
    alerts = trn("{count} alert", "{count} alerts", figures.alerts)
    began = figures.began.astimezone(zone).date() if figures.began else figures.first
    named = weekday_name(began.weekday()) if figures.last - began < _WEEK else short_date(began)
    return tr("Not enough yet: {alerts} since {day}. Stats start at {least}.",
              alerts=alerts, day=named, least=LEAST_ALERTS)  # fmt: skip


def spread_words(spread: Spread) -> str:
    """`4 min / 12 min`: the median and the 90th percentile."""
    return f"{duration_words(spread.median)} / {duration_words(spread.p90)}"


def _span_words(figures: ChatStatistics) -> str:
    days = trn("{count} day", "{count} days", len(figures.dates))
    first, last = figures.first, figures.last
    return f"{short_date(first)} - {short_date(last)} {last.year} ({days})"


def _stories_words(figures: ChatStatistics) -> str:
    stories = trn("{count} story", "{count} stories", figures.stories)
    repeats = trn("{count} repeat removed", "{count} repeats removed", figures.repeats)
    return f"{stories} · {repeats}"


def _section(title: str, parts: Sequence[str], most: int) -> list[Block]:
    if not parts:
        return []
    more = f" +{len(parts) - most}" if len(parts) > most else ""
    return [line(bold(f"{title}: "), " · ".join(parts[:most]) + more)]


def _lines(title: str, rows: Iterable[str]) -> list[Block]:
    shown = [row for row in rows if row][:_MOST_FEEDS]
    return [line(bold(f"{title}:")), *(line(f"• {row}") for row in shown)] if shown else []


def _feed_words(feed: FeedDelays) -> str:
    parts = []
    if feed.seen:
        parts.append(tr("seen {time} after publication", time=spread_words(feed.seen)))
    if feed.sent:
        parts.append(tr("sent {time} later", time=spread_words(feed.sent)))
    return f"{isolate(feed.outlet)}: {', '.join(parts)}" if parts else ""


def _response_lines(figures: ChatStatistics) -> list[Block]:
    if figures.response is None:
        return []
    taken = trn("{count} alert after {time}", "{count} alerts after {time}", figures.response.count,
                time=spread_words(figures.response))  # fmt: skip
    return [line(bold(tr("Taken in hand:")), f" {taken}")]
