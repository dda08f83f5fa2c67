"""Terms, rules and news items for `benchmarks/matching.py`, made by a seeded generator: three scripts, nine languages.

Words are built from syllables, so their lengths and letters look like the language's. An item is 67
words of a Zipf-distributed vocabulary with one term (or the words of one rule) of the list planted in
it: every size of list is asked to find something. Accidental hits grow with the list, as in real life.
"""

import random
from dataclasses import dataclass

from bot.matching.records import Document, Priority
from bot.matching.watchlist import Condition, Group, Rule, Term, Watchlist

SEED = 20_261_125
ITEM_WORDS = 67  # title and summary of a news item, the length the query specification measures with
TITLE_WORDS = 11
ARTICLE_WORDS = 600
TERMS_PER_LIST = 100
TERMS_PER_GROUP = 5
_VOCABULARY = 30_000
_NAMES = 60_000  # a language: names and the like, rare in any one text, which is what people watch for
_ORDINARY = 0.1  # the share of watched words that any text may hold by chance
_COMMON = 2_000  # the commonest words, which nobody would watch for
_SYLLABLES = {
    lang: syllables.split()
    for lang, syllables in {
        "en": "ka bul tal iban dor mer sta ron wick shire ble ter min ham ford con pre ling ex ure",
        "uz": "toʻ sh qa chor gʻa zar bek lar obod kent sur xon dar yo tog mir shah oq",
        "ru": "по гра нич ник бо ев та либ ро сто вар кун дуз ский пред ста ви тель ош хор",
        "tg": "ҷа му ҳо қи бод шон дар воз хат лон нӣ ҳур бах ши тоҷ ик ғар му",
        "kk": "қа зақ ша рұқ ің тау лы бас шы өт кен әс кер мыс ұлт дық",
        "ky": "кыр гыз өл кө бат кен жол ур баш чы тоо суу кан ат",
        "fa": "طا لب ان مر ز تا جیک ست کا بل قن دوز بد خش ها نی رو فر",
        "ps": "پښ تو نه خوا ګر ې ځوا ک بر ید کند ها ر ټو ل",
        "ur": "پا ک ستا ن حم لہ دہ شت گر د فو ج کو ئٹ ہ بلو چ",
    }.items()
}
# The share of each language in the items; a list's terms follow it too.
LANGUAGES = ("en", "en", "ru", "ru", "ru", "fa", "fa", "tg", "ur", "ps", "uz", "kk", "ky")


@dataclass(frozen=True, slots=True)
class PlainTerm:
    """A term in the forms that the matcher and its peers need: as written, and a text that contains it."""

    term: Term
    occurrence: str


class Generator:
    """Everything random of one benchmark run."""

    def __init__(self, seed: int = SEED) -> None:
        self._dice = random.Random(seed)
        self._vocabulary = {lang: self._make_words(lang, _VOCABULARY, (2, 3, 3, 4, 5)) for lang in _SYLLABLES}
        self._names = {lang: self._make_words(lang, _NAMES, (4, 5, 5, 6)) for lang in _SYLLABLES}
        self._weights = [1 / rank for rank in range(1, _VOCABULARY + 1)]
        total, cumulated = 0.0, []
        for weight in self._weights:
            total += weight
            cumulated.append(total)
        self._cumulated = cumulated

    def _make_words(self, lang: str, count: int, lengths: tuple[int, ...]) -> list[str]:
        words: dict[str, None] = {}
        while len(words) < count:
            words["".join(self._dice.choices(_SYLLABLES[lang], k=self._dice.choice(lengths)))] = None
        return list(words)

    def _watched(self, lang: str) -> str:
        if self._dice.random() < _ORDINARY:
            return self._vocabulary[lang][self._dice.randrange(_COMMON, _VOCABULARY)]
        return self._dice.choice(self._names[lang])

    def term(self) -> PlainTerm:
        """45 % words, 30 % phrases, 15 % prefixes, 10 % exact capitals."""
        dice = self._dice
        lang = dice.choice(LANGUAGES)
        chance = dice.random()
        word = self._watched(lang)
        if chance < 0.45:
            return PlainTerm(Term(word, lang), word)
        if chance < 0.75:
            phrase = " ".join([word, *(self._watched(lang) for _ in range(dice.randint(1, 2)))])
            return PlainTerm(Term(phrase, lang), phrase)
        if chance < 0.90:
            return PlainTerm(Term(f"{word}*", lang), f"{word}{dice.choice(_SYLLABLES[lang])}")
        return PlainTerm(Term(f"={word.upper()}", lang), word.upper())

    def terms(self, count: int) -> list[PlainTerm]:
        """So many different terms."""
        terms: dict[str, PlainTerm] = {}
        while len(terms) < count:
            made = self.term()
            terms[made.term.text] = made
        return list(terms.values())

    def item(self, number: int, planted: str, words: int = ITEM_WORDS) -> Document:
        """A news item with `planted` somewhere in it."""
        dice = self._dice
        lang = dice.choice(LANGUAGES)
        text = dice.choices(self._vocabulary[lang], cum_weights=self._cumulated, k=words - 1)
        text = [f"{word}{dice.choice(',.')}" if dice.random() < 0.12 else word for word in text]
        text[0] = text[0].capitalize()
        text.insert(dice.randrange(1, words), planted)
        return Document(str(number), " ".join(text[:TITLE_WORDS]), f"{' '.join(text[TITLE_WORDS:])}.")

    def items(self, count: int, plants: list[str], words: int = ITEM_WORDS) -> list[Document]:
        """So many items, each with one of `plants`."""
        return [self.item(number, self._dice.choice(plants), words) for number in range(count)]

    def rule(self, number: int, pool: "list[PlainGroup]") -> tuple[Rule, tuple[Group, ...], str]:
        """A boolean or proximity rule over two or three groups of the pool, the groups, and a text it fires on."""
        dice = self._dice
        chosen = dice.sample(pool, dice.choice((2, 2, 3)))
        names = [plain.group.name for plain in chosen]
        text = " ".join(plain.occurrence for plain in chosen)
        conditions = (
            Condition(tuple((name,) for name in names)),
            Condition(tuple((name,) for name in names), within=20),
            Condition(query=f"${names[0]} NEAR/8 ${names[1]}"),
            Condition(((names[0], names[1]), (names[-1],))),
        )
        # The last needs three groups: of two, one alone would meet it.
        return (
            Rule(f"r{number}", dice.choice(conditions[: len(names) + 1])),
            tuple(plain.group for plain in chosen),
            text,
        )


@dataclass(frozen=True, slots=True)
class PlainGroup:
    """A shared word group and a text that contains one of its terms."""

    group: Group
    occurrence: str


def term_lists(terms: list[PlainTerm]) -> list[Watchlist]:
    """Watchlists of a hundred terms each, every term a reason to fire."""
    lists = []
    for start in range(0, len(terms), TERMS_PER_LIST):
        group = Group("name", "", tuple(plain.term for plain in terms[start : start + TERMS_PER_LIST]))
        lists.append(_list(f"list-{start}", (group,), (Rule("name", Condition((("name",),))),)))
    return lists


def rule_lists(generator: Generator, terms: list[PlainTerm], count: int) -> tuple[list[Watchlist], list[str]]:
    """Watchlists of a hundred rules each over groups of five of the terms, and for every rule a text it fires on."""
    pool = [
        PlainGroup(
            Group(f"shared.g{start}", "", tuple(plain.term for plain in terms[start : start + TERMS_PER_GROUP])),
            terms[start].occurrence,
        )
        for start in range(0, len(terms), TERMS_PER_GROUP)
    ]
    lists, plants = [], []
    for start in range(0, count, TERMS_PER_LIST):
        made = [generator.rule(number, pool) for number in range(start, min(start + TERMS_PER_LIST, count))]
        groups = {group.name: group for _, groups, _ in made for group in groups}
        lists.append(_list(f"rules-{start}", tuple(groups.values()), tuple(rule for rule, _, _ in made)))
        plants += [text for _, _, text in made]
    return lists, plants


def _list(name: str, groups: tuple[Group, ...], rules: tuple[Rule, ...]) -> Watchlist:
    return Watchlist(name, name, "", Priority.MEDIUM, groups, rules)
