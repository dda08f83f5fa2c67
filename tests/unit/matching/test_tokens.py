"""Where words begin and end."""

import pytest

from bot.matching.tokens import folded_words, tokenise


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Tehrik-i-Taliban", ["tehrik", "i", "taliban"]),
        ("snake_case", ["snake", "case"]),
        ("and/or", ["and", "or"]),
        ("10–12", ["10", "12"]),
        ("CVE-2026-1234", ["cve", "2026", "1234"]),
        ("AT&T", ["at", "t"]),
        ("rock'n'roll", ["rocknroll"]),
        ("'quoted' words", ["quoted", "words"]),
        ("the Talibans' men", ["the", "talibans", "men"]),
        ("می\u200cگوید", ["می", "گوید"]),
        ("中国公民", ["中", "国", "公", "民"]),
        ("在Kabul遇袭", ["在", "kabul", "遇", "袭"]),
        ("... — «» 🎉 \u200f", []),
        ("a\ud800b", ["a", "b"]),
        ("https://ttp.example/x", ["https", "ttp", "example", "x"]),
    ],
)
def test_text_is_cut_into_words(text: str, words: list[str]) -> None:
    assert folded_words(text) == words


def test_invisible_marks_after_a_word_are_not_part_of_it() -> None:
    (token,) = tokenise("\u202bطالبان\u200f\u202c")
    assert (token.start, token.end, token.folded) == (1, 7, "طالبان")


def test_a_token_keeps_its_case_for_exact_terms() -> None:
    (token,) = tokenise("СПАД")
    assert (token.exact, token.folded) == ("СПАД", "спад")
