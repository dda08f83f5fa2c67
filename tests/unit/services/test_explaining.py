"""Why an alert was sent, as records."""

from bot.domain.watchlists import WatchlistCatalog
from bot.matching.watchlist import Watchlist
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.services.explaining import Finding, explain
from tests import factories
from tests.fakes.clock import START

CHAT = factories.build_destination()


def _catalog(*watchlists: Watchlist) -> Catalog:
    return Catalog(WatchlistCatalog(watchlists))


async def test_only_the_lists_that_a_chat_watches_are_explained(store: Store) -> None:
    await store.ensure_destination(CHAT)
    await store.subscribe(CHAT, "ttp", "telegram:42", START)
    matches = (factories.build_match("csto"), factories.build_match("ttp"))
    view = factories.build_alert_view(reports=(factories.build_report(matches=matches),))
    explanation = await explain(store, _catalog(), view, CHAT)
    assert [reason.match.watchlist for reason in explanation.reasons] == ["ttp"]
    assert explanation.mentions == ()


async def test_a_chat_that_watches_nothing_any_more_still_learns_why(store: Store) -> None:
    matches = (factories.build_match("csto"), factories.build_match("sco", rings=False, title="SCO"))
    view = factories.build_alert_view(reports=(factories.build_report(matches=matches),))
    explanation = await explain(store, _catalog(factories.build_watchlist("csto")), view, CHAT)
    assert [reason.match.watchlist for reason in explanation.reasons] == ["csto"]
    assert explanation.mentions == ("SCO",)


async def test_a_rule_that_is_gone_since_is_not_invented(store: Store) -> None:
    view = factories.build_alert_view(
        reports=(factories.build_report(matches=(factories.build_match("csto", rule="retired"),)),)
    )
    known = factories.build_watchlist("csto")
    explanation = await explain(store, _catalog(known), view, CHAT)
    assert explanation.reasons[0].watchlist == known
    assert explanation.reasons[0].rule is None
    gone = await explain(store, _catalog(), view, CHAT)
    assert gone.reasons[0].watchlist is None


async def test_a_term_is_told_once_at_its_first_place(store: Store) -> None:
    item = factories.build_item(title="Again CSTO and CSTO")
    first, second = (factories.build_evidence(start=start, end=start + 4) for start in (6, 15))
    match = factories.build_match(evidence=(first, second))
    view = factories.build_alert_view(reports=(factories.build_report(item=item, matches=(match,)),))
    explanation = await explain(store, _catalog(factories.build_watchlist("csto")), view, CHAT)
    assert explanation.reasons[0].findings == (Finding(first, "headline", 2, 2),)


async def test_the_report_that_rang_is_explained_not_the_first_of_the_story(store: Store) -> None:
    mention = factories.build_report(matches=(factories.build_match("csto", rings=False),))
    ringing = factories.build_report(item=factories.build_item("item-2"), matches=(factories.build_match("csto"),))
    view = factories.build_alert_view(reports=(mention, ringing))
    explanation = await explain(store, _catalog(factories.build_watchlist("csto")), view, CHAT)
    assert explanation.lead == ringing
    assert explanation.reasons[0].report == ringing
    assert explanation.mentions == ()
