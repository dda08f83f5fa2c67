"""What one shift hands over to the next: new alerts, open ones, mutes that run out, feeds that fail. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.alerts import AlertView
from bot.domain.cards import lead_report
from bot.domain.language import tr, trn
from bot.domain.messages import Block, Button, Gap, Line, Message, Text, bold, isolate, line
from bot.domain.mute_times import until_words
from bot.domain.mutes import Mute
from bot.domain.told import ToldAlert
from bot.domain.triage import acknowledged_words
from bot.domain.wording import DISCS, duration_words, priority_word, short_time, shorten
from bot.matching.records import Priority

# A shift is rarely longer, and what runs out within it is what the next one will meet.
SHIFT = timedelta(hours=12)
OPEN_FOR = timedelta(days=7)
_MOST_SHOWN = 10
_MOST_FEEDS = 5
_TITLE_LIMIT = 80

Shown = tuple[ToldAlert, AlertView]


@dataclass(frozen=True, slots=True)
class Handover:
    """`new` are all alerts since the shift began; `open` and `taken` those of at least high priority, newest first.

    `open` reaches back a week, for what nobody took in hand stays open. `problems` are outlets with what is wrong.
    """

    since: datetime
    now: datetime
    is_marked: bool
    new: tuple[ToldAlert, ...]
    open: tuple[Shown, ...]
    taken: tuple[Shown, ...]
    mutes: tuple[Mute, ...]
    problems: tuple[tuple[str, str], ...]


def ending_mutes(mutes: Sequence[Mute], now: datetime) -> tuple[Mute, ...]:
    """The mutes that run out within a shift, the first one first."""
    ending = [(mute.until, mute) for mute in mutes if mute.until and mute.is_active(now) and mute.until <= now + SHIFT]
    return tuple(mute for _, mute in sorted(ending, key=lambda one: one[0]))


def build_handover(handover: Handover, zone: ZoneInfo) -> Message:
    """The handover as a message; its button begins the next shift."""
    since, age = short_time(handover.since, zone), duration_words(handover.now - handover.since)
    title = tr("Handover · since {time} ({age})", time=since, age=age)
    counted = _count_words(handover)
    blocks: list[Block] = [line("📋 ", bold(title), style="head"), line(counted)]
    if not handover.is_marked:
        blocks.append(line(tr("No shift was marked here yet, so these are the last 12 hours."), style="context"))
    blocks += _section(tr("Nobody has in hand"), [_alert_line(*one, zone) for one in handover.open])
    blocks += _section(tr("In hand"), [_taken_line(*one, zone) for one in handover.taken])
    blocks += _section(
        tr("Mutes that run out within 12 hours"),
        [line(f"• {isolate(mute.what)} · {until_words(mute.until, zone)}") for mute in handover.mutes if mute.until],
    )
    feeds = [line(f"• {isolate(outlet)}: {problem}") for outlet, problem in handover.problems]
    blocks += _section(tr("Feeds that are not well"), feeds, _MOST_FEEDS)
    done = Button(tr("✅ I take over"), "handover", argument="done")
    return Message(tuple(blocks), f"{title}. {counted}", ((done,),))


def _count_words(handover: Handover) -> str:
    new = trn("{count} new alert", "{count} new alerts", len(handover.new))
    by_priority = Counter(one.priority for one in handover.new)
    parts = [f"{by_priority[one]} {priority_word(one)}" for one in sorted(Priority, reverse=True) if by_priority[one]]
    alerts = f"{new}: {', '.join(parts)}" if parts else new
    opened = trn("{count} in nobody's hands", "{count} in nobody's hands", len(handover.open))
    return f"{alerts} · {opened}"


def _section(title: str, rows: Sequence[Line], most: int = _MOST_SHOWN) -> list[Block]:
    if not rows:
        return []
    more = len(rows) - most
    rest = [line(tr("• and {count} more", count=more))] if more > 0 else []
    return [Gap(), line(bold(title), f" ({len(rows)})"), *rows[:most], *rest]


def _alert_line(told: ToldAlert, view: AlertView, zone: ZoneInfo) -> Line:
    report = lead_report(view, told.lists)
    title = Text(isolate(shorten(report.item.title or tr("(no headline)"), _TITLE_LIMIT)), url=report.item.link)
    return line(
        f"• {DISCS[told.priority]} ", title, f" · {short_time(told.at, zone)} · ", Text(told.alert_id, code=True)
    )


def _taken_line(told: ToldAlert, view: AlertView, zone: ZoneInfo) -> Line:
    row = _alert_line(told, view, zone)
    taken = view.triage.acknowledged
    return Line((*row.spans, Text(f" · {acknowledged_words(taken, told.at, zone)}"))) if taken else row
