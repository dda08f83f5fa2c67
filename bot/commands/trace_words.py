"""The answer to `whynot`, in the words of chat and command line alike. Pure."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.deliveries import DeliveryState
from bot.domain.feeds import FeedStatus
from bot.domain.messages import Block, Gap, Line, Message, Text, bold, isolate, line
from bot.domain.policy import BASELINE
from bot.domain.traces import SentCard, StoryTrace
from bot.domain.wording import count_words, duration_words, language_name, short_time, shorten
from bot.matching.records import Evidence, NearMiss
from bot.services.tracing import Trace, TracedItem

_TITLE_LIMIT = 160
_MOST_TERMS = 5
_MOST_MATCHES = 8
_MOST_MISSES = 5
_MOST_CARDS = 10
_MOST_FEEDS = 5
_CARD_WORDS = {
    DeliveryState.PENDING: "waits to be sent",
    DeliveryState.SENDING: "is being sent",
    DeliveryState.SENT: "sent",
    DeliveryState.FAILED: "failed",
    DeliveryState.SUPPRESSED: "held back",
    DeliveryState.HELD: "waits until quiet hours are over, planned",
    DeliveryState.DIGESTED: "sent in a digest, planned",
}


def build_trace(trace: Trace, zone: ZoneInfo, now: datetime, *, here: bool) -> Message:
    """Where an item stopped, step by step. `here` says that only cards of the asking chat are in the trace."""
    if not trace.items:
        return _build_unknown(trace, zone, now)
    blocks: list[Block] = []
    for number, item in enumerate(trace.items):
        blocks += [Gap()] if number else []
        blocks += _item_blocks(item, zone, here=here)
    return Message(tuple(blocks), f"What became of {shorten(trace.items[0].trace.item.title, 100)}.")


def _item_blocks(traced: TracedItem, zone: ZoneInfo, *, here: bool) -> list[Block]:
    item, feed = traced.trace.item, traced.trace.feed
    published = f", published {short_time(item.published, zone)}" if item.published else ", without a date"
    words = len(f"{item.summary} {item.content}".split())
    language = language_name(item.lang) or "language unknown"
    blocks: list[Block] = [
        Line((Text(isolate(shorten(item.title or "(no headline)", _TITLE_LIMIT)), bold=True, url=item.link),), "title"),
        line(f"1. Fetched: from {feed.outlet} ({feed.id}), {short_time(item.first_seen, zone)}{published}"),
        line(f"2. Parsed: headline and {count_words(words, 'word')} of text, {language}"),
        line(f"3. {'First reading of its feed: ' + BASELINE if item.baseline else 'New'}"),
    ]
    blocks += _match_lines(traced)
    blocks.append(_story_line(traced.trace.story))
    blocks += _sent_lines(traced, zone, here=here)
    return blocks


def _match_lines(traced: TracedItem) -> list[Block]:
    matches = traced.trace.matches
    if matches:
        blocks: list[Block] = [line(f"4. Matched: {count_words(len(matches), 'list')}")]
    else:
        blocks = [line("4. Matched: no list")]
    for recorded in matches[:_MOST_MATCHES]:
        match = recorded.match
        where = "rings" if match.rings else "mentions only"
        found = f"rule {match.rule}, found {quoted(match.evidence)}, {match.priority.word}, {where}"
        blocks.append(line("   • ", bold(match.watchlist), f": {found} -> {recorded.outcome}"))
    for match in traced.unrecorded[:_MOST_MATCHES]:
        found = f"rule {match.rule}, found {quoted(match.evidence)}"
        blocks.append(line("   • ", bold(match.watchlist), f": matches now ({found}), but did not when it was read"))
    for miss in traced.misses[:_MOST_MISSES]:
        blocks.append(line("   • ", bold(miss.watchlist), f": {miss_words(miss)}"))
    if not (matches or traced.unrecorded or traced.misses):
        blocks.append(line("   • no word of any list stands in it"))
    rest = len(traced.misses) - _MOST_MISSES
    if rest > 0:
        blocks.append(line(f"   • and {count_words(rest, 'list')} of which some word stands in it"))
    return blocks


def miss_words(miss: NearMiss) -> str:
    """Why a list stayed silent: `rule name lacks geo.tajikistan; found “border”`."""
    found = f"; found {quoted(miss.evidence)}" if miss.evidence else ""
    if miss.vetoed_by == "sources":
        return f"rule {miss.rule} fires, but the list does not listen to this feed{found}"
    if miss.vetoed_by:
        because = f" because of {quoted(miss.veto_evidence)}" if miss.veto_evidence else ""
        return f"rule {miss.rule} fires, but “{miss.vetoed_by}” vetoed it{because}{found}"
    return f"rule {miss.rule} lacks {' and '.join(miss.missing)}{found}"


def quoted(evidence: Iterable[Evidence]) -> str:
    """The words found, each once."""
    texts = list(dict.fromkeys(f"“{isolate(shorten(one.text, 50))}”" for one in evidence))
    more = " …" if len(texts) > _MOST_TERMS else ""
    return ", ".join(texts[:_MOST_TERMS]) + more


def _story_line(story: StoryTrace | None) -> Line:
    if story is None:
        return line("5. Grouped: not at all, because nothing matched")
    alert = "no alert"
    if story.alert_id and story.priority is not None:
        alert = f"alert {story.alert_id}, {story.priority.word}"
    return line(f"5. Grouped: story S{story.number}, {count_words(story.reports, 'report')}, {alert}")


def _sent_lines(traced: TracedItem, zone: ZoneInfo, *, here: bool) -> list[Block]:
    story = traced.trace.story
    cards = story.cards if story else ()
    if not cards:
        return [line(f"6. Sent: {_unsent_reason(traced, here=here)}")]
    blocks: list[Block] = [line("6. Sent:")] if len(cards) > 1 else []
    lead = "   • " if blocks else "6. Sent: "
    blocks += [line(f"{lead}{_card_words(card, zone, here=here)}") for card in cards[:_MOST_CARDS]]
    if len(cards) > _MOST_CARDS:
        blocks.append(line(f"   • and to {len(cards) - _MOST_CARDS} more"))
    return blocks


def _unsent_reason(traced: TracedItem, *, here: bool) -> str:
    story, matches = traced.trace.story, traced.trace.matches
    if story is None or not matches:
        return "no, no list matched"
    outcomes = list(dict.fromkeys(recorded.outcome for recorded in matches))
    if story.alert_id:
        return "not here: this chat watched none of its lists" if here else "nowhere: nobody watched its lists"
    return f"no. {'; '.join(outcomes)}"


def _card_words(card: SentCard, zone: ZoneInfo, *, here: bool) -> str:
    where = "here" if here else f"{card.destination.title or card.destination.address} ({card.destination.key})"
    when = short_time(card.answered_at or card.created_at, zone)
    reason = f": {card.reason}" if card.reason else ""
    tries = f", {count_words(card.attempts, 'try', 'tries')}" if card.attempts > 1 else ""
    if card.update:
        where = f"{where}, “{shorten(card.update, _TITLE_LIMIT)}”"
    return f"{where}, {_CARD_WORDS[card.state]} {when}{tries}{reason}"


def _build_unknown(trace: Trace, zone: ZoneInfo, now: datetime) -> Message:
    """The item never came: what is known about the feeds of its site."""
    first = f"I never read that item, or it is no longer in the archive ({shorten(trace.host, 80)})."
    if not trace.feeds:
        return Message((line(first), line("No feed of that site is known. /addfeed <address> adds one.")), first)
    blocks: list[Block] = [line(first), line("Feeds of that site:")]
    blocks += [line(f"• {feed_words(status, zone, now)}") for status in trace.feeds[:_MOST_FEEDS]]
    if len(trace.feeds) > _MOST_FEEDS:
        blocks.append(line(f"• and {len(trace.feeds) - _MOST_FEEDS} more"))
    return Message(tuple(blocks), first)


def feed_words(status: FeedStatus, zone: ZoneInfo, now: datetime) -> str:
    """A feed with its health: `Asia-Plus (asia-plus-ru): works, read 4 min ago, newest item 24 Nov 07:02`."""
    feed, state = status.feed, status.state
    name = f"{feed.outlet} ({feed.id})"
    if not feed.enabled:
        return f"{name}: switched off{f', {feed.note}' if feed.note else ''}"
    if state.last_poll is None:
        return f"{name}: not read yet"
    ago = f"{duration_words(now - state.last_poll)} ago"
    if state.problem:
        since = f" since {short_time(state.problem_since, zone)}" if state.problem_since else ""
        return f"{name}: fails{since}, last tried {ago}: {state.problem_text or state.problem}"
    newest = f", newest item {short_time(state.last_new_item, zone)}" if state.last_new_item else ", no item so far"
    return f"{name}: works, read {ago}{newest}, {count_words(status.items, 'item')} in all"
