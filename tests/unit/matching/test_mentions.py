"""Lists that ring by headlines alone and keep the rest for the digest."""

from dataclasses import replace

from bot.matching.matcher import Matcher
from bot.matching.records import Priority
from bot.matching.watchlist import Condition, Escalation, Group, Mentions, Term
from tests.factories import build_document, build_watchlist

CSTO = replace(build_watchlist("csto"), mentions=Mentions.DIGEST)
ATTACK = Group("attack", "attack", (Term("attack", "en"),))
LOUD = replace(
    CSTO,
    groups=(*CSTO.groups, ATTACK),
    escalations=(Escalation("attack", Condition(all_of=(("attack",),)), Priority.CRITICAL),),
)


def test_a_headline_rings_as_ever() -> None:
    (match,) = Matcher.build([CSTO]).match(build_document(title="CSTO meets"))
    assert (match.rings, match.priority) == (True, Priority.HIGH)


def test_what_stands_below_the_headline_is_for_the_digest() -> None:
    (match,) = Matcher.build([CSTO]).match(build_document(title="Budget talks", summary="The CSTO was named."))
    assert (match.rings, match.priority, match.base_priority) == (True, Priority.LOW, Priority.HIGH)


def test_what_escalates_rings_wherever_it_stands() -> None:
    (match,) = Matcher.build([LOUD]).match(build_document(title="Budget talks", summary="CSTO base under attack."))
    assert match.priority is Priority.CRITICAL


def test_other_lists_ring_for_the_first_words_too() -> None:
    (match,) = Matcher.build([build_watchlist("csto")]).match(build_document(title="Talks", summary="The CSTO."))
    assert match.priority is Priority.HIGH
