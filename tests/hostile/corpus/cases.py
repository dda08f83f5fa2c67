"""What a hostile input is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The way by which an input reaches us."""

    FEED = "feeds"
    HTTP = "HTTP behaviours"
    YAML = "YAML"
    PATTERN = "patterns"
    HTML = "HTML"


@dataclass(frozen=True, slots=True)
class Case:
    """One input. `content_type` is what the server says of a feed; `pause` the seconds between the bytes of a drip."""

    kind: Kind
    name: str
    data: bytes
    content_type: str = ""
    pause: float = 0.0
    hold_open: bool = False


def name_cases(kind: Kind, texts: Iterable[tuple[str, str | bytes]]) -> Iterator[Case]:
    """Cases of (name, content) pairs; text goes as UTF-8, lone surrogates with it."""
    for name, text in texts:
        yield Case(kind, name, text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
