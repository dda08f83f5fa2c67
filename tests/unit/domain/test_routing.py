"""Who gets a card, how urgent, and whether at all."""

from dataclasses import replace
from datetime import time

from bot.domain.chat_settings import Attention, ChatSettings
from bot.domain.chats import Level
from bot.domain.deliveries import Urgency
from bot.domain.policy import DIGEST_CHOSEN, DIGEST_ONLY
from bot.domain.quiet import Override, QuietHours
from bot.domain.routes import RoutedDestination, RoutedList, RouteTarget
from bot.domain.routing import build_watchers, plan_cards
from bot.domain.watchlists import Place
from bot.matching.records import Match, Priority
from tests.factories import build_destination, build_item, build_match, build_subscription


def test_every_destination_that_watches_one_of_the_lists_gets_one_card() -> None:
    both, one, other = build_destination("1"), build_destination("2"), build_destination("3")
    watchers = build_watchers(
        [
            build_subscription(destination=both, watchlist="csto"),
            build_subscription(destination=both, watchlist="ttp"),
            build_subscription(destination=one, watchlist="ttp"),
            build_subscription(destination=other, watchlist="iskp"),
        ]
    )
    cards = plan_cards("item-1", [build_match("csto"), build_match("ttp")], build_item(), watchers, grade="B")
    assert [card.destination.key for card in cards] == [both.key, one.key]


def test_only_the_lists_a_destination_watches_decide_how_urgent_its_card_is() -> None:
    watchers = build_watchers([build_subscription(watchlist="csto")])
    sending = [build_match("csto", priority=Priority.HIGH), build_match("ttp", priority=Priority.CRITICAL)]
    (card,) = plan_cards("item-1", sending, build_item(), watchers, grade="B")
    assert card.urgency is Urgency.ALERT


def test_a_critical_match_goes_before_other_alerts() -> None:
    watchers = build_watchers([build_subscription(watchlist="csto")])
    (card,) = plan_cards("item-1", [build_match("csto", priority=Priority.CRITICAL)], build_item(), watchers, grade="B")
    assert (card.urgency, card.silent) == (Urgency.CRITICAL, False)


def test_medium_is_silent_and_low_is_left_to_the_digest() -> None:
    watchers = build_watchers([build_subscription(watchlist="csto")])
    (medium,) = plan_cards("item-1", [build_match("csto", priority=Priority.MEDIUM)], build_item(), watchers, grade="B")
    (low,) = plan_cards("item-1", [build_match("csto", priority=Priority.LOW)], build_item(), watchers, grade="B")
    assert (medium.silent, medium.suppressed) == (True, "")
    assert low.suppressed == DIGEST_ONLY


def test_only_high_leaves_the_rest_out_and_digest_only_sends_not_even_critical_cards() -> None:
    high, digest = build_destination("1"), build_destination("2")
    watchers = build_watchers(
        [
            build_subscription(destination=high, level=Level.HIGH),
            build_subscription(destination=digest, level=Level.DIGEST),
            build_subscription(destination=digest, watchlist="ttp"),
        ]
    )

    def plan(*sending: Match) -> list[tuple[str, str, Urgency]]:
        cards = plan_cards("item-1", sending, build_item(), watchers, grade="B")
        return [(card.destination.address, card.suppressed, card.urgency) for card in cards]

    critical = build_match("csto", priority=Priority.CRITICAL)
    assert plan(build_match("csto", priority=Priority.MEDIUM)) == [("2", DIGEST_CHOSEN, Urgency.ALERT)]
    assert plan(critical) == [("1", "", Urgency.CRITICAL), ("2", DIGEST_CHOSEN, Urgency.ALERT)]
    assert plan(critical, build_match("ttp")) == [("1", "", Urgency.CRITICAL), ("2", "", Urgency.ALERT)]


def test_of_what_a_chat_chose_and_what_a_file_sends_the_looser_holds() -> None:
    place = Place("routes.yaml", 3, 1)
    target = RouteTarget("desk", build_destination(), place)
    routed = [RoutedDestination(target, (RoutedList("csto", Priority.MEDIUM, place),))]
    for level, least in ((Level.HIGH, Priority.MEDIUM), (Level.DIGEST, Priority.LOW), (Level.ALL, Priority.LOW)):
        watcher = build_watchers([build_subscription(level=level)], routed).by_key[build_destination().key]
        assert (watcher.least["csto"], watcher.digest_only) == (least, frozenset())


def test_a_quieter_report_from_a_second_origin_confirms_what_quiet_hours_hold() -> None:
    quiet = QuietHours(time(0), time(23, 59), Override.CONFIRMED)
    attention = {build_destination().key: Attention(ChatSettings(quiet=quiet))}
    watchers = build_watchers([build_subscription()], attention=attention)

    def plan(origins: int, *earlier: Match) -> tuple[bool, Urgency, bool]:
        (card,) = plan_cards("k", [build_match()], build_item(), watchers, grade="F", origins=origins, earlier=earlier)
        return card.not_before is None, card.urgency, card.silent

    critical = build_match(priority=Priority.CRITICAL)
    assert plan(1, critical) == (False, Urgency.ALERT, True)
    assert plan(2, build_match()) == (False, Urgency.ALERT, True)
    assert plan(2, replace(critical, watchlist="elsewhere")) == (False, Urgency.ALERT, True)
    assert plan(2, critical) == (True, Urgency.CRITICAL, False)


def test_nobody_watching_plans_no_card() -> None:
    assert plan_cards("item-1", [build_match("csto")], build_item(), build_watchers([]), grade="B") == ()
