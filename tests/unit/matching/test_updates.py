"""An edited matcher equals one built afresh, the old one goes on as it was, and nothing is left behind."""

import dataclasses
import random
import threading
import time

import pytest

from bot.errors import NotFound
from bot.matching.matcher import Matcher
from bot.matching.records import Match, NearMiss
from bot.matching.watchlist import Condition, Group, Rule, Term, Watchlist
from tests.unit.matching.lists import document, group, rule, watchlist

WORDS = ["alpha", "beta", "gamma", "delta", "граница", "боевик", "alph*", "=ALPHA", "beta gamma", "gamma delta beta"]


def random_list(dice: random.Random, name: str) -> Watchlist:
    groups = tuple(
        Group(f"g{number}", "", tuple(Term(dice.choice(WORDS), "ru") for _ in range(dice.randint(1, 3))))
        for number in range(3)
    )
    rules = []
    for number in range(dice.randint(1, 3)):
        elements = tuple((f"g{dice.randrange(3)}",) for _ in range(dice.randint(1, 2)))
        rules.append(
            Rule(f"r{number}", Condition(elements, dice.choice([None, 4])), none_of=dice.choice([(), ("g0",)]))
        )
    if dice.random() < 0.3:
        rules.append(rule(id="query", query=dice.choice(["alpha NEAR/2 $g1", "/alp\\w+/ delta", "$g2 -beta"])))
    return watchlist(*groups, rules=tuple(rules), id=name)


def answers(matcher: Matcher, texts: list[str]) -> list[tuple[tuple[Match, ...], tuple[NearMiss, ...]]]:
    return [(matcher.match(document(text)), matcher.explain(document(text))) for text in texts]


@pytest.mark.parametrize("seed", range(15))
def test_any_row_of_edits_gives_what_a_fresh_build_gives(seed: int) -> None:
    dice = random.Random(seed)
    plain = ["alpha", "ALPHA", "beta", "gamma", "delta", "границе", "боевиков", "alphabet", "other"]
    texts = [" ".join(dice.choices(plain, k=dice.randint(1, 9))) for _ in range(25)]
    lists: dict[str, Watchlist] = {}
    matcher = Matcher.build([])
    for _ in range(12):
        name = f"list-{dice.randrange(5)}"
        if name in lists and dice.random() < 0.3:
            del lists[name]
        else:
            lists[name] = random_list(dice, name)
        before = answers(matcher, texts)
        updated = matcher.updated(list(lists.values()))
        assert answers(matcher, texts) == before
        matcher = updated
        assert answers(matcher, texts) == answers(Matcher.build(list(lists.values())), texts)
    emptied = matcher.updated([])
    assert answers(emptied, texts) == [((), ())] * len(texts)
    assert emptied.size == 0


def test_a_changed_group_changes_every_rule_that_names_it() -> None:
    before = watchlist(group("g", en=["alpha"]), rules=(rule("g"), rule(id="query", query="$g beta")))
    after = dataclasses.replace(before, groups=(group("g", en=["gamma"]),))
    matcher = Matcher.build([before]).updated([after])
    assert matcher.match(document("alpha beta")) == ()
    assert [match.rule for match in matcher.match(document("gamma beta"))] == ["rule"]


def test_an_edit_that_cannot_be_compiled_leaves_the_matcher_as_it_was() -> None:
    good = watchlist(group("g", en=["alpha"]))
    matcher = Matcher.build([good])
    with pytest.raises(NotFound, match="no word group “nothing”"):
        matcher.updated([good, watchlist(group("g", en=["beta"]), rules=(rule("nothing"),), id="bad")])
    assert len(matcher.match(document("alpha"))) == 1
    assert matcher.watchlists == (good,)


def test_lists_keep_their_order_through_edits() -> None:
    lists = [watchlist(group("g", en=["alpha"]), id=name) for name in "cab"]
    matcher = Matcher.build(lists).updated(lists[::-1])
    assert [match.watchlist for match in matcher.match(document("alpha"))] == ["b", "a", "c"]


def test_many_rules_in_one_list_are_tried_in_order() -> None:
    rules = tuple(rule(f"g{number}", id=f"r{number}") for number in range(100))
    groups = [group(f"g{number}", en=[f"word{number}"]) for number in range(100)]
    matcher = Matcher.build([watchlist(*groups, rules=rules)])
    (match,) = matcher.match(document("word77 word42 word90"))
    assert match.rule == "r42"


def test_rules_and_groups_that_stand_twice_are_neither_lost_nor_left_behind() -> None:
    twice = rule("g")
    before = watchlist(group("g", en=["alpha"]), rules=(twice, twice, rule("g"), rule("g", id="other")))
    after = dataclasses.replace(before, rules=(rule("g"), twice))
    matcher = Matcher.build([before]).updated([after])
    assert len(matcher.match(document("alpha"))) == 1
    assert matcher.updated([]).size == 0


def test_one_rule_of_a_huge_list_is_edited_without_compiling_the_others() -> None:
    groups = tuple(group(f"g{number}", en=[f"word{number}"]) for number in range(3_000))
    rules = tuple(rule(f"g{number}", id=f"r{number}") for number in range(3_000))
    before = watchlist(*groups, rules=rules)
    matcher = Matcher.build([before])
    start = time.process_time()
    for number in range(20):
        edited = dataclasses.replace(before, rules=(*rules[:number], rule("g0", id="new"), *rules[number + 1 :]))
        matcher = matcher.updated([edited])
    assert time.process_time() - start < 2
    assert [match.rule for match in matcher.match(document("word0"))] == ["r0"]
    assert matcher.match(document("word19")) == ()


def test_readers_in_many_threads_agree() -> None:
    matcher = Matcher.build([watchlist(group("g", en=["alpha*"], ru=["граница"]))])
    texts = [f"alpha{number} на границе {number}" for number in range(300)]
    expected = answers(matcher, texts)
    matcher = matcher.updated([*matcher.watchlists])
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.append(answers(matcher, texts))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4
