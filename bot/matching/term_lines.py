"""Terms as people type them, one a line: their quotes, their capitals, and the language that their letters tell."""

import re
import unicodedata

from bot.matching.watchlist import Term

_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "«": "»"}
_ACRONYM = re.compile(r"[^\W\d_]{2,6}")
# Letters that only one of our languages uses, and what a script means where none of them occurs.
_LETTERS = (
    ("tg", "ҷӣӯҳ"),
    ("kk", "әұһ"),
    ("ky", "өңү"),
    ("uz", "ў"),
    ("ps", "ټډړږښځڅڼېۍ"),
    ("ur", "ٹڈڑےںھ"),
)
_SCRIPTS = {"LATIN": "en", "CYRILLIC": "ru", "ARABIC": "fa", "CJK": "zh"}


def read_term(line: str) -> Term | None:
    """The term of a line; None for an empty one. Quotes around it and a comma behind it say nothing."""
    text = unquoted(" ".join(line.strip().rstrip(",;").split()))
    return Term(exact_acronym(text), guess_language(text)) if text else None


def unquoted(text: str) -> str:
    """A term without the quotes around it."""
    closing = _QUOTES.get(text[:1])
    return text[1:-1].strip() if closing and text.endswith(closing) and len(text) > 1 else text


def exact_acronym(text: str) -> str:
    """`=TTP` for a word of two to six capitals: its letters in another case are another word."""
    return f"={text}" if _ACRONYM.fullmatch(text) and text.isupper() else text


def guess_language(text: str) -> str:
    """The language whose endings a term most likely takes, by its letters."""
    lowered = text.casefold()
    for lang, letters in _LETTERS:
        if any(letter in lowered for letter in letters):
            return lang
    names = (unicodedata.name(char, "").partition(" ")[0] for char in text if char.isalpha())
    return next((_SCRIPTS[name] for name in names if name in _SCRIPTS), "en")
