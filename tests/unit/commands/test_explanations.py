"""The words of an explanation."""

import pytest

from bot.commands.explanations import priority_path, rule_words
from bot.matching.records import Priority
from bot.matching.watchlist import Condition, Group, Rule
from tests import factories

GROUPS = (Group("acronym", "TTP", ()), Group("context", "Pakistan security", ()), Group("cyber", "", ()))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("name", Condition((("acronym",),))), "TTP"),
        (Rule("either", Condition((("acronym", "context"),))), "TTP or Pakistan security"),
        (
            Rule("both", Condition((("acronym",), ("context", "geo.afghanistan")), within=60)),
            "TTP + (Pakistan security or geo.afghanistan), within 60 words",
        ),
        (Rule("title", Condition((("acronym",),), title_only=True)), "TTP, in the headline"),
        (Rule("free", Condition(query="tajik* NEAR/10 border")), "tajik* NEAR/10 border"),
        (Rule("not", Condition((("acronym",),)), none_of=("cyber",)), "TTP, without cyber"),
    ],
)
def test_a_rule_is_told_with_the_glosses_of_its_groups(rule: Rule, words: str) -> None:
    assert rule_words(rule, GROUPS) == words


def test_the_priority_tells_how_it_came_about() -> None:
    assert priority_path(factories.build_match(priority=Priority.MEDIUM)) == "base medium; no escalate rule fired"
    raised = factories.build_match(priority=Priority.CRITICAL, base_priority=Priority.HIGH, escalated_by="attack")
    assert priority_path(raised) == "base high; critical by escalate rule attack"
