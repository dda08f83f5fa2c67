"""Backlogs: what could not be sent to a destination for more than a day goes out as one digest, and what may not have
arrived is named in one.

Pure. Nothing is dropped: the digest says how many alerts it stands for, and /missed pages through all of them. What is
younger goes out as it came; where that is too much, as a burst.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.alerts import AlertView
from bot.domain.cards import all_matches, lead_report, report_time
from bot.domain.chats import Destination
from bot.domain.command_names import typed_command
from bot.domain.deliveries import Urgency
from bot.domain.language import tr, trn
from bot.domain.messages import Block, Button, Gap, Line, Message, Text, bold, isolate, line
from bot.domain.policy import ringing
from bot.domain.wording import DISCS, short_time, shorten

OLD = timedelta(hours=24)
LINES = 20  # alerts a digest names, and alerts on a page of /missed
MISSED = "missed"  # the command that pages through the rest

_TITLE_LIMIT = 120


@dataclass(frozen=True, slots=True)
class WaitingCard:
    """A card that waits in the outbox. `reported_at` is when its story was last published, as far as is known."""

    id: int
    alert_id: str
    destination: Destination
    urgency: Urgency
    created_at: datetime
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Missed:
    """A page of the alerts that digests stand for at one destination, newest first; `total` counts all of them."""

    alerts: tuple[AlertView, ...]
    total: int


def plan_backlog(waiting: Sequence[WaitingCard], now: datetime) -> tuple[WaitingCard, ...]:
    """The cards of one destination that go into a digest, newest report first: several that are older than a day."""
    old = [card for card in waiting if now - min(card.reported_at, card.created_at) > OLD]
    if len(old) < 2:  # noqa: PLR2004  one card is no digest
        return ()
    return tuple(sorted(old, key=lambda card: (card.reported_at, card.id), reverse=True))


def build_backlog_digest(
    views: Sequence[AlertView], destination: Destination, watched: frozenset[str], *, total: int
) -> Message:
    """The digest that stands for `total` alerts, of which `views` are the newest."""
    words = trn("{count:,} alert", "{count:,} alerts", total)
    head = tr("{alerts}, in one message", alerts=words)
    why = tr("They could not be sent when they came, more than a day ago.")
    digest = _build_digest(head, why, alert_lines(views, destination, watched), total, destination)
    return replace(digest, summary=tr("{alerts} could not be sent when they came.", alerts=words))


def build_doubt_notice(
    views: Sequence[AlertView], destination: Destination, watched: frozenset[str], *, total: int
) -> Message:
    """Names `total` alerts that may not have come, though their cards were sent; `views` are the first."""
    words = trn("{count:,} alert", "{count:,} alerts", total)
    head = tr("{alerts} may not have arrived", alerts=words)
    why = tr("They were sent, and it is not known whether they came.")
    return _build_digest(head, why, alert_lines(views, destination, watched), total, destination)


def _build_digest(head: str, why: str, lines: Sequence[Line], total: int, destination: Destination) -> Message:
    blocks: list[Block] = [line("🗂 ", bold(head), style="head"), line(why, style="context"), Gap(), *lines]
    buttons: tuple[tuple[Button, ...], ...] = ()
    left = total - len(lines)
    if left:
        blocks += [
            Gap(),
            line(tr("And {count} more: {command}", count=left, command=typed_command(MISSED, destination.platform))),
        ]
        buttons = ((Button(tr("Show all"), MISSED),),)
    return Message(tuple(blocks), head, buttons)


def alert_lines(views: Sequence[AlertView], destination: Destination, watched: frozenset[str]) -> tuple[Line, ...]:
    """One line an alert: how loud, the linked headline, the outlet, when, and its id for /why and /full."""
    zone = ZoneInfo(destination.timezone)
    return tuple(_alert_line(view, watched, zone) for view in views)


def _alert_line(view: AlertView, watched: frozenset[str], zone: ZoneInfo) -> Line:
    report = lead_report(view, watched)
    lists = ringing(all_matches(view), watched)
    priority = lists[0].priority if lists else view.alert.priority
    title = isolate(shorten(report.item.title or tr("(no headline)"), _TITLE_LIMIT))
    facts = f" · {report.feed.outlet} · {short_time(report_time(report), zone)} · "
    return line(f"{DISCS[priority]} ", Text(title, url=report.item.link), facts, Text(view.alert.id, code=True))
