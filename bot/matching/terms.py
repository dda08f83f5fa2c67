"""Reading one term as its author wrote it: `word`, `a phrase`, `prefix*`, `=TTP`, `=ЖККУ*`."""

from dataclasses import dataclass
from functools import lru_cache

from bot.matching.inflection import BARE, Parts, case_endings, inflect
from bot.matching.regexes import RegexPattern
from bot.matching.tokens import Token, tokenise

REGEX = "re2"  # in place of a language key: the term is a pattern between slashes
ZERO_WIDTH_NON_JOINER = "\u200c"


@dataclass(frozen=True, slots=True)
class Slot:
    """What one word of a text must look like: a stem of `parts` and one of that stem's endings (None: any).

    With `exact` the word is compared with its case kept.
    """

    parts: Parts
    exact: bool = False

    def fits(self, token: Token) -> bool:
        """Whether a word of a text fills this slot."""
        form = token.exact if self.exact else token.folded
        return any(
            form.startswith(stem) and (endings is None or form[len(stem) :] in endings) for stem, endings in self.parts
        )


Pattern = tuple[Slot, ...] | RegexPattern


@lru_cache(maxsize=65_536)
def term_patterns(text: str, lang: str) -> tuple[Pattern, ...]:
    """The alternative word sequences a term stands for; empty if it holds no word at all.

    `lang` is the language key it stands under and decides its inflected forms; an empty one means none.
    A term written with a zero-width non-joiner also stands for the form without it, because scraped
    pages lose the sign.
    """
    if lang == REGEX:
        return (RegexPattern(text.rstrip("i")[1:-1], ignore_case=text.endswith("/i")),)
    spellings = [text]
    if ZERO_WIDTH_NON_JOINER in text:
        spellings.append(text.replace(ZERO_WIDTH_NON_JOINER, ""))
    patterns = (_read(spelling, lang) for spelling in spellings)
    return tuple(dict.fromkeys(pattern for pattern in patterns if pattern))


def _read(text: str, lang: str) -> tuple[Slot, ...]:
    exact = text.lstrip().startswith("=")
    return tuple(slot for chunk in text.split() for slot in _read_chunk(chunk, lang, exact=exact or chunk[0] == "="))


def _read_chunk(chunk: str, lang: str, *, exact: bool) -> list[Slot]:
    tokens = tokenise(chunk)
    slots = [_slot(token, lang, exact=exact) for token in tokens[:-1]]
    for token in tokens[-1:]:
        if not chunk.endswith("*"):
            slots.append(_slot(token, lang, exact=exact))
        elif exact:
            slots.append(Slot(((token.exact, case_endings(lang)),), exact=True))
        else:
            slots.append(Slot(((token.folded, None),)))
    return slots


def _slot(token: Token, lang: str, *, exact: bool) -> Slot:
    if exact:
        return Slot(((token.exact, BARE),), exact=True)
    return Slot(inflect(token.folded, lang, acronym=token.exact.isupper()))
