"""The answer to `why`, in words: a message built from an explanation. Pure."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from bot.domain.cards import reason_words
from bot.domain.chats import Destination
from bot.domain.language import tr, trn
from bot.domain.messages import Block, Button, Gap, Line, Message, Moment, Text, bold, isolate, line
from bot.domain.wording import duration_words, local_time, priority_word, reliability_words, shorten
from bot.matching.records import Match
from bot.matching.watchlist import Condition, Group, Rule
from bot.services.explaining import Explanation, Finding, ListReason

# Together these keep the longest explanation within a Telegram message of 4096 UTF-16 units.
_MOST_FINDINGS = (8, 3, 3)
_MOST_NAMES = 8
_NAME_LIMIT = 40
_TERM_LIMIT = 50
_LABEL_LIMIT = 50
_RULE_LIMIT = 200


def build_explanation(explanation: Explanation, destination: Destination) -> Message:
    """Why an alert was sent: per list the rule, its words, the vetoes and the priority; then source and times."""
    alert = explanation.view.alert
    blocks: list[Block] = [line(bold(tr("Why")), " ", Text(alert.id, code=True), f" · {explanation.view.story.label}")]
    for reason, most in zip(explanation.reasons, _MOST_FINDINGS, strict=False):
        blocks += [Gap(), *_list_blocks(reason, most)]
    others = [reason.match.title for reason in explanation.reasons[len(_MOST_FINDINGS) :]]
    named = [line(tr("Also rings: {lists}", lists=_joined(others)))] if others else []
    named += [line(tr("Mentions only: {lists}", lists=_joined(explanation.mentions)))] if explanation.mentions else []
    blocks += [Gap(), *named] if named else []
    blocks += [Gap(), *_source_lines(explanation, destination)]
    first = explanation.reasons[0].match
    summary = tr("Alert {id} rang on {title}: {reason}.", id=alert.id, title=first.title, reason=reason_words(first))
    buttons = (Button(tr("Edit list"), "edit", first.watchlist), Button(tr("👎 Not relevant"), "dn", alert.id))
    return Message(tuple(blocks), summary, (buttons,))


def _joined(names: Iterable[str]) -> str:
    shown = [shorten(name, _NAME_LIMIT) for name in names]
    more = f" · +{len(shown) - _MOST_NAMES}" if len(shown) > _MOST_NAMES else ""
    return " · ".join(shown[:_MOST_NAMES]) + more


def _list_blocks(reason: ListReason, most: int) -> list[Block]:
    match = reason.match
    rule = f" · {tr('rule {rule}', rule=match.rule)}"
    if reason.rule and reason.watchlist:
        rule += f": {isolate(shorten(rule_words(reason.rule, reason.watchlist.groups), _RULE_LIMIT))}"
    blocks: list[Block] = [line(bold(match.title), rule)]
    blocks += [_finding_line(finding) for finding in reason.findings[:most]]
    if len(reason.findings) > most:
        blocks.append(
            line("• ", trn("and {count:,} more word", "and {count:,} more words", len(reason.findings) - most))
        )
    if match.excludes_checked:
        blocks.append(
            line(
                tr(
                    "Excludes checked: {names}",
                    names=_joined(tr("{exclude}: no", exclude=exclude) for exclude in match.excludes_checked),
                )
            )
        )
    blocks.append(
        line(
            tr(
                "Salience: {verdict}, {place}",
                verdict=tr("rings") if match.rings else tr("mentions"),
                place=_salience_words(match),
            )
        )
    )
    blocks.append(line(tr("Priority: {path}", path=priority_path(match))))
    return blocks


def _finding_line(finding: Finding) -> Line:
    evidence = finding.evidence
    facts = []
    if evidence.label and evidence.label.casefold() != evidence.text.casefold():
        facts.append(f" = {isolate(shorten(evidence.label, _LABEL_LIMIT))}")
    facts.append(f" · {tr('{place}, word {number}', place=tr(finding.place), number=finding.word)}")
    if finding.times > 1:
        facts.append(f" · {trn('{count} time', '{count} times', finding.times)}")
    if evidence.term.casefold() != evidence.text.casefold():
        written = isolate(shorten(evidence.term, _TERM_LIMIT))
        facts.append(f" · {tr('written in the list as {term}', term=written)}")
    return line("• ", bold(isolate(shorten(evidence.text, _TERM_LIMIT))), *facts)


def _salience_words(match: Match) -> str:
    fields = {evidence.field for evidence in match.evidence}
    if not match.rings:
        return tr("after the first 40 words")
    return tr("in the headline") if "title" in fields else tr("in the first 40 words")


def priority_path(match: Match) -> str:
    """`base high; no escalate rule fired`."""
    if match.escalated_by:
        return tr(
            "base {base}; {priority} by escalate rule {rule}",
            base=priority_word(match.base_priority),
            priority=priority_word(match.priority),
            rule=match.escalated_by,
        )
    return tr("base {base}; no escalate rule fired", base=priority_word(match.base_priority))


def rule_words(rule: Rule, groups: Iterable[Group]) -> str:
    """A rule as a sentence: `acronym + (context or geo.afghanistan), within 60 words`, groups by their gloss."""
    labels = {group.name: group.label or group.name for group in groups}
    words = _condition_words(rule.condition, labels)
    without = [labels.get(name, name) for name in rule.none_of]
    return tr("{terms}, without {names}", terms=words, names=tr(" or ").join(without)) if without else words


def _condition_words(condition: Condition, labels: dict[str, str]) -> str:
    if condition.query:
        return condition.query
    parts = []
    for alternatives in condition.all_of:
        names = list(dict.fromkeys(labels.get(name, name) for name in alternatives))
        either = tr(" or ").join(names)
        parts.append(f"({either})" if len(names) > 1 and len(condition.all_of) > 1 else either)
    words = " + ".join(parts)
    if condition.within is not None:
        words = tr("{terms}, within {count} words", terms=words, count=condition.within)
    return tr("{words}, in the headline", words=words) if condition.title_only else words


def _source_lines(explanation: Explanation, destination: Destination) -> list[Block]:
    lead, zone = explanation.lead, ZoneInfo(destination.timezone)
    item, alert = lead.item, explanation.view.alert
    source = f"{lead.feed.outlet} ({lead.feed.id}) · {reliability_words(lead.feed.grade, lead.feed.owner)}"
    seen = Moment(item.first_seen, local_time(item.first_seen, zone))
    published: Line = line(
        tr("Published: {words}", words=tr("date looks wrong") if item.date_wrong else tr("no date in feed"))
    )
    if item.published:
        published = line(tr("Published:"), " ", Moment(item.published, local_time(item.published, zone)))
    age = duration_words(item.first_seen - item.published) if item.published else ""
    late = f", {tr('{time} later', time=age)}" if age else ""
    return [
        line(tr("Source: {source}", source=source)),
        published,
        line(tr("First seen:"), " ", seen, late),
        line(tr("Alert made:"), " ", Moment(alert.created_at, local_time(alert.created_at, zone))),
    ]
