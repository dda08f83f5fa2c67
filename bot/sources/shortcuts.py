"""feedparser with shorter ways to the same results. Runs inside a parse worker.

Half of what feedparser spends on a feed goes into a few places: it takes text in pieces, thirty for a tag, and asks for
the type of the content at each; it joins the base address of a document with itself at every tag, copies small
dictionaries with the library for deep copies, goes through a list of old names at every access, and looks for the
characters of Windows one by one, in every text. Each gets a way that costs a tenth and gives the same;
`tests/integration/test_shortcuts.py` holds it to that.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from copy import copy, deepcopy
from functools import lru_cache
from typing import Any
from xml.parsers.expat import XMLParserType
from xml.sax.expatreader import ExpatParser
from xml.sax.saxutils import escape

import feedparser.api
import feedparser.mixin
from feedparser.html import _cp1252
from feedparser.util import FeedParserDict

_XHTML = "application/xhtml+xml"
# Names that FeedParserDict derives from others; it looks every other one up as it is.
_DERIVED = frozenset({"category", "enclosures", "license", "updated", "updated_parsed", *FeedParserDict.keymap})
_FLAT = frozenset({str, bool, int, float, bytes, type(None)})
_ADDRESSES = 256
# A list is asked much faster than a dictionary that lacks nearly everything: Latin, Cyrillic, Arabic, Devanagari…
_LISTED = 0x3000
WINDOWS = re.compile(f"[{''.join(map(chr, sorted(_cp1252)))}]")
_slow_item, _slow_get, _slow_contains = FeedParserDict.__getitem__, FeedParserDict.get, FeedParserDict.__contains__


class _Settled(str):
    """A text without characters that feedparser would exchange."""

    __slots__ = ()

    def translate(self, _: object, /) -> str:
        """The text, as it is."""
        return str(self)


def _settle(text: Any) -> Any:  # noqa: ANN401  as feedparser has it
    return _Settled(text) if type(text) is str and not WINDOWS.search(text) else text


class _StrictParser(feedparser.api.StrictFeedParser):  # type: ignore[misc]  # feedparser has no types
    """Takes text without detours."""

    def characters(self, text: str) -> None:
        """As `handle_data`, which asks the same two questions."""
        if self.elementstack:
            if dict.get(self.contentparams, "type") == _XHTML:
                text = escape(text)
            self.elementstack[-1][2].append(text)

    def decode_entities(self, element: str, data: str) -> Any:  # noqa: ANN401  as feedparser has it
        """As the library does it. What comes next, but for guesses at the kind of text, is the exchange."""
        return _settle(super().decode_entities(element, data))


class _Reader(ExpatParser):
    """Hands text over in one piece from tag to tag.

    Only in Atom 1.0 does feedparser look at the pieces, so there, and until the format is known, they stay as they are.
    No other format ever turns into it.
    """

    def start_element_ns(self, name: str, attrs: Mapping[str, str]) -> None:
        """A tag; the first that tells the format decides how text comes from then on."""
        super().start_element_ns(name, attrs)
        version = getattr(self.getContentHandler(), "version", "")
        if version:
            expat: XMLParserType = self._parser  # type: ignore[attr-defined]  # there is no other way to it
            expat.buffer_text = version != "atom10"
            expat.StartElementHandler = super().start_element_ns


def create_parser() -> ExpatParser:
    """What `xml.sax` asks a module of parsers for."""
    return _Reader()


@contextmanager
def shortcuts() -> Iterator[None]:
    """While the block lasts, everything that parses in this process takes the shorter ways."""
    with ExitStack() as restoring:
        for owner, name, short in (
            (feedparser.api, "StrictFeedParser", _StrictParser),
            (feedparser.api, "PREFERRED_XML_PARSERS", [__name__]),
            (feedparser.mixin, "_cp1252", _list_characters(_cp1252)),
            (
                feedparser.mixin,
                "make_safe_absolute_uri",
                lru_cache(_ADDRESSES)(feedparser.mixin.make_safe_absolute_uri),
            ),
            (FeedParserDict, "__getitem__", _find_item),
            (FeedParserDict, "get", _get),
            (FeedParserDict, "__contains__", _contains),
            (feedparser.mixin, "copy", _Copying),
        ):
            restoring.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, short)
        yield


def _list_characters(changed: dict[int, str]) -> list[int | str]:
    return [changed.get(code, code) for code in range(_LISTED)]


class _Copying:
    """Stands in for the module `copy`, of which feedparser uses one function."""

    @staticmethod
    def deepcopy(original: Any) -> Any:  # noqa: ANN401  as the library has it
        """A copy that shares nothing that can change."""
        if type(original) is FeedParserDict and all(type(value) in _FLAT for value in original.values()):
            return copy(original)
        return deepcopy(original)


def _find_item(found: Any, key: Any) -> Any:  # noqa: ANN401  as feedparser has it
    return _slow_item(found, key) if key in _DERIVED else dict.__getitem__(found, key)


def _get(found: Any, key: Any, default: Any = None) -> Any:  # noqa: ANN401  as feedparser has it
    return _slow_get(found, key, default) if key in _DERIVED else dict.get(found, key, default)


def _contains(found: Any, key: Any) -> bool:  # noqa: ANN401  as feedparser has it
    return bool(_slow_contains(found, key)) if key in _DERIVED else dict.__contains__(found, key)
