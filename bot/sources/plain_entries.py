"""The entries of plain documents, read without feedparser's detours. Runs inside a parse worker.

Most documents consist of few elements, used in one way. Those are read here, straight from expat, by feedparser's own
rules (`bot.sources.plain_fields`), in a seventh of the time. Everything else is left to feedparser: an element or
attribute that is not on a list, one that comes twice, markup inside a text, a base address, a document type, anything
ill-formed. Nothing is guessed, and `bot.sources.parts` compares some entries of every document with what feedparser
reads.
"""

from xml.parsers.expat import ExpatError, ParserCreate

from feedparser.mixin import _FeedParserMixin
from feedparser.urls import make_safe_absolute_uri

from bot.domain.items import ParsedItem
from bot.sources.charsets import decode_document
from bot.sources.documents import BLANK, repair
from bot.sources.entries import read_entry
from bot.sources.plain_fields import (
    ATOM,
    DUBLIN_CORE,
    FIELDS,
    PERSON,
    RDF,
    RSS_1,
    XML,
    Attributes,
    Entry,
    Field,
    Found,
    Setting,
    Unusual,
    fill_person,
)

_LANG = f"{XML}lang"
_ABOUT = f"{RDF}about"
# By the root: the element of an entry, how deep it lies, and which attributes it and the root may have.
_ROOTS = {
    "rss": ("item", 3, frozenset(), frozenset({"version", _LANG})),
    f"{RDF}RDF": (f"{RSS_1}item", 2, frozenset({_ABOUT}), frozenset({_LANG})),
    f"{ATOM}feed": (f"{ATOM}entry", 2, frozenset(), frozenset({_LANG})),
}
# What may stand around the entries: nothing of it has a bearing on them. What it says itself is read by feedparser.
_AROUND = frozenset(
    f"{namespace}{name}"
    for namespace, names in {
        "": "channel title link description language pubDate lastBuildDate generator docs ttl copyright category"
        " managingEditor webMaster cloud image url width height skipHours skipDays hour day",
        RSS_1: "channel title link description items image url",
        RDF: "Seq li",
        DUBLIN_CORE: "date creator language rights publisher subject",
        ATOM: "link title subtitle id updated author name email uri generator icon logo rights category",
        "http://purl.org/rss/1.0/modules/syndication/ ": "updatePeriod updateFrequency updateBase",
        "http://a9.com/-/spec/opensearchrss/1.0/ ": "totalResults startIndex itemsPerPage",
        "http://rssnamespace.org/feedburner/ext/1.0 ": "info",
        "com-wordpress:feed-additions:1 ": "site",
    }.items()
    for name in names.split()
)
# These attributes, of whatever namespace, would change addresses or languages of what lies inside.
_BEARING = frozenset({"base", "lang"})
_PERSON_PARTS = {f"{ATOM}name": "name", f"{ATOM}email": "email", f"{ATOM}uri": "uri"}
_DECLARATIONS = ("<!DOCTYPE", "<!ENTITY")
# feedparser's names for namespaces: a document that uses one for another namespace confuses it.
_PREFIXES = {address.lower(): prefix for address, prefix in _FeedParserMixin.namespaces.items()}
_KNOWN_PREFIXES = frozenset(_PREFIXES.values()) - {""}
# A namespace that makes feedparser take one format for another, by the root.
_MISLEADING = {
    f"{RDF}RDF": frozenset({ATOM.strip().lower(), "http://my.netscape.com/rdf/simple/0.9/"}),
    f"{ATOM}feed": frozenset({RSS_1.strip(), "http://my.netscape.com/rdf/simple/0.9/"}),
}


def read_plain_entries(body: bytes, url: str, content_type: str) -> tuple[ParsedItem, ...] | None:
    """The items of a document from `url`, as `parse_document` reads them; None for one that is not plain."""
    text, repaired = decode_document(body, content_type)
    text, repairs = repair(text.lstrip(BLANK))
    if repaired or repairs or any(declaration in text for declaration in _DECLARATIONS):
        return None
    if make_safe_absolute_uri(url, url) != url:
        return None
    try:
        entries = _Reader(url).read(text)
    except (Unusual, ExpatError):
        return None
    items = [read_entry(entry, url) for entry in entries]
    return tuple(item for item in items if item is not None) if all(items) else None


class _Reader:
    """Collects the entries of one document."""

    def __init__(self, url: str) -> None:
        self._entries: list[Entry] = []
        self._setting = Setting(url, None, is_atom=False)
        self._namespaces: set[str] = set()
        self._depth = 0
        self._root = self._name = ""
        self._entry_depth = 0
        self._entry_attributes: frozenset[str] = frozenset()
        self._entry: Entry | None = None
        self._taken: set[str] = set()
        self._field: Field | None = None
        self._attributes: Attributes = {}
        self._person: dict[str, str] = {}
        self._part = ""
        self._pieces: list[str] = []

    def read(self, text: str) -> list[Entry]:
        """What `bot.sources.entries` looks at of each entry. Raises Unusual, ExpatError."""
        parser = ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._pieces.append
        parser.Parse(text.encode("utf-8"), True)  # noqa: FBT003  it takes no keyword
        return self._entries

    def _declare(self, prefix: str | None, address: str | None) -> None:
        if address is None:
            return
        address = address.lower()
        if prefix in _KNOWN_PREFIXES and _PREFIXES.get(address, prefix) != prefix:
            raise Unusual
        self._namespaces.add(address)
        if self._namespaces & _MISLEADING.get(self._root, frozenset()):
            raise Unusual

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._field is not None:
            self._start_part(name, attributes)
        elif self._entry is not None:
            field = FIELDS.get(name)
            if field is None or (
                attributes and field.attributes is not None and not attributes.keys() <= field.attributes
            ):
                raise Unusual
            if field.place:
                if field.place in self._taken:
                    raise Unusual
                self._taken.add(field.place)
            self._field, self._attributes = field, attributes
            self._pieces.clear()
        elif name == self._name:
            self._start_entry(attributes)
        elif self._depth == 1:
            self._start_root(name, attributes)
        elif name not in _AROUND or not _BEARING.isdisjoint(key.rpartition(" ")[2].lower() for key in attributes):
            raise Unusual

    def _start_root(self, name: str, attributes: Attributes) -> None:
        if name not in _ROOTS:
            raise Unusual
        self._name, self._entry_depth, self._entry_attributes, own = _ROOTS[name]
        if not attributes.keys() <= own or self._namespaces & _MISLEADING.get(name, frozenset()):
            raise Unusual
        self._root = name
        lang = attributes.get(_LANG)
        lang = lang.replace("_", "-") if lang else None
        self._setting = self._setting._replace(lang=lang, is_atom=name == f"{ATOM}feed")

    def _start_entry(self, attributes: Attributes) -> None:
        if self._depth != self._entry_depth or not attributes.keys() <= self._entry_attributes:
            raise Unusual
        self._entry = {}
        self._taken.clear()
        if attributes.get(_ABOUT):
            self._entry["id"] = attributes[_ABOUT]
            self._taken.add("id")

    def _start_part(self, name: str, attributes: Attributes) -> None:
        part = _PERSON_PARTS.get(name)
        if self._field is not PERSON or self._part or part is None or part in self._person or attributes:
            raise Unusual
        if "".join(self._pieces).strip():
            raise Unusual
        self._part = part
        self._pieces.clear()

    def _end(self, _: str) -> None:
        self._depth -= 1
        if self._part:
            self._person[self._part] = "".join(self._pieces).strip()
            self._part = ""
            self._pieces.clear()
        elif self._field is not None:
            assert self._entry is not None
            text = "".join(self._pieces).strip()
            if self._field.fill is not None:
                self._field.fill(self._entry, Found(text, self._attributes, self._setting))
            elif self._field is PERSON:
                if text:
                    raise Unusual
                fill_person(self._entry, self._person)
                self._person = {}
            self._field = None
        elif self._entry is not None:
            self._entries.append(self._entry)
            self._entry = None
