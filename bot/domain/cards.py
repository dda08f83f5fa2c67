"""The alert card: what a destination reads about an alert. Pure; layout and limits from the UX specification 2.3."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.alerts import AlertView, Report
from bot.domain.card_buttons import build_buttons, build_menu
from bot.domain.chats import Destination, Platform
from bot.domain.date_checks import find_contradiction
from bot.domain.denials import retracts
from bot.domain.fingerprints import lead_text
from bot.domain.language import later, spoken, tr
from bot.domain.messages import Block, Gap, Line, Message, Moment, Quote, Span, Text, bold, isolate, line
from bot.domain.origins import Origins, find_origins, outlet_of
from bot.domain.policy import is_older, is_silent, ringing
from bot.domain.quotes import excerpt, merged_spans
from bot.domain.triage import acknowledged_words, credibility_words
from bot.domain.wording import (
    DISCS,
    language_name,
    latency_words,
    local_time,
    long_date,
    priority_name,
    reliability_words,
    short_time,
    shorten,
    span_words,
    weekday_name,
)
from bot.matching.records import Evidence, Match, Priority
from bot.matching.tokens import folded_words

_TITLE_LIMIT = 220
_MOST_LISTS = 6
_MOST_GLOSSES = 6
_LATER_REPORTS = 3
_LEAD_WORDS = 40
_MOST_WARNINGS = 2
_OLD_TITLE_LIMIT = 120
_FIELDS = (later("headline"), later("first paragraph"), later("text"))
# Where matched words stand, by which of `_FIELDS` hold some.
_PLACES = {
    (False, False, False): later("nowhere"),
    (True, False, False): later("in headline"),
    (False, True, False): later("in first paragraph"),
    (False, False, True): later("in text"),
    (True, True, False): later("in headline and first paragraph"),
    (True, False, True): later("in headline and text"),
    (False, True, True): later("in first paragraph and text"),
    (True, True, True): later("in headline, first paragraph and text"),
}


def all_matches(view: AlertView) -> tuple[Match, ...]:
    """Every match of every report of the story."""
    return tuple(match for report in view.reports for match in report.matches)


def lead_report(view: AlertView, watched: frozenset[str]) -> Report:
    """The report a card is about: the first that rings on a watched list, else the story's first."""
    return next((report for report in view.reports if ringing(report.matches, watched)), view.reports[0])


def build_card(
    view: AlertView, destination: Destination, watched: frozenset[str], *, repeat: bool = False, first: str = ""
) -> Message:
    """The card of an alert for a destination that watches `watched` lists.

    `repeat` marks a copy sent although the first may have arrived. `first` is the alert of an earlier card there, whose
    story took in that of this one. Raises ValueError if none of the lists rings.
    """
    lists = ringing(all_matches(view), watched)
    if not lists:
        raise ValueError(f"alert {view.alert.id} rings on none of the watched lists")
    lead, zone = lead_report(view, watched), ZoneInfo(destination.timezone)
    primary = next(
        (match for match in ringing(lead.matches, watched) if match.watchlist == lists[0].watchlist), lists[0]
    )
    # A later report may have made the story louder than the one that the card is about.
    primary = replace(primary, priority=lists[0].priority)
    headline = isolate(shorten(headline_of(lead), _TITLE_LIMIT))
    blocks: list[Block] = [
        line(f"{DISCS[primary.priority]} ", bold(f"{priority_name(primary.priority)} · {primary.title}"), " · ",
             Text(view.alert.id, code=True), style="head"),
        Line((Text(headline, bold=True, url=lead.item.link),), "title"),
        *_facts(lead, zone),
    ]  # fmt: skip
    origins = find_origins(sorted(view.reports, key=report_time))
    blocks += [line(f"⚠️ {warning}") for warning in _warnings(primary, lead, origins)[:_MOST_WARNINGS]]
    if repeat:
        blocks.append(line(tr("⚠️ Possibly a repeat: whether the first copy arrived is unknown.")))
    if first:
        joined = tr("Merged into {story}: updates come under the card {id}.", story=view.story.label, id=first)
        blocks.append(line("↪ ", joined))
    blocks += _triage_lines(view, zone)
    blocks += [Gap(), *_reasons(primary, lead), *_other_lists(view, primary)]
    blocks += _story_lines(view, lead, origins, destination)
    blocks += [Gap(), Line(tuple(Text(f"#{match.watchlist.replace('-', '_')} ") for match in lists), "tags")]
    return Message(
        tuple(blocks),
        _summary(primary, lead),
        build_buttons(view, lead, destination),
        silent=is_silent(primary.priority, lead.item),
        menu=build_menu(view) if destination.platform is Platform.SLACK else (),
    )


def headline_of(report: Report) -> str:
    """The headline that a report has now."""
    return report.revised or report.item.title or tr("(no headline)")


def _facts(lead: Report, zone: ZoneInfo) -> tuple[Line, Line]:
    feed, item = lead.feed, lead.item
    words = [feed.outlet, reliability_words(feed.grade, feed.owner), language_name(item.lang)]
    latency = tr("Date looks wrong")
    if not item.date_wrong:
        latency = latency_words(item.published, item.first_seen, older=is_older(item.published, item.first_seen))
    when: tuple[Span, ...] = (Text(latency),)
    if item.published:
        when = (Moment(item.published, local_time(item.published, zone)), Text(f" · {latency}"))
    return line(" · ".join(word for word in words if word), style="context"), Line(when, "context")


def _triage_lines(view: AlertView, zone: ZoneInfo) -> list[Block]:
    """Who has the story in hand, and how likely somebody thinks it is."""
    lines: list[Block] = []
    acknowledged, credibility = view.triage.acknowledged, view.triage.credibility
    if acknowledged:
        lines.append(line(acknowledged_words(acknowledged, view.alert.created_at, zone)))
    if credibility:
        lines.append(line(credibility_words(credibility), style="context"))
    return lines


def _reasons(primary: Match, lead: Report) -> list[Block]:
    blocks: list[Block] = [line(bold(tr("Why:")), f" {reason_words(primary)}, {_places(primary, lead)}")]
    quote = quote_spans(lead, lead.matches)
    if quote:
        blocks.append(Quote(quote))
    glosses = gloss_words(lead.matches)
    if glosses:
        blocks.append(line(tr("Matched words: {words}", words=" · ".join(glosses))))
    return blocks


def reason_words(match: Match) -> str:
    """What fired, in a reader's words: the rule's own label, else the glosses of what was found."""
    if match.rule_label:
        return match.rule_label
    labels = dict.fromkeys(isolate(evidence.label or evidence.text) for evidence in match.evidence)
    return " + ".join(labels) or match.rule


def _places(match: Match, report: Report) -> str:
    """`in headline and first paragraph`."""
    places = {place_words(evidence, report) for evidence in match.evidence}
    headline, lead, text = (place in places for place in _FIELDS)
    return tr(_PLACES[headline, lead, text])


def place_words(evidence: Evidence, report: Report) -> str:
    """Where in its report a term stands: one of `_FIELDS`."""
    if evidence.field == "title":
        return "headline"
    if evidence.field == "content" and report.item.summary:
        return "text"
    before = field_text(report, evidence.field)[: evidence.start]
    return "first paragraph" if len(before.split()) < _LEAD_WORDS else "text"


def field_text(report: Report, field: str) -> str:
    """The text that evidence in `field` points into."""
    return {"title": report.item.title, "summary": report.item.summary}.get(field, report.item.content)


def quote_spans(report: Report, matches: Sequence[Match]) -> tuple[Text, ...]:
    """The passage that matched, terms bold: from the text where the terms stand there, else the headline."""
    ringing_evidence = [evidence for match in matches if match.rings for evidence in match.evidence]
    for field in ("summary", "content", "title"):
        spans = merged_spans(evidence for evidence in ringing_evidence if evidence.field == field)
        text = field_text(report, field)
        if spans:
            quote = excerpt(text, spans)
            return (Text("\u2068"), *quote, Text("\u2069")) if isolate(text) != text else quote
    return ()


def gloss_words(matches: Iterable[Match]) -> list[str]:
    """`حمله = attack` for every matched term in another script that is not the reader's language; at most six."""
    glosses = {
        evidence.text.casefold(): f"{isolate(evidence.text)} = {evidence.label}"
        for match in matches
        if match.rings
        for evidence in match.evidence
        if evidence.label
        and not evidence.text.isascii()
        and evidence.lang != spoken()
        and evidence.text.casefold() != evidence.label.casefold()
    }
    return list(glosses.values())[:_MOST_GLOSSES]


def _other_lists(view: AlertView, primary: Match) -> list[Block]:
    rings = {match.title: match for match in all_matches(view) if match.rings and match.watchlist != primary.watchlist}
    mentions = {
        match.title: match
        for match in all_matches(view)
        if not match.rings and match.watchlist != primary.watchlist and match.title not in rings
    }
    blocks: list[Block] = [line(tr("Also rings: {lists}", lists=_names(list(rings))))] if rings else []
    blocks += [line(tr("Mentions only: {lists}", lists=_names(list(mentions))))] if mentions else []
    return blocks


def _names(names: list[str]) -> str:
    shown = " · ".join(names[:_MOST_LISTS])
    return f"{shown} · +{len(names) - _MOST_LISTS}" if len(names) > _MOST_LISTS else shown


def outlet_count(view: AlertView) -> int:
    """How many different outlets report the story."""
    return len({outlet_of(report.feed) for report in view.reports})


def _warnings(primary: Match, lead: Report, origins: Origins) -> list[str]:
    warnings = []
    if primary.priority is Priority.CRITICAL and len(origins.origins) == 1:
        warnings.append(unconfirmed_words(origins))
    warnings += [words for words in (_withdrawn_words(lead, origins), date_check_words(lead)) if words]
    return warnings


def _withdrawn_words(lead: Report, origins: Origins) -> str:
    """That the article is gone, was taken back, or has another headline now; or nothing."""
    outlet = outlet_of(lead.feed)
    if lead.gone_at and origins.outlets == 1:
        return tr("The article is no longer there: {outlet} was the only source", outlet=outlet)
    now, then = folded_words(lead.revised), folded_words(lead.item.title)
    if not now or now == then:
        return ""
    if retracts(now, lead.item.lang) and not retracts(then, lead.item.lang):
        return tr("{outlet} has taken this report back", outlet=outlet)
    return tr("Headline changed since first seen: “{old}”", old=isolate(shorten(lead.item.title, _OLD_TITLE_LIMIT)))


def unconfirmed_words(origins: Origins) -> str:
    """That a story has a single origin so far."""
    if origins.outlets == 1:
        return tr("One outlet so far, not confirmed")
    return tr("One origin so far ({origin}), not confirmed", origin=origins.origins[0].name)


def date_check_words(report: Report) -> str:
    """Where a report's text contradicts itself about a day, or nothing."""
    item = report.item
    found = find_contradiction(f"{item.title}\n{lead_text(item.summary, item.content)}", report_time(report).date())
    if found is None:
        return ""
    day, weekday, said = long_date(found.day), weekday_name(found.day.weekday()), isolate(f"“{found.text}”")
    if found.day <= item.first_seen.date():
        return tr("Date check: the text says {said}; {day} was a {weekday}.", said=said, day=day, weekday=weekday)
    return tr("Date check: the text says {said}; {day} is a {weekday}.", said=said, day=day, weekday=weekday)


def _story_lines(view: AlertView, lead: Report, origins: Origins, destination: Destination) -> list[Block]:
    if len(view.reports) == 1:
        return []
    blocks: list[Block] = [
        Gap(),
        line(bold(tr("Story {story}:", story=view.story.label)), f" {origins.words}", style="context"),
    ]
    first, *later_ones = sorted(view.reports, key=report_time)
    blocks.append(_report_line(first, destination, f" · {_first_words(first, lead)}"))
    left = len(later_ones) - _LATER_REPORTS
    if left > 0:
        blocks.append(line(tr("• and {count} more", count=left), style="context"))
    newest = later_ones[-_LATER_REPORTS:]
    return [*blocks, *(_report_line(report, destination) for report in newest)]


def _first_words(first: Report, lead: Report) -> str:
    earlier = report_time(lead) - report_time(first)
    if earlier < timedelta(minutes=1):
        return tr("first")
    return tr("first, {time} earlier", time=span_words(earlier))


def report_time(report: Report) -> datetime:
    """When it was published, or first seen where its date is not known."""
    return report.item.published or report.item.first_seen


def _report_line(report: Report, destination: Destination, *more: str) -> Line:
    """One report of a story: outlet, language, state media, time."""
    facts = [report.feed.outlet, report.item.lang, tr("state media") if report.feed.owner == "state" else ""]
    at = report_time(report)
    when = clock_span(at, short_time(at, ZoneInfo(destination.timezone)), destination)
    return line(f"• {', '.join(fact for fact in facts if fact)} · ", when, *more, style="context")


def clock_span(at: datetime, words: str, destination: Destination) -> Span:
    """A time in the middle of a line: in Slack, whose channels span zones, on the clock of every reader.

    Telegram would write out the day and the year of each; there the chat's own clock stands.
    """
    return Moment(at, words) if destination.platform is Platform.SLACK else Text(words)


def _summary(primary: Match, lead: Report) -> str:
    stamp = f"{short_time(report_time(lead), ZoneInfo('UTC'))} UTC"
    headline = shorten(headline_of(lead), _TITLE_LIMIT)
    return f"{priority_name(primary.priority)}, {primary.title}: {headline} ({lead.feed.outlet}, {stamp})"
