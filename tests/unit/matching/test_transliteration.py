"""Latin letters read as Cyrillic ones."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.transliteration import open_stem, read_as_cyrillic


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("tadzhikistan", "таджикистан"),
        ("tajik", "таджик"),
        ("granitsa", "граница"),
        ("khorog", "хорог"),
        ("pyandzh", "пяндж"),
        ("uchenie", "учение"),
        ("shchuchinsk", "щучинск"),
        ("dushanbe", "душанбе"),
        ("rossiyskiy", "российский"),
    ],
)
def test_names_are_read_as_they_sound(latin: str, cyrillic: str) -> None:
    assert read_as_cyrillic(latin) == cyrillic


@pytest.mark.parametrize("word", ["граница", "csto2", "", "مرز"])
def test_what_is_not_latin_is_not_read(word: str) -> None:
    assert read_as_cyrillic(word) == ""


@given(st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=40))
def test_every_latin_word_can_be_read(word: str) -> None:
    assert not set(read_as_cyrillic(word)) & set(string.ascii_lowercase)


@pytest.mark.parametrize(("word", "opened"), [("афганская", "афганск*"), ("граница", "границ*"), ("оон", "оон")])
def test_endings_are_left_open(word: str, opened: str) -> None:
    assert open_stem(word) == opened
