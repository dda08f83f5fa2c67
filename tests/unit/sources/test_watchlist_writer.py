"""A written watchlist reads back as the same watchlist."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import SHIPPED_WATCHLISTS
from bot.matching.records import Priority
from bot.matching.watchlist import (
    Condition,
    Escalation,
    Example,
    Exclude,
    Group,
    Rule,
    SourceFilter,
    Status,
    Term,
    Watchlist,
)
from bot.sources.strict_yaml import parse_yaml
from bot.sources.watchlist_files import read_watchlist_text
from bot.sources.watchlist_reader import read_watchlist
from bot.sources.watchlist_writer import write_watchlist
from bot.sources.word_groups import SharedGroups
from bot.sources.yaml_fields import Reader
from tests.starter_set import LIST_IDS, get_starter_list

FORBIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")

# What a file can say: printable, white space collapsed, never empty, no bidi controls.
texts = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=40)
    .map(lambda text: " ".join(FORBIDDEN.sub("", text).split()))
    .filter(bool)
) | st.sampled_from(["no", "yes", "~", "null", "010", "12:30", "- x", "a: b", "# c", "{x}", "'", '"', "1e3", "=", "<<"])
languages = st.sampled_from(["en", "ru", "fa", "tg"])
names = st.sampled_from(["who", "where", "what"])
priorities = st.sampled_from(list(Priority))
conditions = st.one_of(
    st.builds(
        lambda given, title: Condition((tuple(given),), title_only=title), st.lists(names, min_size=1), st.booleans()
    ),
    st.builds(
        lambda one, other, within: Condition((tuple(one), tuple(other)), within=within),
        st.lists(names, min_size=1),
        st.lists(names, min_size=1),
        st.none() | st.integers(1, 1000),
    ),
    texts.filter(lambda text: "$" not in text).map(lambda text: Condition(query=text)),
)


@st.composite
def watchlists(draw: st.DrawFn) -> Watchlist:
    """A list as the reader could have read it; whether its terms and queries make sense is not its business."""
    groups = []
    for name in ("who", "where", "what"):
        terms = draw(st.dictionaries(languages, st.lists(texts, min_size=1, max_size=3, unique=True), min_size=1))
        label = draw(st.just("") | texts)
        groups.append(Group(name, label, tuple(Term(text, lang) for lang, some in terms.items() for text in some)))

    def parts(kind: st.SearchStrategy[object]) -> tuple[object, ...]:
        return tuple(draw(st.lists(kind, max_size=3, unique_by=lambda part: part.id)))  # type: ignore[attr-defined]  # rules and the like have ids

    rules = parts(
        st.builds(
            Rule, texts, conditions, texts | st.just(""), priorities | st.none(), st.lists(names, max_size=2).map(tuple)
        )
    )
    excludes = parts(st.builds(Exclude, texts, conditions, st.lists(names, max_size=2).map(tuple)))
    escalations = parts(st.builds(Escalation, texts, conditions, priorities))
    examples = st.lists(st.builds(Example, languages, texts, texts | st.just(""), texts | st.just("")), max_size=2)
    some = st.lists(texts, max_size=2).map(tuple)
    every = Rule("every", Condition((("who", "where", "what"),)))
    return Watchlist(
        id="border",
        title=draw(texts),
        description=draw(texts | st.just("")),
        priority=draw(priorities),
        groups=tuple(groups),
        rules=(every, *(rule for rule in rules if rule.id != "every")),  # type: ignore[attr-defined, arg-type]  # as above
        excludes=excludes,  # type: ignore[arg-type]  # as above
        escalations=escalations,  # type: ignore[arg-type]  # as above
        status=draw(st.sampled_from(list(Status))),
        tags=draw(some),
        languages=draw(st.lists(languages, max_size=2).map(tuple)),
        sources=SourceFilter(draw(some), draw(some), draw(st.sampled_from(["", "A", "F"]))),
        max_age_hours=draw(st.none() | st.integers(1, 1000)),
        notify=draw(some),
        stix=draw(st.just(()) | st.just((("type", "threat-actor"), ("name", "x"), ("aliases", "y"), ("aliases", "z")))),
        positive=tuple(draw(examples)),
        negative=tuple(draw(examples)),
    )


@given(watchlist=watchlists())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_list_says_reads_back_the_same(watchlist: Watchlist) -> None:
    reader = Reader("written.yaml")
    read = read_watchlist(reader, parse_yaml(write_watchlist(watchlist), "written.yaml"), SharedGroups())
    assert reader.problems == []
    assert read.watchlist == watchlist


@pytest.mark.parametrize("list_id", LIST_IDS)
def test_every_shipped_list_reads_back_the_same_beside_the_same_groups(list_id: str) -> None:
    watchlist = get_starter_list(list_id)
    again = read_watchlist_text(write_watchlist(watchlist), "written.yaml", SHIPPED_WATCHLISTS)
    assert again.problems == ()
    assert again.watchlists == (watchlist,)


def test_a_text_with_a_mistake_says_where(tmp_path: Path) -> None:
    text = write_watchlist(get_starter_list(LIST_IDS[0])).replace("priority: ", "priorty: ")
    (first, *_) = read_watchlist_text(text, "your text", SHIPPED_WATCHLISTS).problems
    assert (first.path, first.line > 0) == ("your text", True)
    assert read_watchlist_text("id: x\n", "your text", tmp_path).watchlists == ()
