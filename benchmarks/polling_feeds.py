"""Generated feeds, the same for the same seed: RSS, Atom and RDF in ten languages, some of them broken or old."""

import random
from dataclasses import dataclass
from functools import cache
from html import escape

LANGUAGES = {
    "en": "security border forces report attack convoy minister region officials river troops exercise market price",
    "ru": "граница безопасность силы сообщили нападение конвой министр область чиновники река войска учения рынок цена",
    "fa": "مرز امنیت نیروها گزارش حمله کاروان وزیر منطقه مقامات رودخانه سربازان رزمایش بازار قیمت",
    "ar": "الحدود الأمن القوات تقرير هجوم قافلة الوزير المنطقة المسؤولون النهر الجنود مناورة السوق السعر",
    "tg": "марз амният қувваҳо хабар ҳамла корвон вазир минтақа мансабдорон дарё сарбозон машқ бозор нарх",
    "tr": "sınır güvenlik güçler rapor saldırı konvoy bakan bölge yetkililer nehir birlikler tatbikat piyasa fiyat",
    "zh": "边境 安全 部队 报道 袭击 车队 部长 地区 官员 河流 军队 演习 市场 价格",
    "de": "Grenze Sicherheit Kräfte Bericht Angriff Konvoi Minister Region Beamte Fluss Truppen Übung Markt Preis",
    "uz": "chegara xavfsizlik kuchlar xabar hujum karvon vazir mintaqa amaldorlar daryo askarlar mashq bozor narx",
    "ps": "پوله امنیت ځواکونه راپور برید کاروان وزیر سیمه چارواکي سیند سرتیري تمرین بازار بیه",
}
_LEGACY = {"en": "iso-8859-1", "de": "iso-8859-1", "ru": "windows-1251", "tr": "iso-8859-9", "ar": "windows-1256"}
_PARAGRAPHS = 200


@dataclass(frozen=True, slots=True)
class GeneratedFeed:
    """One feed: what it is like. What it holds depends on `serial`, the number of its newest entry."""

    number: int
    form: str
    lang: str
    entries: int
    paragraphs: int
    encoding: str
    is_broken: bool
    has_validators: bool

    def build(self, serial: int, stamp: int) -> bytes:
        """The document whose newest entry is `serial`; a new `stamp` changes only its head."""
        numbers = range(serial, serial - self.entries, -1)
        text = _FORMS[self.form](self, numbers, stamp)
        if self.is_broken:
            # An entity that only HTML knows, as template authors write it.
            first = text.index("</title>", text.index("<entry" if self.form == "atom" else "<item"))
            text = f"{text[:first]} R&D&nbsp;{text[first:]}"
        return text.encode(self.encoding, "xmlcharrefreplace")


def build_feeds(count: int, *, seed: int, tiny: bool) -> list[GeneratedFeed]:
    """Feeds as the web has them: two thirds RSS, 3 % ill-formed, 4 % not in UTF-8, 82 % with validators."""
    return [_build_feed(number, random.Random(f"{seed}/{number}"), tiny=tiny) for number in range(count)]


def _build_feed(number: int, chance: random.Random, *, tiny: bool) -> GeneratedFeed:
    lang = chance.choice(list(LANGUAGES))
    kind = chance.random()
    encoding = _LEGACY.get(lang, "utf-8") if kind < 0.06 else "utf-16" if kind < 0.07 else "utf-8"
    form = chance.choices(("rss", "atom", "rdf"), (67, 25, 8))[0]
    return GeneratedFeed(
        number,
        form,
        lang,
        entries=3 if tiny else chance.randint(20, 60),
        paragraphs=1 if tiny else chance.choice((1, 2, 2, 3, 3, 4, 5, 8)),
        encoding=encoding,
        is_broken=encoding == "utf-8" and chance.random() < 0.03,
        has_validators=chance.random() < 0.82,
    )


@cache
def _paragraphs(lang: str) -> list[str]:
    chance = random.Random(lang)
    words = LANGUAGES[lang].split()
    return [
        f'<p class="text">{" ".join(chance.choices(words, k=30))} <a href="https://elsewhere.example/{number}?a=1&amp;b=2">'
        f"{' '.join(chance.choices(words, k=3))}</a> {' '.join(chance.choices(words, k=15))}<br/>"
        f'<img src="https://pictures.example/{number}.jpg" width="640" alt="{chance.choice(words)}"/></p>'
        for number in range(_PARAGRAPHS)
    ]


def _entry(feed: GeneratedFeed, number: int) -> tuple[str, str, str, str]:
    """Link, title, HTML and date of an entry."""
    chance = random.Random(f"{feed.number}:{number}")
    title = " ".join(chance.choices(LANGUAGES[feed.lang].split(), k=8))
    body = "".join(chance.choices(_paragraphs(feed.lang), k=feed.paragraphs))
    day, hour = 1 + number // 24 % 28, number % 24
    return f"https://outlet{feed.number}.example/news/{number}/", f"{title} {number}", body, f"{day:02} {hour:02}"


def _build_rss(feed: GeneratedFeed, numbers: range, stamp: int) -> str:
    items = []
    for number in numbers:
        link, title, body, date = _entry(feed, number)
        day, hour = date.split()
        items.append(
            f'<item>\n<title>{title}</title>\n<link>{link}</link>\n<guid isPermaLink="true">{link}</guid>\n'
            f"<pubDate>{day} Jun 2026 {hour}:00:00 +0000</pubDate>\n<dc:creator><![CDATA[Desk]]></dc:creator>\n"
            f"<category>{feed.lang}</category>\n<description>{escape(body[:300])}</description>\n"
            f"<content:encoded><![CDATA[{body}]]></content:encoded>\n</item>\n"
        )
    return (
        f'<?xml version="1.0" encoding="{feed.encoding}"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f"<channel>\n<title>Outlet {feed.number}</title>\n<link>https://outlet{feed.number}.example/</link>\n"
        f"<language>{feed.lang}</language>\n<lastBuildDate>{stamp}</lastBuildDate>\n{''.join(items)}</channel>\n</rss>\n"
    )


def _build_atom(feed: GeneratedFeed, numbers: range, stamp: int) -> str:
    entries = []
    for number in numbers:
        link, title, body, date = _entry(feed, number)
        day, hour = date.split()
        entries.append(
            f'<entry>\n<id>{link}</id>\n<title>{title}</title>\n<link rel="alternate" href="{link}"/>\n'
            f"<updated>2026-06-{day}T{hour}:00:00Z</updated>\n<author><name>Desk</name></author>\n"
            f'<content type="html">{escape(body)}</content>\n</entry>\n'
        )
    return (
        f'<?xml version="1.0" encoding="{feed.encoding}"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="{feed.lang}">\n<title>Outlet {feed.number}</title>\n<id>urn:{feed.number}</id>\n'
        f"<generator>{stamp}</generator>\n{''.join(entries)}</feed>\n"
    )


def _build_rdf(feed: GeneratedFeed, numbers: range, stamp: int) -> str:
    items, places = [], []
    for number in numbers:
        link, title, body, date = _entry(feed, number)
        day, hour = date.split()
        places.append(f'<rdf:li rdf:resource="{link}"/>')
        items.append(
            f'<item rdf:about="{link}">\n<title>{title}</title>\n<link>{link}</link>\n'
            f"<dc:date>2026-06-{day}T{hour}:00:00Z</dc:date>\n<description>{escape(body)}</description>\n</item>\n"
        )
    return (
        f'<?xml version="1.0" encoding="{feed.encoding}"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="https://outlet{feed.number}.example/">\n<title>Outlet {feed.number}</title>\n'
        f"<link>https://outlet{feed.number}.example/</link>\n<dc:date>{stamp}</dc:date>\n"
        f"<items><rdf:Seq>{''.join(places)}</rdf:Seq></items>\n</channel>\n{''.join(items)}</rdf:RDF>\n"
    )


_FORMS = {"rss": _build_rss, "atom": _build_atom, "rdf": _build_rdf}
