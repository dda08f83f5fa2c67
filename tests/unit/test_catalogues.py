"""The catalogues of the interface hold every text that chats are told, whole and with its placeholders."""

import ast
import io
import re
import runpy
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from bot.domain.language import ENGLISH, LANGUAGES, speaking, tr, trn
from bot.sources.catalogues import load_catalogues

ROOT = Path(__file__).parents[2]
KEYWORDS = {"tr": None, "trn": (1, 2), "later": None, "Command": (2,), "Sentence": None}
TRANSLATED = [language for language in LANGUAGES if language != ENGLISH]

Key = str | tuple[str, ...]


@cache
def spoken_texts() -> frozenset[Key]:
    """Every text of the program that is looked up, as `make messages` finds them."""
    method = runpy.run_path(str(ROOT / ".ci" / "messages.py"))["extract"]
    texts = set()
    for path in program_files():
        with path.open("rb") as file:
            texts |= {message for _, message, _, _ in extract(method, file, KEYWORDS)}
    return frozenset(texts)


def program_files() -> list[Path]:
    return [path for folder in ("bot", "storage") for path in (ROOT / folder).rglob("*.py")]


@cache
def read_catalogue(language: str) -> Catalog:
    text = (ROOT / "bot" / "locales" / f"{language}.po").read_bytes()
    return read_po(io.BytesIO(text), locale=language, abort_invalid=True)


def entries(language: str) -> list[Message]:
    return [message for message in read_catalogue(language) if message.id]


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_none_is_left_over(language: str) -> None:
    known = {message.id: message for message in entries(language)}
    missing = {text for text in spoken_texts() if text not in known or not all(forms(known[text]))}
    assert not missing, "`make messages` brings them into the catalogues"
    assert not known.keys() - spoken_texts()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_what_is_filled_in_and_what_is_typed(language: str) -> None:
    plural_forms = read_catalogue(language).num_plurals
    for message in entries(language):
        assert not message.fuzzy, message.id
        if not all(forms(message)):
            assert not any(forms(message)), message.id
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        assert len(forms(message)) == (1 if len(ids) == 1 else plural_forms), message.id
        for form in forms(message):
            # A form that stands for one thing only may leave the number out.
            assert fields(form) | {"count"} == fields(ids[-1]) | {"count"}, (ids, form)
            assert commands(form) == commands(ids[-1]), (ids, form)
            assert form.count("\n") == ids[-1].count("\n"), (ids, form)
            assert not set(form) & set("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩"), "digits stay ASCII"
            assert "\u202e" not in form
            assert "\u202a" not in form


def fields(text: str) -> set[str]:
    """The placeholders of a text, with how they are formatted: `{count:,}`."""
    return {f"{name}:{spec}" if spec else name for _, name, spec, _ in string.Formatter().parse(text) if name}


def commands(text: str) -> list[str]:
    """The commands that a text names."""
    bare = [word.strip('`"“”«»().,:;،؛…') for word in text.split()]
    return sorted(word for word in bare if word.startswith("/") and word[1:2].isascii() and word[1:2].isalpha())


def test_texts_are_looked_up_whole() -> None:
    """No f-string and no sum reaches the catalogue: neither can be found there."""
    for path in program_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("tr", "trn", "later")
            ):
                texts = node.args[: 2 if node.func.id == "trn" else 1]
                wrong = [text for text in texts if isinstance(text, ast.JoinedStr | ast.BinOp)]
                assert not wrong, f"{path}:{node.lineno}"


def test_a_catalogue_is_heard_where_its_language_is_spoken() -> None:
    assert set(load_catalogues()) == set(TRANSLATED)
    with speaking("en"):
        assert tr("Undo") == "Undo"
    russian = load_catalogues()["ru"]
    assert russian.gettext("From now on I speak English here.") == "Теперь я говорю здесь по-русски."
    assert russian.ngettext("{count} story", "{count} stories", 3).startswith("{count}")
    assert trn("{count} story", "{count} stories", 3) == "3 stories"


def test_make_messages_finds_texts_by_the_same_words() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    given = re.findall(r"--keyword (\w+)(?::([\d,]+))?", makefile)
    assert {name: tuple(map(int, places.split(","))) if places else None for name, places in given} == KEYWORDS
