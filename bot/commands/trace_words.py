"""The answer to `whynot`, in the words of chat and command line alike. Pure."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commands.answers import commands_in
from bot.domain.chats import Platform
from bot.domain.deliveries import DeliveryState
from bot.domain.feeds import FeedStatus
from bot.domain.language import later, retold, tr, trn
from bot.domain.messages import Block, Gap, Line, Message, Text, bold, isolate, line
from bot.domain.outcomes import outcome_words
from bot.domain.policy import BASELINE
from bot.domain.traces import SentCard, StoryTrace
from bot.domain.wording import (
    duration_words,
    language_name,
    priority_word,
    short_alternatives,
    short_time,
    shorten,
)
from bot.matching.records import Evidence, NearMiss
from bot.services.tracing import Trace, TracedItem

_TITLE_LIMIT = 160
_MOST_TERMS = 5
_MOST_MATCHES = 8
_MOST_MISSES = 5
_MOST_CARDS = 10
_MOST_FEEDS = 5
_CARD_WORDS = {
    DeliveryState.PENDING: later("waits to be sent"),
    DeliveryState.SENDING: later("is being sent"),
    DeliveryState.SENT: later("sent"),
    DeliveryState.FAILED: later("failed"),
    DeliveryState.SUPPRESSED: later("held back"),
    DeliveryState.HELD: later("held by quiet hours, planned"),
    DeliveryState.DIGESTED: later("sent in a digest, planned"),
}


def build_trace(
    trace: Trace, zone: ZoneInfo, now: datetime, *, here: bool, platform: Platform = Platform.CONSOLE
) -> Message:
    """Where an item stopped, step by step. `here` says that only cards of the asking chat are in the trace."""
    if not trace.items:
        return _build_unknown(trace, zone, now, platform)
    blocks: list[Block] = []
    for number, item in enumerate(trace.items):
        blocks += [Gap()] if number else []
        blocks += _item_blocks(item, zone, here=here)
    return Message(tuple(blocks), tr("What became of {title}.", title=shorten(trace.items[0].trace.item.title, 100)))


def _item_blocks(traced: TracedItem, zone: ZoneInfo, *, here: bool) -> list[Block]:
    item, feed = traced.trace.item, traced.trace.feed
    published = (
        tr("published {time}", time=short_time(item.published, zone)) if item.published else tr("without a date")
    )
    words = len(f"{item.summary} {item.content}".split())
    language = language_name(item.lang) or tr("language unknown")
    blocks: list[Block] = [
        Line(
            (Text(isolate(shorten(item.title or tr("(no headline)"), _TITLE_LIMIT)), bold=True, url=item.link),),
            "title",
        ),
        line(
            tr(
                "1. Fetched: from {outlet} ({id}), {time}, {published}",
                outlet=feed.outlet,
                id=feed.id,
                time=short_time(item.first_seen, zone),
                published=published,
            )
        ),
        line(
            tr(
                "2. Parsed: headline and {words} of text, {language}",
                words=trn("{count:,} word", "{count:,} words", words),
                language=language,
            )
        ),
        line(tr("3. First reading of its feed: {words}", words=tr(BASELINE)) if item.baseline else tr("3. New")),
    ]
    blocks += _match_lines(traced)
    blocks.append(_story_line(traced.trace.story))
    blocks += _sent_lines(traced, zone, here=here)
    return blocks


def _match_lines(traced: TracedItem) -> list[Block]:
    matches = traced.trace.matches
    if matches:
        blocks: list[Block] = [
            line(tr("4. Matched: {lists}", lists=trn("{count:,} list", "{count:,} lists", len(matches))))
        ]
    else:
        blocks = [line(tr("4. Matched: no list"))]
    for recorded in matches[:_MOST_MATCHES]:
        match = recorded.match
        where = tr("rings") if match.rings else tr("mentions only")
        found = tr(
            "rule {rule}, found {quoted}, {priority}, {where}",
            rule=match.rule,
            quoted=quoted(match.evidence),
            priority=priority_word(match.priority),
            where=where,
        )
        blocks.append(line("   • ", bold(match.watchlist), f": {found} -> {outcome_words(recorded.outcome)}"))
    for match in traced.unrecorded[:_MOST_MATCHES]:
        found = tr("rule {rule}, found {quoted}", rule=match.rule, quoted=quoted(match.evidence))
        blocks.append(
            line(
                "   • ",
                bold(match.watchlist),
                f": {tr('matches now ({found}), but did not when it was read', found=found)}",
            )
        )
    for miss in traced.misses[:_MOST_MISSES]:
        blocks.append(line("   • ", bold(miss.watchlist), f": {miss_words(miss)}"))
    if not (matches or traced.unrecorded or traced.misses):
        blocks.append(line(f"   • {tr('no word of any list stands in it')}"))
    rest = len(traced.misses) - _MOST_MISSES
    if rest > 0:
        blocks.append(
            line(
                tr(
                    "   • and {lists} of which some word stands in it",
                    lists=trn("{count:,} list", "{count:,} lists", rest),
                )
            )
        )
    return blocks


def miss_words(miss: NearMiss) -> str:
    """Why a list stayed silent: `rule name lacks geo.tajikistan; found “border”`."""
    found = f"; {tr('found {words}', words=quoted(miss.evidence))}" if miss.evidence else ""
    if miss.vetoed_by == "sources":
        return tr("rule {rule} fires, but the list does not listen to this feed", rule=miss.rule) + found
    if miss.vetoed_by:
        facts = {"rule": miss.rule, "exclude": miss.vetoed_by, "words": quoted(miss.veto_evidence)}
        if miss.veto_evidence:
            return tr("rule {rule} fires, but “{exclude}” vetoed it because of {words}", **facts) + found
        return tr("rule {rule} fires, but “{exclude}” vetoed it", **facts) + found
    names = tr(" and ").join(map(short_alternatives, miss.missing))
    return tr("rule {rule} lacks {names}", rule=miss.rule, names=names) + found


def quoted(evidence: Iterable[Evidence]) -> str:
    """The words found, each once."""
    texts = list(dict.fromkeys(f"“{isolate(shorten(one.text, 50))}”" for one in evidence))
    more = " …" if len(texts) > _MOST_TERMS else ""
    return ", ".join(texts[:_MOST_TERMS]) + more


def _story_line(story: StoryTrace | None) -> Line:
    if story is None:
        return line(tr("5. Grouped: not at all, because nothing matched"))
    alert = tr("no alert")
    if story.alert_id and story.priority is not None:
        alert = tr("alert {id}, {priority}", id=story.alert_id, priority=priority_word(story.priority))
    return line(
        tr(
            "5. Grouped: story S{number}, {reports}, {alert}",
            number=story.number,
            reports=trn("{count:,} report", "{count:,} reports", story.reports),
            alert=alert,
        )
    )


def _sent_lines(traced: TracedItem, zone: ZoneInfo, *, here: bool) -> list[Block]:
    story = traced.trace.story
    cards = story.cards if story else ()
    if not cards:
        return [line(f"{tr('6. Sent:')} {_unsent_reason(traced, here=here)}")]
    blocks: list[Block] = [line(tr("6. Sent:"))] if len(cards) > 1 else []
    if story and traced.trace.is_repeat:
        grouped = tr(
            "this report rang nobody by itself; it was grouped into S{number}, first card {time}",
            number=story.number,
            time=short_time(min(card.created_at for card in cards), zone),
        )
        blocks = [line(f"{tr('6. Sent:')} {grouped}")]
    lead = "   • " if blocks else f"{tr('6. Sent:')} "
    blocks += [line(f"{lead}{_card_words(card, zone, here=here)}") for card in cards[:_MOST_CARDS]]
    if len(cards) > _MOST_CARDS:
        blocks.append(line(f"   • {tr('and to {count} more', count=len(cards) - _MOST_CARDS)}"))
    return blocks


def _unsent_reason(traced: TracedItem, *, here: bool) -> str:
    story, matches = traced.trace.story, traced.trace.matches
    if story is None or not matches:
        return tr("no, no list matched")
    outcomes = list(dict.fromkeys(outcome_words(recorded.outcome) for recorded in matches))
    if story.alert_id:
        return tr("not here: this chat watched none of its lists") if here else tr("nowhere: nobody watched its lists")
    return tr("no. {reasons}", reasons="; ".join(outcomes))


def _card_words(card: SentCard, zone: ZoneInfo, *, here: bool) -> str:
    where = tr("here") if here else f"{card.destination.title or card.destination.address} ({card.destination.key})"
    when = short_time(card.answered_at or card.created_at, zone)
    reason = f": {outcome_words(card.reason)}" if card.reason else ""
    tries = f", {trn('{count:,} try', '{count:,} tries', card.attempts)}" if card.attempts > 1 else ""
    if card.update:
        where = f"{where}, “{shorten(card.update, _TITLE_LIMIT)}”"
    return f"{where}, {tr(_CARD_WORDS[card.state])} {when}{tries}{reason}"


def _build_unknown(trace: Trace, zone: ZoneInfo, now: datetime, platform: Platform) -> Message:
    """The item never came: what is known about the feeds of its site."""
    first = tr("I never read that item, or it is no longer in the archive ({host}).", host=shorten(trace.host, 80))
    if not trace.feeds:
        none = commands_in(tr("No feed of that site is known. /addfeed <address> adds one."), platform)
        return Message((line(first), line(none)), first)
    blocks: list[Block] = [line(first), line(tr("Feeds of that site:"))]
    blocks += [line(f"• {feed_words(status, zone, now)}") for status in trace.feeds[:_MOST_FEEDS]]
    if len(trace.feeds) > _MOST_FEEDS:
        blocks.append(line(tr("• and {count} more", count=len(trace.feeds) - _MOST_FEEDS)))
    return Message(tuple(blocks), first)


def feed_words(status: FeedStatus, zone: ZoneInfo, now: datetime) -> str:
    """A feed with its health: `Asia-Plus (asia-plus-ru): works, read 4 min ago, newest item 24 Nov 07:02`."""
    feed, state = status.feed, status.state
    name = f"{feed.outlet} ({feed.id})"
    if not feed.enabled:
        return tr("{name}: switched off", name=name) + (f", {feed.note}" if feed.note else "")
    if state.last_poll is None:
        return tr("{name}: not read yet", name=name)
    ago = tr("{time} ago", time=duration_words(now - state.last_poll))
    if state.problem:
        since = f" {tr('since {time}', time=short_time(state.problem_since, zone))}" if state.problem_since else ""
        return tr(
            "{name}: fails{since}, last tried {ago}: {problem_text}",
            name=name,
            since=since,
            ago=ago,
            problem_text=retold(state.problem_text) or state.problem,
        )
    newest = (
        tr("newest item {time}", time=short_time(state.last_new_item, zone))
        if state.last_new_item
        else tr("no item so far")
    )
    return tr(
        "{name}: works, read {ago}, {newest}, {items} in all",
        name=name,
        ago=ago,
        newest=newest,
        items=trn("{count:,} item", "{count:,} items", status.items),
    )
