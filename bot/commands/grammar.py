"""How the words behind a verb are read: split at spaces, with quoted phrases kept whole."""

_LONGEST_NUMBER = 6
_QUOTES = {'"': '"', "“": "”", "„": "“”", "«": "»"}


def split_arguments(text: str) -> tuple[str, ...]:
    """The words of `text`; "…", «…», “…” and „…“ hold a phrase together. A quote that never closes runs to the end."""
    words: list[str] = []
    rest = text.strip()
    while rest:
        closing = _QUOTES.get(rest[0])
        if closing:
            word, rest = _quoted(rest[1:], closing)
        else:
            word, rest = _at_space(rest)
        if word:
            words.append(word)
        rest = rest.lstrip()
    return tuple(words)


def _quoted(text: str, closing: str) -> tuple[str, str]:
    end = next((place for place, char in enumerate(text) if char in closing), len(text))
    return text[:end].strip(), text[end + 1 :]


def _at_space(text: str) -> tuple[str, str]:
    end = next((place for place, char in enumerate(text) if char.isspace()), len(text))
    return text[:end], text[end:]


def read_number(word: str) -> int | None:
    """A whole number of at most six ASCII digits, else None."""
    return int(word) if word.isascii() and word.isdigit() and len(word) <= _LONGEST_NUMBER else None
