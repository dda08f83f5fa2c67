"""Updates: what of a later report is worth a message of its own under a card. Pure; the clock is passed in.

Every later report edits the card. A reply goes out only where something changed that a reader would act on, and at
most four a day under one card; what is held back keeps its reason, as cards do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from bot.domain.alerts import AlertView, Report
from bot.domain.budget import day_began
from bot.domain.cards import all_matches, clock_span, report_time
from bot.domain.chats import Destination
from bot.domain.deliveries import Urgency
from bot.domain.denials import denies
from bot.domain.discreet import hide_update
from bot.domain.figures import KILLED, KILOGRAMS, SUCCUMBED, WOUNDED, Figure, find_figures
from bot.domain.fingerprints import LEAD_WORDS, lead_text
from bot.domain.language import later, speaking, tr, trn
from bot.domain.messages import Line, Message, Span, Text, bold, isolate, line
from bot.domain.mutes import MUTED, Candidate, apply_mutes
from bot.domain.origins import find_origins, outlet_of
from bot.domain.policy import BELOW_CLEARANCE, LATE, NO_LONGER_WATCHED, ringing
from bot.domain.routing import Watcher, Watchers
from bot.domain.wording import owner_name, priority_word, shorten
from bot.matching.records import Match, Priority
from bot.matching.tokens import folded_words

MOST_A_DAY = 4  # under one card
REMEMBERED = timedelta(days=2)  # a day of any time zone lies within
IN_QUIET_HOURS = later("quiet hours: the card was brought up to date without a message")
TOO_MANY = f"{MOST_A_DAY} updates of the story today; the last is kept for a rise to critical"

_OFFICIAL = frozenset({"state", "gov", "intergov"})
_TITLE_LIMIT = 160
_LOOKED_AT = 2_000  # characters
_COUNTED = (KILLED, WOUNDED, SUCCUMBED, KILOGRAMS)


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card that stands in a chat, and when updates were put under it in the last two days."""

    destination: Destination
    alert_id: str
    updates: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownStory:
    """A story that rang, and the cards of it that stand in chats, one in each at most."""

    view: AlertView
    cards: tuple[ShownCard, ...]

    def grow(self, report: Report, planned: Iterable["PlannedUpdate"]) -> "ShownStory":
        """The story with one more report and the updates that follow from it."""
        reached = {one.destination.key for one in planned if not one.suppressed}
        cards = tuple(
            replace(card, updates=(*card.updates, report.item.first_seen)) if card.destination.key in reached else card
            for card in self.cards
        )
        return ShownStory(replace(self.view, reports=(*self.view.reports, report)), cards)


@dataclass(frozen=True, slots=True)
class PlannedUpdate:
    """The decision to put a message under an alert's card; `suppressed` says why not.

    `item_key` is that of the report: recording an update twice is harmless.
    """

    item_key: str
    alert_id: str
    destination: Destination
    message: Message
    urgency: Urgency
    suppressed: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a report changed for one chat: a line each, what of the story rings there, and whether it became louder."""

    lines: tuple[Line, ...]
    rings: tuple[Match, ...]
    rose: bool

    @property
    def loudest(self) -> Priority:
        """The priority of the story there."""
        return max((match.priority for match in self.rings), default=Priority.LOW)

    @property
    def is_alarm(self) -> bool:
        """Whether the story became critical."""
        return self.rose and self.loudest is Priority.CRITICAL


def counts(report: Report) -> bool:
    """Whether a report may change anything: neither read at a feed's first poll nor days late."""
    item = report.item
    return not item.baseline and (item.published is None or item.first_seen - item.published <= LATE)


def plan_updates(
    story: ShownStory, report: Report, watchers: Watchers, sending: frozenset[str]
) -> tuple[PlannedUpdate, ...]:
    """The updates that follow from a later report of a story, one for every chat in which its card stands.

    Of the report's matches only those that may be sent are given. `sending` are the lists that send at all.
    """
    if not counts(report):
        return ()
    planned = []
    for card in story.cards:
        watcher = watchers.by_key.get(card.destination.key, Watcher(card.destination))
        watched = watcher.heard_lists((*all_matches(story.view), *report.matches)) & sending
        with speaking(watcher.language):
            changes = find_changes(story.view, report, watched, watcher)
            message = build_update(story.view, card.alert_id, report, changes)
            if watcher.attention.settings.discreet:
                message = hide_update(message, card.alert_id)
            message = replace(message, here=changes.is_alarm and watcher.attention.settings.here)
        if changes.lines:
            urgency = Urgency.CRITICAL if changes.is_alarm else Urgency.ALERT
            suppressed = _why_suppressed(story.view, report, card, watcher, changes)
            planned.append(
                PlannedUpdate(report.item.key, card.alert_id, card.destination, message, urgency, suppressed)
            )
    return tuple(planned)


def _why_suppressed(view: AlertView, report: Report, card: ShownCard, watcher: Watcher, changes: Changes) -> str:
    now, grade = report.item.first_seen, report.feed.grade
    if not changes.rings:
        return NO_LONGER_WATCHED
    candidate = Candidate(report.item, outlet_of(report.feed), view.story.key)
    left, mute = apply_mutes(watcher.attention.mutes, changes.rings, candidate, now)
    if not left and mute is not None:
        return f"{MUTED}{mute.what}{f', by {mute.name}' if mute.name else ''}"
    if not watcher.accepts(grade):
        return BELOW_CLEARANCE
    # The card rang for itself; at night only what makes the story critical may do so again.
    origins = count_origins(view.reports, report)
    rings = changes.is_alarm and watcher.find_hold(changes.loudest, grade, now, origins) is None
    if watcher.is_quiet(now) and not rings:
        return IN_QUIET_HOURS
    today = sum(moment >= day_began(now, watcher.zone) for moment in card.updates)
    return TOO_MANY if today >= MOST_A_DAY - (changes.loudest < Priority.CRITICAL) else ""


def find_changes(before: AlertView, report: Report, watched: frozenset[str], watcher: Watcher) -> Changes:
    """What a report changes for a chat that watches these lists."""
    known, new = ringing(all_matches(before), watched), ringing(report.matches, watched)
    was = max((match.priority for match in known), default=Priority.LOW)
    rings = ringing((*all_matches(before), *report.matches), watched)
    loudest = max((match.priority for match in rings), default=was)
    lines: list[Line] = []
    if loudest > was:
        lines.append(_line(tr("Priority:"), f"{priority_word(was)} → {priority_word(loudest)}"))
    lines += _source_lines(before, report, watcher)
    lines += _figure_lines(before, report)
    if _denies(report) and not any(_denies(earlier) for earlier in before.reports):
        lines.append(_line(tr("Denial reported by"), *_by(report, watcher)))
    names = {match.watchlist for match in known}
    for match in new:
        if match.watchlist not in names and match.priority >= was:
            lines.append(_line(tr("Also rings:"), f"{match.title} ({priority_word(match.priority)})"))
    return Changes(tuple(lines), rings, loudest > was)


def count_origins(reports: Sequence[Report], report: Report) -> int:
    """How many origins a story of these reports has with one more."""
    return len(find_origins(sorted((*reports, report), key=report_time)).origins) if reports else 1


def build_update(before: AlertView, alert_id: str, report: Report, changes: Changes) -> Message:
    """`🔺 Update to K4TB · now 3 outlets, 2 origins`, what changed, and the report that changed it."""
    after = replace(before, reports=(*before.reports, report))
    origins = find_origins(sorted(after.reports, key=report_time))
    title = isolate(shorten(report.item.title or tr("(no headline)"), _TITLE_LIMIT))
    facts = [outlet_of(report.feed), report.item.lang, tr("reliability {grade}", grade=report.feed.grade)]
    head = tr("Update to {id}", id=alert_id)
    now = tr("now {origins}", origins=origins.words)
    blocks = (
        line("🔺 ", bold(head), f" · {now}", style="head"),
        *changes.lines,
        line(Text(title, url=report.item.link), f" · {', '.join(fact for fact in facts if fact)}"),
    )
    said = "; ".join("".join(span.text for span in one.spans).removeprefix("• ") for one in changes.lines)
    return Message(blocks, f"{head}, {now}: {said}", silent=not changes.is_alarm)


def _line(label: str, words: str, *more: Span) -> Line:
    return line("• ", bold(label), f" {words}", *more)


def _by(report: Report, watcher: Watcher) -> tuple[str, Span]:
    """`Zarafshon Agency (state) · 21:31`."""
    owner = f" ({owner_name(report.feed.owner)})" if report.feed.owner in _OFFICIAL else ""
    at = report_time(report)
    when = clock_span(at, f"{at.astimezone(watcher.zone):%H:%M}", watcher.destination)
    return f"{isolate(outlet_of(report.feed))}{owner} · ", when


def _source_lines(before: AlertView, report: Report, watcher: Watcher) -> list[Line]:
    reports = sorted(before.reports, key=report_time)
    was = len(find_origins(reports).origins)
    now = count_origins(before.reports, report)
    official = report.feed.owner in _OFFICIAL and not any(one.feed.owner in _OFFICIAL for one in reports)
    if was == 1 < now:
        return [_line(tr("Confirmed by"), *_by(report, watcher))]
    return [_line(tr("First official statement:"), *_by(report, watcher))] if official else []


def _figure_lines(before: AlertView, report: Report) -> list[Line]:
    """`Changed: “1 killed” → “3 killed, 2 wounded”`: what a report counts that no earlier one did."""
    earlier = [figure for one in before.reports for figure in _figures(one)]
    was, now = [], []
    for kind in _COUNTED:
        known = {figure.many for figure in earlier if figure.kind == kind}
        told = {figure.many for figure in _figures(report) if figure.kind == kind}
        fresh = told - known
        # A toll that rises from two to three names both.
        if fresh and (not told & known or max(told) > max(known)):
            now.append(_count(kind, max(fresh)))
            was += [_count(kind, _most(earlier, kind))] if known else []
    if not now:
        return []
    if not was:
        was = [_count(kind, many) for kind in _COUNTED if (many := _most(earlier, kind))]
    old = f"“{', '.join(was)}”" if was else tr("no numbers")
    return [_line(tr("Changed:"), f"{old} → “{', '.join(now)}”")]


def _most(figures: Iterable[Figure], kind: str) -> int:
    return max((figure.many for figure in figures if figure.kind == kind), default=0)


def _count(kind: str, many: int) -> str:
    match kind:
        case "killed":
            return trn("{count} killed", "{count} killed", many)
        case "wounded":
            return trn("{count} wounded", "{count} wounded", many)
        case "succumbed":
            return trn("{count} of the wounded died", "{count} of the wounded died", many)
        case _:
            return trn("{count} kg", "{count} kg", many)


def _denies(report: Report) -> bool:
    return denies(_words(report.item.title, lead_text(report.item.summary, report.item.content)), report.item.lang)


def _figures(report: Report) -> frozenset[Figure]:
    return find_figures(_words(report.item.title, lead_text(report.item.summary, report.item.content)))


@lru_cache(maxsize=1024)
def _words(title: str, lead: str) -> Sequence[str]:
    """The folded words of a headline and of the beginning of the text below it."""
    return (*folded_words(title), *folded_words(lead[:_LOOKED_AT])[:LEAD_WORDS])
