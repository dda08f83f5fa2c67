"""English plurals. Possessives are dropped when a text is folded."""

_IRREGULAR = {"man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet"}
_KNIVES = {"knife": "knives", "wife": "wives", "life": "lives", "thief": "thieves", "leaf": "leaves", "half": "halves"}


def english_forms(word: str) -> frozenset[str]:
    """A folded English word and its regular or well-known irregular plural."""
    if not word.isascii():
        return frozenset({word})
    return frozenset({word, _plural(word)})


def _plural(word: str) -> str:
    for singular, plural in (*_IRREGULAR.items(), *_KNIVES.items()):
        if word == singular or (singular in ("man", "woman") and word.endswith(singular) and word != "human"):
            return word[: -len(singular)] + plural
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    return f"{word}s"
