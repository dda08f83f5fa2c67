"""What a backtest found, in the words of chat and command line alike. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, tzinfo

from bot.domain.backtests import (
    Figures,
    FoundStory,
    Hit,
    Miss,
    Replay,
    RuleDiff,
    group_misses,
    likely_range,
    sparkline,
)
from bot.domain.chat_lists import Sample
from bot.domain.language import retold, tr, trn
from bot.domain.messages import Block, Line, Span, Text, bold, isolate, line
from bot.domain.wording import short_alternatives, short_date, shorten
from bot.matching.query import Query
from bot.matching.query_checks import find_small_operators
from bot.matching.query_parser import parse_query
from bot.matching.query_words import explain_query
from bot.matching.watchlist import Watchlist

TITLE_LIMIT = 140
_MOST_FEEDS = 3
_MOST_LANGUAGES = 6
_MOST_COVERING = 2
_MOST_TERMS = 4
_MOST_MISS_GROUPS = 5
_MISS_EXAMPLES = 3
_MOST_QUERIES = 3
_EXPLANATION_LIMIT = 400

Names = Mapping[str, str]


def build_test_blocks(replay: Replay, figures: Figures, outlets: Names, zone: tzinfo) -> list[Block]:
    """The answer of /test (UX specification 2.9). `outlets` are the names of feeds by id."""
    if not replay.items:
        days = trn("{count:,} day", "{count:,} days", replay.asked_days)
        return [line(tr("I read nothing in the last {days}, so there is nothing to test on yet.", days=days))]
    blocks: list[Block] = []
    if replay.is_shorter:
        days = trn("{count:,} day", "{count:,} days", replay.days)
        blocks.append(line(tr("I hold {days} of items, so this tests {days}.", days=days)))
    blocks += [line(bold(tr("Test")), f" · {period_words(replay, zone)}"), line(_volume(figures))]
    if figures.matches:
        blocks += [line(row) for row in _spread_rows(figures, outlets)]
        blocks += _sample_blocks(figures, outlets, zone)
        blocks += _covered_rows(figures)
    else:
        blocks.append(line(tr("Nothing matched. Fewer words, or open endings such as tajik*, find more.")))
    blocks += _miss_rows(replay)
    if replay.items and replay.first_reads * 2 > replay.items:
        blocks.append(
            line(
                tr(
                    "{count:,} of these items stood in their feeds when I read them for the first "
                    "time, so there will be more a day than this says.",
                    count=replay.first_reads,
                ),
                style="context",
            )
        )
    return blocks


def build_reading_blocks(watchlist: Watchlist) -> list[Block]:
    """How the queries of a list are read, in plain words, with a hint for what may be meant otherwise."""
    labels = {group.name: group.label or group.name for group in watchlist.groups}
    blocks: list[Block] = []
    for query in _queries(watchlist):
        said = isolate(shorten(retold(explain_query(query, labels)), _EXPLANATION_LIMIT))
        blocks.append(line(tr("I look for: {query}.", query=said), style="context"))
    return blocks + [line(hint, style="context") for hint in operator_hints(watchlist)]


def operator_hints(watchlist: Watchlist) -> list[str]:
    """`“or” is read as a word; write OR.` for the words in a list's queries that look like operators."""
    words = dict.fromkeys(word for query in _queries(watchlist) for word in find_small_operators(query))
    return [tr("“{word}” is read as a word; write {operator}.", word=word, operator=word.upper()) for word in words]


def _queries(watchlist: Watchlist) -> list[Query]:
    texts = [rule.condition.query for rule in watchlist.rules if rule.condition.query]
    return [parse_query(text) for text in texts[:_MOST_QUERIES]]


def period_words(replay: Replay, zone: tzinfo) -> str:
    """`25 Oct - 24 Nov 2026 (30 days, 38,420 items, 43 feeds)`."""
    first, last = replay.since.astimezone(zone), replay.until.astimezone(zone)
    year = "" if first.year == last.year else f" {first.year}"
    counts = ", ".join(
        (
            trn("{count:,} day", "{count:,} days", replay.days),
            trn("{count:,} item", "{count:,} items", replay.items),
            trn("{count:,} feed", "{count:,} feeds", replay.feeds),
        )
    )
    return f"{short_date(first)}{year} - {short_date(last)} {last.year} ({counts})"


def rate_words(alerts_a_day: float) -> str:
    """`0.5`, `12`."""
    return f"{alerts_a_day:.0f}" if alerts_a_day >= 10 else f"{alerts_a_day:.1f}"  # noqa: PLR2004  two digits say enough


def _volume(figures: Figures) -> str:
    about = "≈" if figures.estimated else ""
    words = tr(
        "{matches} -> {about}{stories} -> {about}{alerts} ({rate} a day)",
        matches=trn("{count:,} match", "{count:,} matches", figures.matches),
        about=about,
        stories=trn("{count:,} story", "{count:,} stories", figures.stories),
        alerts=trn("{count:,} alert", "{count:,} alerts", figures.alerts),
        rate=rate_words(figures.alerts_a_day),
    )
    return tr("{words}, {critical:,} critical", words=words, critical=figures.critical) if figures.critical else words


def _spread_rows(figures: Figures, outlets: Names) -> list[str]:
    rows = []
    if figures.busiest_day is not None:
        stories = trn("{count:,} story", "{count:,} stories", figures.busiest_stories)
        rows.append(
            tr(
                "Busiest day: {day}, {stories}.  {sparkline}",
                day=_day(figures.busiest_day),
                stories=stories,
                sparkline=sparkline(figures.stories_by_day),
            )
        )
    languages = ", ".join(f"{code or '?'} {count:,}" for code, count in figures.languages[:_MOST_LANGUAGES])
    feeds = ", ".join(f"{outlets.get(feed, feed)} {count:,}" for feed, count in figures.feeds[:_MOST_FEEDS])
    more = " …" if len(figures.feeds) > _MOST_FEEDS else "."
    rows.append(tr("Languages: {languages}. Feeds: {feeds}{more}", languages=languages, feeds=feeds, more=more))
    return rows


def _day(day: date) -> str:
    return short_date(datetime.combine(day, time()))


def _sample_blocks(figures: Figures, outlets: Names, zone: tzinfo) -> list[Block]:
    chosen = [hit for hit in (figures.newest, figures.oldest) if hit]
    what = [tr("newest"), tr("oldest")][: len(chosen)]
    chosen += figures.unsure
    if figures.unsure:
        what.append(tr("and {count} least sure", count=len(figures.unsure)))
    rows: list[Block] = [line(tr("Samples ({names}):", names=", ".join(what)))]
    rows += [sample_line(number, sample_of(hit), outlets, zone) for number, hit in enumerate(chosen, 1)]
    return rows


def sample_of(hit: Hit) -> Sample:
    """A hit as it is shown to somebody who decides."""
    return Sample(hit.title, hit.link, hit.feed_id, hit.lang, hit.when, hit.terms)


def spread(hits: Sequence[Hit], most: int) -> tuple[Sample, ...]:
    """At most `most` of these, evenly spread."""
    if len(hits) <= most:
        return tuple(sample_of(hit) for hit in hits)
    return tuple(sample_of(hits[place * (len(hits) - 1) // (most - 1)]) for place in range(most))


def sample_line(number: int, sample: Sample, outlets: Names, zone: tzinfo) -> Line:
    """`1. headline · Asia-Plus, 9 Nov · found: tajik, border`."""
    spans: list[str | Span] = [f"{number}. ", _headline(sample.title, sample.link)]
    spans.append(f" · {outlets.get(sample.feed_id, sample.feed_id)}, {short_date(sample.when.astimezone(zone))}")
    if sample.terms:
        spans.append(f" · {isolate(', '.join(sample.terms[:_MOST_TERMS]))}")
    if sample.useful is not None:
        spans.append(" · 👍" if sample.useful else " · 👎")
    return line(*spans)


def _headline(title: str, link: str) -> Text:
    return Text(isolate(shorten(title or tr("(no headline)"), TITLE_LIMIT)), url=link)


def _covered_rows(figures: Figures) -> list[Block]:
    covering = [
        tr("{name}: {count} of {total}", name=name, count=count, total=figures.stories)
        for name, count in figures.covered[:_MOST_COVERING]
    ]
    return [line(tr("Already covered by {names}.", names="; ".join(covering)))] if covering else []


def _miss_rows(replay: Replay) -> list[Block]:
    groups = group_misses(replay.misses)
    if not groups:
        return []
    name, first = groups[0]
    what = name if first[0].vetoed_by else tr("without {name}", name=short_alternatives(name))
    return [
        line(
            tr(
                "One group short: {items}, most often {what} ({count:,}).",
                items=trn("{count:,} item", "{count:,} items", len(replay.misses)),
                what=what,
                count=len(first),
            )
        )
    ]


def build_miss_blocks(misses: Iterable[Miss], outlets: Names, zone: tzinfo) -> list[Block]:
    """Near misses, grouped by what was missing."""
    groups = group_misses(misses)
    if not groups:
        return [line(tr("No item was one group short."))]
    blocks: list[Block] = []
    for name, group in groups[:_MOST_MISS_GROUPS]:
        what = name if group[0].vetoed_by else tr("without {name}", name=short_alternatives(name))
        blocks.append(line(bold(what.capitalize()), f" · {trn('{count:,} item', '{count:,} items', len(group))}"))
        for miss in group[:_MISS_EXAMPLES]:
            sample = Sample(miss.title, miss.link, miss.feed_id, "", miss.when, miss.terms)
            spans = sample_line(0, sample, outlets, zone).spans
            blocks.append(line("• ", *spans[1:]))
    rest = groups[_MOST_MISS_GROUPS:]
    if rest:
        blocks.append(
            line(
                tr(
                    "and {items} of other kinds",
                    items=trn("{count:,} item", "{count:,} items", sum((len(group) for _, group in rest))),
                )
            )
        )
    return blocks


def diff_words(diff: RuleDiff, replay: Replay) -> str:
    """`Before: 14 alerts in 30 days. After: 9. Gone: 5. New: 0. Unchanged: 9.`"""
    before = tr(
        "Before: {alerts} in {days}. After: {after:,}.",
        alerts=trn("{count:,} alert", "{count:,} alerts", diff.before),
        days=trn("{count:,} day", "{count:,} days", replay.days),
        after=diff.after,
    )
    words = tr(
        "{before} Gone: {count:,}. New: {count2:,}. Unchanged: {count3:,}.",
        before=before,
        count=len(diff.gone),
        count2=len(diff.new),
        count3=len(diff.unchanged),
    )
    return (
        f"{words} {tr('{count:,} more matches were too many to compare.', count=diff.left_out)}"
        if diff.left_out
        else words
    )


def story_samples(stories: Sequence[FoundStory], most: int) -> tuple[Sample, ...]:
    """The first report of each of the newest stories."""
    return tuple(sample_of(story.hits[0]) for story in reversed(stories[-most:]))


def rating_words(samples: Sequence[Sample]) -> str:
    """`8 of 10 useful (likely between 49% and 94%)`."""
    rated = [sample.useful for sample in samples if sample.useful is not None]
    low, high = likely_range(sum(rated), len(rated))
    return tr(
        "{useful} of {count} useful (likely between {low}% and {high}%)",
        useful=sum(rated),
        count=len(rated),
        low=low,
        high=high,
    )
