"""What full-text search gets of an item."""

from hypothesis import example, given
from hypothesis import strategies as st

from bot.matching.tokens import folded_words
from bot.services.documents import archive_words
from tests.factories import build_item

TEXTS = st.text(st.sampled_from("aБёئی éǅß.'’-/1٣\u200c\u200e\u0301\x1c\x85\u3000\n鸟"))


@given(TEXTS, TEXTS, TEXTS)
@example("O’Brien\x1cfled", "up-to-date", "ve\u0301lo و\u200cی")
def test_words_are_those_of_the_three_fields_in_order(title: str, summary: str, content: str) -> None:
    item = build_item(title=title, summary=summary, content=content)
    expected = [word for text in (title, summary, content) for word in folded_words(text)]
    assert archive_words(item) == " ".join(expected)


def test_a_long_text_of_many_words_is_forgotten_again() -> None:
    item = build_item(title="x", summary="", content=" ".join(f"w{number}" for number in range(20_000)))
    assert archive_words(item).split()[-1] == "w19999"
    assert archive_words(item) == archive_words(item)
