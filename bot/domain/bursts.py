"""Bursts: when a chat is sent so much that the rest goes into one rolling message. Pure; the clock is passed in.

Critical alerts still have cards of their own. Everything else that comes while a burst lasts is covered by its
message, which is edited as it grows and closed after ten calm minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.alerts import AlertView
from bot.domain.backlog import MISSED, WaitingCard
from bot.domain.cards import all_matches
from bot.domain.chats import Destination
from bot.domain.command_names import number_words, typed_command
from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Button, Line, Message, Span, Text, bold, isolate, line
from bot.domain.origins import outlet_of
from bot.domain.policy import ringing
from bot.domain.wording import DISCS, duration_words, shorten
from bot.matching.records import Match, Priority

# So many alert messages in so much time are what a chat bears.
_BEARABLE = ((timedelta(minutes=10), 5), (timedelta(hours=1), 20))
COUNTED = max(span for span, _ in _BEARABLE)
CALM = timedelta(minutes=10)
EDITS_APART = timedelta(seconds=30)
BUSY = later("busy chat: the card was brought up to date without a message")
MOST_SHOWN = 30  # stories a message names

_TITLE_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Burst:
    """A rolling message that has not been closed, by the number of its delivery."""

    id: int
    began_at: datetime
    last_at: datetime

    def is_calm(self, now: datetime) -> bool:
        """Whether nothing came for ten minutes."""
        return now - self.last_at >= CALM


@dataclass(frozen=True, slots=True)
class ChatLoad:
    """How much one chat is sent: when alert messages were, what waits, and the burst that lasts, if one does."""

    sent: tuple[datetime, ...]
    waiting: tuple[WaitingCard, ...]
    burst: Burst | None = None


@dataclass(frozen=True, slots=True)
class Covered:
    """A story in a rolling message; `number` is what to answer with, `rang_at` when a card of its own was sent."""

    number: int
    view: AlertView
    rang_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BurstContents:
    """What a rolling message stands for: the `newest` stories, of `total`."""

    burst: Burst
    newest: tuple[Covered, ...]
    total: int


def find_room(sent: Sequence[datetime], now: datetime) -> int:
    """How many more alert messages a chat bears now."""
    return max(min(most - sum(now - moment < span for moment in sent) for span, most in _BEARABLE), 0)


def choose_covered(load: ChatLoad, now: datetime) -> tuple[WaitingCard, ...]:
    """The waiting cards that go into the rolling message, oldest first; as many as the chat bears stay cards.

    What waited when the burst began and was not covered then is among those that stay.
    """
    if load.burst is not None:
        began = load.burst.began_at
        return tuple(card for card in load.waiting if card.created_at > began)
    by_news = sorted(load.waiting, key=lambda card: (card.reported_at, card.id), reverse=True)
    stay = {card.id for card in by_news[: find_room(load.sent, now)]}
    return tuple(card for card in load.waiting if card.id not in stay)


def build_burst(contents: BurstContents, destination: Destination, watched: frozenset[str], *, calm: bool) -> Message:
    """`Busy: 14 alerts in 10 min · grouped until 21:40`, then the stories by list."""
    burst, zone = contents.burst, ZoneInfo(destination.timezone)
    rings = {story.number: ringing(all_matches(story.view), watched) for story in contents.newest}
    shown = [story for story in contents.newest if rings[story.number]]
    loudest = max((found[0].priority for found in rings.values() if found), default=Priority.MEDIUM)
    alerts = trn("{count} alert", "{count} alerts", contents.total)
    took = duration_words(max(burst.last_at - burst.began_at, timedelta(minutes=1)))
    if calm:
        head = tr("Was busy: {alerts} in {time}", alerts=alerts, time=took)
        state = tr("calm since {time}", time=f"{burst.last_at.astimezone(zone):%H:%M}")
    else:
        head = tr("Busy: {alerts} in {time}", alerts=alerts, time=took)
        state = tr("grouped until {time}", time=f"{(burst.last_at + CALM).astimezone(zone):%H:%M}")
    blocks: list[Block] = [line(f"{DISCS[loudest]} ", bold(head), f" · {state}", style="head")]
    blocks += _group_lines(shown, rings, zone)
    buttons: tuple[tuple[Button, ...], ...] = ()
    left = contents.total - len(shown)
    if left > 0:
        command = typed_command(MISSED, destination.platform)
        blocks.append(line(tr("And {count} more: {command}", count=left, command=command)))
        buttons = ((Button(tr("Show all"), MISSED),),)
    footer = number_words(destination.platform)
    if not calm:
        footer = f"{tr('Critical stories still ring on their own.')} {footer}"
    blocks.append(line(footer, style="context"))
    return Message(tuple(blocks), f"{head}, {state}.", buttons, silent=True)


def _group_lines(stories: Sequence[Covered], rings: dict[int, tuple[Match, ...]], zone: ZoneInfo) -> list[Line]:
    """Each list with its stories; a story that rings on several stands under its loudest and is named by the others."""
    titles: dict[str, str] = {}
    own: dict[str, list[Covered]] = {}
    also: dict[str, list[Covered]] = {}
    for story in stories:
        primary, *others = rings[story.number]
        titles |= {match.watchlist: match.title for match in rings[story.number]}
        own.setdefault(primary.watchlist, []).append(story)
        for match in others:
            also.setdefault(match.watchlist, []).append(story)
    loudness = {
        name: (-max(rings[story.number][0].priority for story in own[name]), own[name][0].number) for name in own
    }
    lines: list[Line] = []
    for name in sorted(own, key=lambda name: loudness[name]):
        lines += _own_lines(titles[name], own[name], also.get(name, []), zone)
    for name in sorted(also.keys() - own.keys(), key=lambda name: titles[name]):
        numbers = ", ".join(str(story.number) for story in also[name])
        same = trn("same story as {numbers}", "same stories as {numbers}", len(also[name]), numbers=numbers)
        lines.append(line(bold(titles[name]), f" · {_reports(also[name])}, {same}"))
    return lines


def _own_lines(title: str, stories: list[Covered], also: list[Covered], zone: ZoneInfo) -> list[Line]:
    if len(stories) == 1 and not also:
        (story,) = stories
        return [line(bold(title), f" · {_reports(stories)}: {story.number}. ", *_story_spans(story, zone))]
    many = trn("{count} story", "{count} stories", len(stories) + len(also))
    lines = [line(bold(title), f" · {_reports([*stories, *also])}, {many}")]
    return [*lines, *(line(f" {story.number}. ", *_story_spans(story, zone)) for story in stories)]


def _reports(stories: Sequence[Covered]) -> str:
    return trn("{count} report", "{count} reports", sum(len(story.view.reports) for story in stories))


def _story_spans(story: Covered, zone: ZoneInfo) -> tuple[Span, ...]:
    first = story.view.reports[0]
    title = isolate(shorten(first.item.title or tr("(no headline)"), _TITLE_LIMIT))
    outlets = len({outlet_of(report.feed) for report in story.view.reports})
    facts = f" · {trn('{count} outlet', '{count} outlets', outlets)}" if outlets > 1 else ""
    if story.rang_at:
        facts += f" · {DISCS[Priority.CRITICAL]} {tr('sent {time}', time=f'{story.rang_at.astimezone(zone):%H:%M}')}"
    return Text(title, url=first.item.link), Text(facts)
