"""Where the words of a search stand in a text. Pure."""

from collections.abc import Sequence

from bot.domain.messages import Text, isolate
from bot.domain.quotes import excerpt
from bot.matching.tokens import Token, tokenise

# Feeds carry whole articles at times; the first match in so much text is enough for a line of results.
_LOOKED_THROUGH = 20_000


def highlight(text: str, terms: Sequence[str], limit: int) -> tuple[Text, ...]:
    """The passage of `text` around its first found word, at most about `limit` characters, found words bold."""
    head = text[:_LOOKED_THROUGH]
    runs = excerpt(head, find_terms(head, terms), limit)
    return (Text("\u2068"), *runs, Text("\u2069")) if isolate(head) != head else runs


def find_terms(text: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Where folded words, phrases of them and prefixes ending in `*` stand, in order, overlaps joined."""
    tokens = tokenise(text)
    spans: list[tuple[int, int]] = []
    for words in (term.split() for term in terms):
        for place in range(len(tokens) - len(words) + 1):
            found = tokens[place : place + len(words)]
            if words and all(_is_word(token, word) for token, word in zip(found, words, strict=True)):
                spans.append((found[0].start, found[-1].end))
    return _joined(sorted(spans))


def _is_word(token: Token, word: str) -> bool:
    return token.folded.startswith(word[:-1]) if word.endswith("*") else token.folded == word


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
