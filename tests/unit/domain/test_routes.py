"""What goes where: lists, tags and priorities of routes.yaml, the `notify` of lists, clearance and quiet hours."""

from dataclasses import replace
from datetime import UTC, datetime, time

from bot.domain.policy import BELOW_CLEARANCE
from bot.domain.quiet import QuietHours
from bot.domain.routes import Route, RoutedDestination, RouteTable, RouteTarget, resolve_routes
from bot.domain.routing import build_watchers, plan_cards
from bot.domain.watchlists import Place, WatchlistCatalog
from bot.matching.records import Priority
from tests.factories import build_destination, build_item, build_match, build_subscription, build_watchlist

HERE = Place("routes.yaml", 9, 5)
DESK = RouteTarget("desk", build_destination("1"), Place("routes.yaml", 3, 3))
SOC = RouteTarget("soc", build_destination("2"), Place("routes.yaml", 5, 3))
CATALOG = WatchlistCatalog(
    (
        build_watchlist("csto", tags=("regional",)),
        build_watchlist("ttp", tags=("actor", "pakistan")),
        build_watchlist("cyber", tags=("cyber",), notify=("soc",)),
    ),
    places={"cyber": {"notify[0]": Place("cyber.yaml", 7, 10)}},
)


def resolve(*routes: Route) -> dict[str, dict[str, Priority]]:
    """What goes to each destination, with the least priority."""
    resolved = resolve_routes(RouteTable((DESK, SOC), routes), CATALOG)
    return {one.target.name: {listed.watchlist: listed.least for listed in one.lists} for one in resolved}


def route_to(*names: str, **fields: object) -> Route:
    return replace(Route(names, HERE), **fields)  # type: ignore[arg-type]  # the fields of a Route


def routed(target: RouteTarget, **least: Priority) -> RoutedDestination:
    """A destination that the lists with these ids go to."""
    resolved = resolve_routes(
        RouteTable(
            (target,),
            tuple(
                Route((target.name,), HERE, lists=(name,), min_priority=priority) for name, priority in least.items()
            ),
        ),
        CATALOG,
    )
    return resolved[0]


def test_a_route_sends_lists_and_tags_to_its_destinations() -> None:
    sent = resolve(route_to("desk", lists=("csto",)), route_to("desk", "soc", tags=("pakistan",)))
    assert sent["desk"] == {"csto": Priority.LOW, "ttp": Priority.LOW}
    assert set(sent["soc"]) == {"ttp", "cyber"}


def test_a_priority_alone_sends_every_list() -> None:
    sent = resolve(route_to("desk", min_priority=Priority.CRITICAL))
    assert sent["desk"] == {"csto": Priority.CRITICAL, "ttp": Priority.CRITICAL, "cyber": Priority.CRITICAL}


def test_the_loosest_of_several_routes_counts() -> None:
    sent = resolve(
        route_to("desk", min_priority=Priority.CRITICAL), route_to("desk", lists=("csto",), min_priority=Priority.HIGH)
    )
    assert sent["desk"]["csto"] is Priority.HIGH


def test_a_list_that_notifies_a_destination_goes_there_and_says_so() -> None:
    (_, soc) = resolve_routes(RouteTable((DESK, SOC)), CATALOG)
    assert [(one.watchlist, one.place) for one in soc.lists] == [("cyber", Place("cyber.yaml", 7, 10))]


def test_routes_and_subscriptions_of_one_chat_make_one_card() -> None:
    watchers = build_watchers(
        [build_subscription(destination=DESK.destination, watchlist="csto")], [routed(DESK, ttp=Priority.HIGH)]
    )
    (card,) = plan_cards("item-1", [build_match("csto"), build_match("ttp")], build_item(), watchers, grade="B")
    assert card.destination == DESK.destination


def test_what_is_less_urgent_than_a_route_wants_is_not_for_it() -> None:
    watchers = build_watchers([], [routed(DESK, ttp=Priority.CRITICAL)])
    high, critical = build_match("ttp"), build_match("ttp", priority=Priority.CRITICAL)
    assert plan_cards("item-1", [high], build_item(), watchers, grade="B") == ()
    assert not watchers.hear(high)
    assert len(plan_cards("item-1", [critical], build_item(), watchers, grade="B")) == 1


def test_a_chats_own_choice_is_not_narrowed_by_a_route() -> None:
    subscription = build_subscription(destination=DESK.destination, watchlist="ttp")
    watchers = build_watchers([subscription], [routed(DESK, ttp=Priority.CRITICAL)])
    assert len(plan_cards("item-1", [build_match("ttp")], build_item(), watchers, grade="B")) == 1


def test_a_disabled_destination_gets_nothing() -> None:
    gone = replace(DESK.destination, disabled="kicked")
    watchers = build_watchers([], [routed(DESK, ttp=Priority.LOW)], [gone])
    assert plan_cards("item-1", [build_match("ttp")], build_item(), watchers, grade="B") == ()


def test_a_source_below_clearance_is_held_back_with_its_reason() -> None:
    watchers = build_watchers([], [routed(replace(DESK, clearance="C"), ttp=Priority.LOW)])
    for grade, reason in (("A", ""), ("C", ""), ("D", BELOW_CLEARANCE), ("F", BELOW_CLEARANCE), ("", BELOW_CLEARANCE)):
        (card,) = plan_cards("item-1", [build_match("ttp")], build_item(), watchers, grade=grade)
        assert card.suppressed == reason


def test_quiet_hours_put_a_card_off_without_sound_but_not_a_critical_one() -> None:
    here = replace(DESK.destination, timezone="Asia/Dushanbe")
    target = replace(DESK, destination=here, quiet=QuietHours(time(22), time(6, 30)))
    watchers = build_watchers([], [routed(target, ttp=Priority.LOW)])
    night = build_item(first_seen=datetime(2026, 11, 24, 20, 0, tzinfo=UTC), published=None)
    (held,) = plan_cards("item-1", [build_match("ttp")], night, watchers, grade="B")
    assert (held.not_before, held.silent) == (datetime(2026, 11, 25, 1, 30, tzinfo=UTC), True)
    (rings,) = plan_cards("item-1", [build_match("ttp", priority=Priority.CRITICAL)], night, watchers, grade="B")
    assert (rings.not_before, rings.silent) == (None, False)
