"""Language tags as feeds write them, to the two-letter codes that Tocsin uses. Pure."""

import re

_TAG = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9-_]{1,30})?\s*\Z")
# ISO 639-2/3 codes of languages that also have a two-letter code, where feeds of our regions use them; prs (Dari) is
# Persian in another country's name, and its news reads and matches as Persian.
_SHORT = {
    "ara": "ar",
    "ces": "cs",
    "deu": "de",
    "ger": "de",
    "eng": "en",
    "fas": "fa",
    "per": "fa",
    "pes": "fa",
    "prs": "fa",
    "fra": "fr",
    "fre": "fr",
    "hin": "hi",
    "kaz": "kk",
    "kir": "ky",
    "pbt": "ps",
    "pus": "ps",
    "rus": "ru",
    "spa": "es",
    "tgk": "tg",
    "tuk": "tk",
    "tur": "tr",
    "uig": "ug",
    "ukr": "uk",
    "urd": "ur",
    "uzb": "uz",
    "uzn": "uz",
    "zho": "zh",
    "chi": "zh",
}
_NO_LANGUAGE = frozenset({"und", "zxx", "mul", "mis", "xx"})


def normalise_language(tag: object) -> str:
    """`en` for en-US, `fa` for prs or fas-AF; empty for what is no language tag."""
    match = _TAG.match(tag) if isinstance(tag, str) else None
    if match is None:
        return ""
    code = match[1].lower()
    return "" if code in _NO_LANGUAGE else _SHORT.get(code, code)
