"""Keyword lists of other tools: what becomes a term, what is left out, and that the list passes every check."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.matching.matcher import Matcher
from bot.matching.term_lines import guess_language
from bot.matching.validation import find_problems
from bot.matching.watchlist import Status
from bot.sources.keyword_lists import MAX_BYTES, read_keywords
from bot.sources.watchlist_files import read_watchlist_text
from bot.sources.watchlist_writer import write_watchlist
from tests.factories import build_document


def terms(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    return [term.text for term in read_keywords(data, "words.txt").watchlist.groups[0].terms]


@pytest.mark.parametrize(
    ("line", "term"),
    [
        ("Khorog", "Khorog"),
        ("  Islamic   State \r", "Islamic State"),
        ('"Islamic State"', "Islamic State"),
        ("«Исламское государство»,", "Исламское государство"),
        ("+taliban;", "taliban"),
        ("tajik*", "tajik*"),
        ("TTP", "=TTP"),
        ("ОДКБ", "=ОДКБ"),
        ("Ttp", "Ttp"),
        ("\ufeffKhorog", "Khorog"),
    ],
)
def test_a_line_becomes_a_term(line: str, term: str) -> None:
    assert terms(f"{line}\n") == [term]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("201", "only a number"),
        ("я", "one letter"),
        ("…", "no letter or digit"),
        ("ta*jik", "star"),
        ("tajik AND border", "is a query"),
        ("(tajik border)", "is a query"),
        ("x" * 201, "at most 200"),
        ("taj\u202eik", "invisible"),
    ],
)
def test_what_is_no_term_is_left_out_with_its_line_and_reason(line: str, reason: str) -> None:
    imported = read_keywords(f"Khorog\n{line}\n".encode(), "words.txt")
    (skipped,) = imported.skipped
    assert skipped.startswith("words.txt:2: ")
    assert reason in skipped


def test_comments_empty_lines_and_repetitions_say_nothing() -> None:
    imported = read_keywords(b"# ours\n\nKhorog\nkhorog\nTTP\nTTP\n", "words.txt")
    assert (imported.terms, imported.repeated, imported.skipped) == (2, 2, ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_says_its_encoding_is_read(encoding: str) -> None:
    assert terms("Душанбе\n".encode(encoding)) == ["Душанбе"]


def test_an_encoding_is_not_guessed() -> None:
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_keywords("Душанбе\n".encode("cp1251"), "words.txt")


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Khorog", "en"),
        ("Душанбе", "ru"),
        ("Тоҷикистон", "tg"),
        ("طالبان", "fa"),
        ("پښتو", "ps"),
        ("اڈہ", "ur"),
        ("新疆", "zh"),
        ("Өзгөн", "ky"),
        ("Ўзбекистон", "uz"),
        ("Әскер", "kk"),
        ("2014", "en"),
    ],
)
def test_letters_tell_the_language(text: str, lang: str) -> None:
    assert guess_language(text) == lang


def test_the_list_is_a_test_list_that_matches_its_words_and_spares_what_is_excluded() -> None:
    watchlist = read_keywords(b"Khorog\n-cricket\n", "words.txt").watchlist
    assert watchlist.status is Status.TEST
    matcher = Matcher.build([watchlist])
    assert len(matcher.match(build_document(title="Shots in Khorog"))) == 1
    assert matcher.match(build_document(title="Khorog cricket")) == ()


@pytest.mark.parametrize(
    ("name", "list_id"),
    [("/srv/Border words.v2.txt", "border-words-v2"), ("слова.txt", "keywords"), ("C:\\lists\\Old.TXT", "old")],
)
def test_the_id_is_made_from_the_files_name(name: str, list_id: str) -> None:
    assert read_keywords(b"Khorog", name).watchlist.id == list_id


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"201\n", b"-cricket\n", b"x\n" * MAX_BYTES])
def test_a_file_without_terms_or_without_end_is_refused(data: bytes) -> None:
    with pytest.raises(SettingsError):
        read_keywords(data, "words.txt")


def test_an_id_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(SettingsError, match="cannot be an id"):
        read_keywords(b"Khorog", "words.txt", list_id="Border words")


@given(st.lists(st.text(max_size=30), max_size=20))
def test_whatever_is_imported_passes_the_check_as_a_file(lines: list[str]) -> None:
    watchlist = read_keywords("\n".join(["Khorog", *lines]).encode("utf-8", "replace"), "words.txt").watchlist
    assert find_problems(watchlist) == ()
    catalog = read_watchlist_text(write_watchlist(watchlist), "words.yaml", Path("nowhere"))
    assert catalog.problems == ()
    assert [set(group.terms) for group in catalog.watchlists[0].groups] == [
        set(group.terms) for group in watchlist.groups
    ]
