"""Terms that a text proposes for a watchlist: its acronyms, and names of several words. Pure."""

import re

_MOST_TERMS = 12
_LONGEST_READ = 4_000
_LEAST_WORDS, _MOST_WORDS = 2, 5
# Two to six capitals of one script, as in TTP or ОДКБ.
_ACRONYM = re.compile(r"(?<![\w-])[^\W\d_]{2,6}(?![\w-])")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
# Small words that stand inside names, and words that only begin a sentence.
_INSIDE = frozenset({"of", "the", "and", "al", "de", "bin", "ul", "i", "уль", "и"})
_BEGINNERS = frozenset(
    {"the", "a", "an", "in", "on", "at", "for", "from", "to", "this", "that", "these", "those", "it", "is", "as", "and"}
    | {"but", "if", "when", "after", "before", "в", "на", "по", "из", "с", "о", "и", "но", "это", "как", "за", "для"}
)


def propose_terms(text: str) -> tuple[str, ...]:
    """At most twelve terms, acronyms first, each in the order in which it comes; `=TTP` for those in capitals."""
    read = text[:_LONGEST_READ]
    acronyms = [f"={word}" for word in _ACRONYM.findall(read) if word.isupper()]
    return tuple(dict.fromkeys([*acronyms, *_find_names(read)]))[:_MOST_TERMS]


def _find_names(text: str) -> list[str]:
    """Runs of words with capitals, such as `Collective Security Treaty Organization`; where a script has them."""
    names: list[str] = []
    for clause in re.split(r"[.!?;:,()\"«»“”\n]+", text):
        run: list[str] = []
        for word in [*_WORD.findall(clause), ""]:
            if word[:1].isupper() or (run and word in _INSIDE):
                run.append(word)
                continue
            names += _name_of(run)
            run = []
    return names


def _name_of(run: list[str]) -> list[str]:
    while run and run[-1] in _INSIDE:
        run = run[:-1]
    while run and run[0].casefold() in _BEGINNERS:
        run = run[1:]
    words = [word for word in run if word not in _INSIDE]
    if len(words) < _LEAST_WORDS or len(run) > _MOST_WORDS or all(word.isupper() for word in words):
        return []
    return [" ".join(run)]


def propose_title(text: str, terms: tuple[str, ...]) -> str:
    """A name for the list: its first name of several words, its first term, else the first words of the text."""
    named = next((term for term in terms if " " in term), terms[0].lstrip("=") if terms else "")
    return named or " ".join(text.split()[:_MOST_WORDS])[:60]
