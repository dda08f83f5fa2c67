"""Queries as rules: what they find, and where."""

import pytest

from bot.errors import QueryError
from bot.matching.matcher import Matcher
from tests.unit.matching.lists import asks, group, match_text, rule, watchlist


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("a b", "b a", True),
        ("a b", "b", False),
        ("a OR b", "b", True),
        ("a -b", "a b", False),
        ("a -b", "a c", True),
        ('"a b"', "a b", True),
        ('"a b"', "b a", False),
        ('"a b* c"', "a bbb c", True),
        ("tajik*", "Tajikistan", True),
        ("=Osh", "osh", False),
        ("=Osh", "Osh", True),
        ("TTP", "ttp", False),
        ("TTP", "TTP", True),
        ('"TTP"', "ttp", True),
        ("word", "words", False),
        ("a NEAR/1 b", "a x b", True),
        ("a NEAR/1 b", "b x a", True),
        ("a NEAR/1 b", "a x x b", False),
        ("a NEAR/0 b", "a b", True),
        ("a NEAR/0 b", "a x b", False),
        ("a ONEAR/3 b", "a x b", True),
        ("a ONEAR/3 b", "b x a", False),
        ("a NEAR a", "a", False),
        ("a NEAR a", "a a", True),
        ('"a b" NEAR "b c"', "a b c", False),
        ('"a b" NEAR "b c"', "a b x b c", True),
        ("a NEAR/1 b NEAR/1 c", "a x b x c", True),
        ("a NEAR/1 b NEAR/1 c", "a x b x x c", False),
        ("(a OR b) NEAR/0 c", "x b c", True),
        ("2 OF (a, b, c)", "a c", True),
        ("2 OF (a, b, c)", "c", False),
        ("2 OF (a, b, -c)", "a", True),
        ("a -(b c)", "a b", True),
        ("a -(b NEAR/0 c)", "a b c", False),
        ("a -(b NEAR/0 c)", "a b x c", True),
        (r"/fight\w+/ a", "a fighters", True),
        (r"/fight\w+/ a", "a fight", False),
        (r"/боев\w+/i", "БОЕВИКАМИ", True),
        (r"/ight/", "fight", False),
        (r"/\d{3}-я дивизия/", "это 201-я дивизия здесь", True),
        (r"/\d+/ NEAR/1 убитых", "более 12 убитых", True),
    ],
)
def test_a_query_rule_finds(query: str, text: str, expected: bool) -> None:
    assert asks(query, text) is expected


@pytest.mark.parametrize(
    ("query", "title", "summary", "expected"),
    [
        ("title:a", "a", "", True),
        ("title:a", "", "a", False),
        ("text:a", "", "a", True),
        ("text:a", "a", "", False),
        ("title:(a text:b)", "a", "b", False),
        ("title:(text:a) OR b", "a", "a", False),
        ("a -title:b", "a", "b", True),
        ("a -title:b", "a b", "", False),
        ('(title:"army convoy" OR jirga) NEAR/8 waziristan -cricket', "Army convoy hit in Waziristan", "", True),
        ('(title:"army convoy" OR jirga) NEAR/8 waziristan -cricket', "", "Army convoy hit in Waziristan", False),
        ('(title:"army convoy" OR jirga) NEAR/8 waziristan -cricket', "", "A jirga in Waziristan", True),
        ('(title:"army convoy" OR jirga) NEAR/8 waziristan -cricket', "Cricket", "A jirga in Waziristan", False),
        ("a NEAR b", "a", "b", False),
    ],
)
def test_a_query_rule_knows_fields(query: str, title: str, summary: str, expected: bool) -> None:
    found = match_text(watchlist(rules=(rule(query=query),)), title, summary)
    assert (found is not None) is expected


@pytest.mark.parametrize(
    ("query", "attributes", "expected"),
    [
        ("a lang:ru", {"lang": "ru"}, True),
        ("a lang:(ru OR fa)", {"lang": "fa"}, True),
        ("a lang:ru", {"lang": "fa"}, False),
        ("a -lang:ru", {"lang": "ru"}, False),
        ("a source:asia-plus", {"source": "asia-plus"}, True),
        ("a owner:state", {"owner": "state"}, True),
        ("a country:TJ", {"country": "tj"}, True),
        ("a tag:Cyber", {"tags": ("cyber", "x")}, True),
        ("a url:example.org", {"link": "https://EXAMPLE.org/1"}, True),
    ],
)
def test_a_query_rule_knows_attributes(query: str, attributes: dict[str, str], expected: bool) -> None:
    assert (match_text(watchlist(rules=(rule(query=query),)), "a", **attributes) is not None) is expected


def test_a_query_rule_may_name_groups_and_their_words_are_inflected() -> None:
    lists = watchlist(group("border", label="border", ru=["граница"]), rules=(rule(query="$border NEAR/3 бой"),))
    match = match_text(lists, "Бой на границе")
    assert match is not None
    assert [(evidence.term, evidence.group, evidence.text) for evidence in match.evidence] == [
        ("бой", "", "Бой"),
        ("граница", "border", "границе"),
    ]


def test_the_evidence_of_a_pattern_is_what_it_matched() -> None:
    match = match_text(watchlist(rules=(rule(query=r"/CVE-\d{4}-\d+/"),)), "Fix for CVE-2026-1234, now")
    assert match is not None
    assert [(evidence.text, evidence.term) for evidence in match.evidence] == [("CVE-2026-1234", r"/CVE-\d{4}-\d+/")]


@pytest.mark.parametrize("query", ["a $nothing", "a list:ttp", "lang:ru", "lang:ru -a", "a from:x"])
def test_a_query_that_cannot_be_a_rule_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        Matcher.build([watchlist(group("g", en=["x"]), rules=(rule(query=query),))])
