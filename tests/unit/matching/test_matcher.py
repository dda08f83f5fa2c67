"""What a watchlist says is what fires, with evidence that points into the text."""

import pytest

from bot.matching.matcher import Matcher
from bot.matching.records import Document, Priority
from bot.matching.watchlist import Escalation, Exclude, SourceFilter, Status
from tests.unit.matching.lists import condition, document, explain_text, group, match_text, rule, watchlist

NAME = group("name", label="Tehrik-i-Taliban Pakistan", en=["Pakistani Taliban"], ur=["تحریک طالبان پاکستان"])
ACRONYM = group("acronym", en=["=TTP"])
CONTEXT = group("context", en=["militant*", "army"], ru=["боевик*"])
CYBER = group("cyber", en=["malware"])
ATTACK = group("attack", en=["killed", "raid"])
TTP = watchlist(
    NAME,
    ACRONYM,
    CONTEXT,
    CYBER,
    ATTACK,
    rules=(
        rule("name", id="name", label="TTP by name"),
        rule("acronym", "context|attack", id="acronym", within=5, priority=Priority.LOW),
    ),
    excludes=(Exclude("cyber", condition("cyber"), ("name",)),),
    escalations=(Escalation("deadly", condition("name|acronym", "attack", within=6), Priority.CRITICAL),),
    id="ttp",
)


def test_the_first_rule_that_fires_names_the_reason() -> None:
    match = match_text(TTP, "TTP army raid, says Pakistani Taliban")
    assert match is not None
    assert (match.watchlist, match.title, match.rule, match.rule_label) == ("ttp", "TTP", "name", "TTP by name")


def test_evidence_points_into_the_original_and_names_term_group_gloss_and_language() -> None:
    summary = "اسلام آباد: تحریکِ طالبان پاکستان کا بیان"
    match = match_text(TTP, "News", summary, lang="ur")
    assert match is not None
    (evidence,) = match.evidence
    assert summary[evidence.start : evidence.end] == evidence.text == "تحریکِ طالبان پاکستان"
    assert (evidence.field, evidence.term, evidence.group, evidence.lang) == (
        "summary",
        "تحریک طالبان پاکستان",
        "name",
        "ur",
    )
    assert evidence.label == "Tehrik-i-Taliban Pakistan"


def test_a_word_that_several_languages_list_shows_the_documents_own() -> None:
    lists = watchlist(group("g", ru=["Кабул*"], tg=["Кабул*"]))
    for lang in ("ru", "tg"):
        match = match_text(lists, "В Кабуле", lang=lang)
        assert match is not None
        assert [evidence.lang for evidence in match.evidence] == [lang]


def test_a_rule_may_have_its_own_priority_and_an_escalation_raises_it() -> None:
    quiet = match_text(TTP, "TTP militants meet")
    loud = match_text(TTP, "TTP militants killed")
    assert quiet is not None
    assert loud is not None
    assert (quiet.priority, quiet.base_priority, quiet.escalated_by) == (Priority.LOW, Priority.LOW, "")
    assert (loud.priority, loud.base_priority, loud.escalated_by) == (Priority.CRITICAL, Priority.LOW, "deadly")
    assert "killed" in [evidence.text for evidence in loud.evidence]


def test_an_escalation_never_lowers() -> None:
    lists = watchlist(
        NAME,
        ATTACK,
        rules=(rule("name"),),
        escalations=(Escalation("quiet", condition("attack"), Priority.LOW),),
        priority=Priority.HIGH,
    )
    match = match_text(lists, "Pakistani Taliban raid")
    assert match is not None
    assert (match.priority, match.escalated_by) == (Priority.HIGH, "")


def test_an_exclude_vetoes_the_whole_list_unless_an_unless_group_occurs() -> None:
    assert match_text(TTP, "TTP militants use malware") is None
    spared = match_text(TTP, "Pakistani Taliban use malware")
    assert spared is not None
    assert spared.excludes_checked == ("cyber",)


@pytest.mark.parametrize(("gap", "expected"), [(3, True), (4, False)])
def test_a_window_counts_every_word_from_the_first_to_the_last(gap: int, expected: bool) -> None:
    text = f"TTP {'word ' * gap}militants"
    assert (match_text(TTP, text) is not None) is expected


def test_windows_and_phrases_do_not_cross_fields() -> None:
    assert match_text(TTP, "The TTP", "militants meet") is None
    assert match_text(TTP, "The Pakistani", "Taliban meet") is None
    assert match_text(TTP, "", "The Pakistani", "Taliban meet") is None


def test_all_of_without_a_window_may_be_met_across_fields() -> None:
    lists = watchlist(ACRONYM, CONTEXT, rules=(rule("acronym", "context"),))
    assert match_text(lists, "The TTP", "", "militants meet") is not None


def test_a_title_rule_looks_at_the_title_only() -> None:
    lists = watchlist(NAME, rules=(rule("name", title_only=True),))
    assert match_text(lists, "Pakistani Taliban") is not None
    assert match_text(lists, "News", "Pakistani Taliban") is None


@pytest.mark.parametrize(
    ("title", "summary", "content", "rings"),
    [
        ("Pakistani Taliban", "", "", True),
        ("News", "Pakistani Taliban", "", True),
        ("News", "", "Pakistani Taliban", True),
        ("News", "word " * 38 + "Pakistani Taliban", "", True),
        ("News", "word " * 39 + "Pakistani Taliban", "", False),
        ("News", "A summary.", "Pakistani Taliban", False),
        ("News", " \n", "Pakistani Taliban", True),
    ],
)
def test_a_match_rings_in_the_headline_and_the_first_forty_words(
    title: str, summary: str, content: str, rings: bool
) -> None:
    match = match_text(TTP, title, summary, content)
    assert match is not None
    assert match.rings is rings


def test_a_rule_rings_only_if_all_it_needs_stands_in_the_head() -> None:
    lists = watchlist(ACRONYM, CONTEXT, rules=(rule("acronym", "context"),))
    match = match_text(lists, "The TTP", "word " * 50 + "militants")
    assert match is not None
    assert not match.rings


def test_a_later_rule_that_rings_is_named_before_an_earlier_one_that_only_mentions() -> None:
    match = match_text(TTP, "TTP militants meet", "word " * 50 + "Pakistani Taliban")
    assert match is not None
    assert (match.rule, match.rings) == ("acronym", True)


def test_what_stands_far_below_does_not_escalate_a_ringing_match() -> None:
    match = match_text(TTP, "Pakistani Taliban meet", "word " * 50 + "Pakistani Taliban killed")
    assert match is not None
    assert (match.priority, match.rings) == (Priority.MEDIUM, True)


@pytest.mark.parametrize(
    ("sources", "attributes", "heard"),
    [
        (SourceFilter(only=("a",)), {"source": "a"}, True),
        (SourceFilter(only=("a",)), {"source": "b"}, False),
        (SourceFilter(except_=("b",)), {"source": "b"}, False),
        (SourceFilter(min_grade="C"), {"source": "b", "grade": "C"}, True),
        (SourceFilter(min_grade="C"), {"source": "b", "grade": "D"}, False),
        (SourceFilter(min_grade="C"), {"source": "b"}, False),
        (SourceFilter(only=("a",), min_grade="A"), {}, True),
    ],
)
def test_a_list_hears_only_its_sources(sources: SourceFilter, attributes: dict[str, str], heard: bool) -> None:
    lists = watchlist(NAME, sources=sources)
    assert (match_text(lists, "Pakistani Taliban", **attributes) is not None) is heard


def test_a_list_that_is_off_is_kept_but_not_matched_and_one_under_test_is() -> None:
    off, tested = watchlist(NAME, id="off", status=Status.OFF), watchlist(NAME, id="tested", status=Status.TEST)
    matcher = Matcher.build([off, tested])
    assert matcher.watchlists == (off, tested)
    assert [match.watchlist for match in matcher.match(document("Pakistani Taliban"))] == ["tested"]
    assert Matcher.build([off]).explain(document("Pakistani Taliban")) == ()


def test_matches_come_loudest_first() -> None:
    quiet, loud = watchlist(NAME, id="a", priority=Priority.LOW), watchlist(NAME, id="b", priority=Priority.CRITICAL)
    matches = Matcher.build([quiet, loud]).match(document("Pakistani Taliban"))
    assert [match.watchlist for match in matches] == ["b", "a"]


def test_a_matcher_without_lists_and_a_text_without_words_match_nothing() -> None:
    assert Matcher.build([]).match(document("Pakistani Taliban")) == ()
    assert Matcher.build([TTP]).match(Document("d", "")) == ()


def test_a_near_miss_names_what_was_missing() -> None:
    miss = explain_text(TTP, "The TTP met")
    assert miss is not None
    assert (miss.rule, miss.missing, miss.vetoed_by) == ("acronym", ("context|attack",), "")
    assert [evidence.text for evidence in miss.evidence] == ["TTP"]


def test_a_near_miss_says_when_the_words_stand_too_far_apart() -> None:
    miss = explain_text(TTP, "TTP met in a house far from any militants")
    assert miss is not None
    assert miss.missing == ("acronym + context|attack within 5 words",)


def test_a_near_miss_names_the_veto_with_its_evidence() -> None:
    miss = explain_text(TTP, "TTP militants use malware")
    assert miss is not None
    assert (miss.rule, miss.vetoed_by, miss.missing) == ("acronym", "cyber", ())
    assert [evidence.text for evidence in miss.veto_evidence] == ["malware"]


def test_a_near_miss_names_the_rules_own_not_and_the_source_filter() -> None:
    stopped = watchlist(NAME, CYBER, rules=(rule("name", none_of=("cyber",)),))
    miss = explain_text(stopped, "Pakistani Taliban malware")
    assert miss is not None
    assert (miss.vetoed_by, [evidence.text for evidence in miss.veto_evidence]) == ("not cyber", ["malware"])
    unheard = explain_text(watchlist(NAME, sources=SourceFilter(only=("a",))), "Pakistani Taliban", source="b")
    assert unheard is not None
    assert unheard.vetoed_by == "sources"


@pytest.mark.parametrize(
    ("query", "text", "missing"),
    [
        ("alpha beta", "alpha", ("beta",)),
        ("alpha lang:ru", "alpha", ("lang:ru",)),
        ("alpha -beta", "alpha beta", ("no beta",)),
        ("alpha (beta OR title:gamma)", "alpha", ("beta|gamma",)),
        ("alpha NEAR/1 beta", "alpha x x beta", ("alpha near beta (at most 1 word between)",)),
        ("alpha ONEAR/2 beta", "beta alpha", ("alpha before beta (at most 2 words between)",)),
    ],
)
def test_a_near_miss_of_a_query_names_the_part_that_failed(query: str, text: str, missing: tuple[str, ...]) -> None:
    miss = explain_text(watchlist(rules=(rule(query=query),)), text)
    assert miss is not None
    assert miss.missing == missing


def test_nothing_is_explained_for_lists_that_matched_or_have_no_word_in_the_text() -> None:
    assert explain_text(TTP, "Pakistani Taliban") is None
    assert explain_text(TTP, "Rain in Dushanbe") is None


def test_the_sum_of_excludes_and_nots_can_only_silence() -> None:
    bare = watchlist(NAME, CYBER, rules=(rule("name"),))
    for text in ("Pakistani Taliban", "Pakistani Taliban malware", "malware"):
        vetoed = watchlist(NAME, CYBER, rules=(rule("name"),), excludes=(Exclude("c", condition("cyber")),))
        assert match_text(bare, text) is not None or match_text(vetoed, text) is None
