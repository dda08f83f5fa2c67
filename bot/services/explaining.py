"""Why an alert was sent: which rules fired on which words, what was ruled out, how the priority came about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Protocol

from bot.domain.alerts import AlertView, Report, read_alert_id
from bot.domain.cards import all_matches, field_text, lead_report, place_words
from bot.domain.chats import Destination
from bot.domain.language import tr
from bot.domain.policy import ringing
from bot.errors import NotFound
from bot.matching.records import Evidence, Match
from bot.matching.watchlist import Rule, Watchlist
from bot.ports.alert_store import AlertStore
from bot.ports.chat_store import SubscriptionStore
from bot.services.catalog import Catalog
from bot.services.routing import watched_ids

# Alert ids are unique for this long; older cards have expired.
ID_LIFE = timedelta(days=90)
_NEAR_IDS_FROM = 200


class ExplainingStore(SubscriptionStore, AlertStore, Protocol):
    """The part of the store that explanations need."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A matched term: where it stands (`headline`, `first paragraph`, `text`) and which word of its field it is."""

    evidence: Evidence
    place: str
    word: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class ListReason:
    """Why one watchlist rang. `watchlist` and `rule` are None when the list has changed since."""

    match: Match
    report: Report
    watchlist: Watchlist | None
    rule: Rule | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an alert rang at a destination, loudest list first; `mentions` are titles of lists only mentioned."""

    view: AlertView
    lead: Report
    reasons: tuple[ListReason, ...]
    mentions: tuple[str, ...]


async def find_shown_alert(store: AlertStore, alert_id: str, destination: Destination, now: datetime) -> AlertView:
    """The alert with this id, if it was shown at the destination.

    Raises NotFound, naming the nearest id that was.
    """
    wanted = read_alert_id(alert_id)
    view = await store.find_alert(wanted, destination.key) if wanted else None
    if view is not None and view.alert.created_at > now - ID_LIFE:
        return view
    shown = await store.list_alerts(destination.key, now - ID_LIFE, _NEAR_IDS_FROM)
    near = get_close_matches(alert_id.strip().upper(), [known.alert.id for known in shown], n=1, cutoff=0.7)
    cure = tr("Did you mean {name}?", name=near[0]) if near else tr("/recent lists the latest.")
    raise NotFound(tr("No alert {id} in this chat.", id=alert_id.strip()[:20]), cure)


async def explain(store: ExplainingStore, catalog: Catalog, view: AlertView, destination: Destination) -> Explanation:
    """Why `view` rang at `destination`; if nothing it watches now rings, why it rang at all."""
    watched = await watched_ids(store, catalog, destination)
    matches = all_matches(view)
    every = frozenset(match.watchlist for match in matches)
    rings = ringing(matches, watched) or ringing(matches, every)
    rung = {match.watchlist for match in ringing(matches, every)}
    by_id = {watchlist.id: watchlist for watchlist in catalog.watchlists}
    mentions = dict.fromkeys(match.title for match in matches if match.watchlist not in rung)
    return Explanation(
        view=view,
        lead=lead_report(view, frozenset(match.watchlist for match in rings)),
        reasons=tuple(_reason(match, view, by_id.get(match.watchlist)) for match in rings),
        mentions=tuple(mentions),
    )


def _reason(match: Match, view: AlertView, watchlist: Watchlist | None) -> ListReason:
    report = next(report for report in view.reports if match in report.matches)
    rules = watchlist.rules if watchlist else ()
    rule = next((rule for rule in rules if rule.id == match.rule), None)
    return ListReason(match, report, watchlist, rule, _findings(match, report))


def _findings(match: Match, report: Report) -> tuple[Finding, ...]:
    """Each term once, at its first place, with how often it occurs."""
    findings: dict[tuple[str, str], Finding] = {}
    for evidence in match.evidence:
        key = (evidence.term, evidence.group)
        known = findings.get(key)
        if known is None:
            before = field_text(report, evidence.field)[: evidence.start]
            findings[key] = Finding(evidence, place_words(evidence, report), len(before.split()) + 1)
        else:
            findings[key] = Finding(known.evidence, known.place, known.word, known.times + 1)
    return tuple(findings.values())
