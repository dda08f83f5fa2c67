"""Endings of the languages whose forms are a word and a suffix, in ordinary spelling.

Written down from the noun tables of the languages' standard grammars and held to the gold list in
tests/unit/matching/test_inflection.py; not yet measured on a corpus. Only noun endings: terms are names
and things. Endings that make another word are left out on purpose: Persian -ی would turn ترمذ (the town)
into ترمذی (the scholar).
"""


def _cases(plurals: str, cases: str, possessives: str = "") -> tuple[str, ...]:
    """Every [plural] + [possessive] + [case] of a language that glues its endings together."""
    numbers = ("", *plurals.split())
    owners = ("", *possessives.split())
    endings = ("", *cases.split())
    return tuple(dict.fromkeys(n + p + c for n in numbers for p in owners for c in endings))


_PERSIAN = ("ها", "های", "هایی", "هایش", "هایشان", "هایم", "هایمان", "هایت", "هایتان", "ان", "انی", "شان", "مان", "را")
_TAJIK = _cases("ҳо он ён гон", "и ро ю у аш ашон ам амон ат атон")
_UZBEK_CASES = "ning ni ga ka qa da dan dagi lik ligi gacha cha"
_UZBEK_OWNERS = "i si im ing ingiz imiz miz"
_UZBEK_CYRILLIC_CASES = "нинг ни га ка қа да дан даги лик гача ча"
_KYRGYZ_CASES = (
    "нын нин нун нүн дын дин дун дүн тын тин тун түн га ге го гө ка ке ко кө а е о ө на не но нө "
    "ны ни ну нү ды ди ду дү ты ти ту тү н да де до дө та те то тө нда нде ндо ндө дан ден дон дөн тан тен тон төн "
    "нан нен нон нөн дагы деги догу дөгү тагы теги тогу төгү"
)
_KYRGYZ_OWNERS = "ы и у ү сы си су сү"
_KAZAKH_CASES = (
    "ның нің дың дің тың тің ға ге қа ке а е на не ны ні ды ді ты ті н да де та те нда нде "
    "дан ден тан тен нан нен мен бен пен дағы дегі тағы тегі ндағы ндегі"
)
_KAZAKH_OWNERS = "ы і сы сі"

ENDINGS: dict[str, tuple[str, ...]] = {
    "fa": _PERSIAN,
    "prs": _PERSIAN,
    "ps": ("ونه", "ونو", "ان", "انو", "یان", "یانو", "ګان", "ګانو", "و", "ې", "ه", "وال", "والو"),
    "ur": ("وں", "یں", "ات", "ان", "یاں", "یوں", "ئیں", "ؤں"),
    "ur_open": ("ے", "وں", "ا", "ہ", "ات", "ؤں"),
    "tg": _TAJIK,
    "uz": (
        *_cases("lar", _UZBEK_CASES, _UZBEK_OWNERS),
        *_cases("лар", _UZBEK_CYRILLIC_CASES, "и си им инг имиз миз"),
    ),
    "ky": _cases("лар лер лор лөр дар дер дор дөр тар тер тор төр", _KYRGYZ_CASES, _KYRGYZ_OWNERS),
    "kk": _cases("лар лер дар дер тар тер", _KAZAKH_CASES, _KAZAKH_OWNERS),
    "ru": ("а", "у", "ом", "е", "ы", "и", "ов", "ам", "ами", "ах", "ой", "ю", "ей"),
    "en": ("s",),
    "be": ("а", "у", "ам", "е", "ы", "і", "аў", "амі", "ах", "ай"),
    "tk": ("y", "i", "nyň", "niň", "a", "e", "da", "de", "dan", "den", "lar", "ler"),
}
# A last consonant that softens before an ending that begins with a vowel (folded letters: қ is к, ғ is г).
SOFTENED: dict[str, dict[str, str]] = {
    "kk": {"к": "г", "п": "б"},
    "ky": {"к": "г", "п": "б"},
    "uz": {"к": "г", "k": "g", "q": "g"},
}
VOWELS = tuple("аеёиоуыэюяіөүәaeiou")
