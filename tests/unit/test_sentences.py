"""English of the lower floors, said again in the language of a chat."""

from collections.abc import Iterator

import pytest

from bot.domain.language import error_words, install, retold, speaking
from bot.errors import NotFound, QueryError, WatchlistError
from bot.matching.query_parser import parse_query
from bot.matching.validation import find_term_problem
from bot.matching.watchlist import Term
from bot.sentences import Sentence
from bot.sources.catalogues import load_catalogues


@pytest.fixture(autouse=True)
def _catalogues() -> Iterator[None]:
    install(load_catalogues())
    yield
    install({})


def test_a_sentence_is_its_english_text() -> None:
    sentence = Sentence("there is no word group “{name}”.", name="geo.{x}")
    assert sentence == "there is no word group “geo.{x}”."
    assert retold(sentence) == sentence
    with speaking("ru"):
        assert retold(sentence) == "группы слов «geo.{x}» нет."
        assert retold("group {name}") == "group {name}"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("(tajik* border", "Я остановился на «конец»: скобка, открытая на знаке 1, не закрыта."),
        ("lenta:ru border", "Я остановился на «lenta:»: поля «lenta» нет, есть только title, text,"),
        ("5 OF (a, b)", "Я остановился на «5»: частей в списке: 2."),
        ("/[/", "RE2 не может это прочитать: "),
    ],
)
def test_a_mistake_in_a_query_is_told_in_the_language_of_the_chat(query: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(query)
    with speaking("ru"):
        words = error_words(caught.value)
    assert said in words
    assert "Пример: " in words
    assert str(caught.value).startswith("I stopped at “")


def test_every_mistake_in_a_term_is_translated() -> None:
    for text in ("…", "2026", "x", "a*b", "ab*", "!word", "+word"):
        problem = find_term_problem(Term(text, "en"))
        assert problem is not None
        with speaking("ru"):
            assert all(retold(part) != part for part in problem)


def test_an_error_says_what_it_has() -> None:
    assert error_words(NotFound("No such list.")) == "No such list."
    error = WatchlistError("a.yaml", 3, 1, Sentence("it has no condition and would always fire."))
    with speaking("ru"):
        assert retold(error.reason) == "в нём нет условия, и оно срабатывало бы всегда."
    assert error.cause == "a.yaml:3:1: it has no condition and would always fire."
