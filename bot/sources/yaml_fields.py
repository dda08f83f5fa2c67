"""Takes values out of YAML nodes and remembers every problem with its place, so that one run reports all of them."""

from collections.abc import Collection
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain.watchlists import Place
from bot.errors import WatchlistError
from bot.sentences import Sentence
from bot.sources.strict_yaml import Mapping, Node, Scalar, Sequence

MOST_PROBLEMS = 100
_NEAREST_LENGTH = 60
_MAX_DIGITS = 9
_EMPTY = ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Key:
    """A key a file may use: what it says (`help`) and its JSON Schema."""

    name: str
    help: str
    schema: MappingType[str, object]
    required: bool = False


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys one kind of mapping may have; `what` names that mapping in errors ("a rule")."""

    what: str
    keys: tuple[Key, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All key names, in the order they are documented."""
        return tuple(key.name for key in self.keys)


class Reader:
    """Reads the nodes of one file.

    Every `read_` gives a usable default where the node is wrong, and notes the problem.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[WatchlistError] = []
        self.noted = 0  # problems told and untold
        self.places: dict[str, Place] = {}
        self.queries: dict[Place, Scalar] = {}  # by the place of the rule they stand in

    def mark(self, part: str, node: Node) -> None:
        """Remembers where a part of the file stands, for checks that run later on the finished record."""
        self.places[part] = Place(self.path, node.line, node.column)

    def mark_query(self, rule: Node, node: Node) -> None:
        """Remembers the query of a rule, so that a mistake in it can be shown where it stands."""
        if isinstance(node, Scalar):
            self.queries[Place(self.path, rule.line, rule.column)] = node

    def note(self, node: Node, cause: str, cure: str = "") -> None:
        """Remembers a problem at `node`. Of thousands only the first are told, so that no file floods its reader."""
        self.noted += 1
        if self.noted <= MOST_PROBLEMS:
            self.problems.append(WatchlistError(self.path, node.line, node.column, cause, cure))

    def note_unknown(self, node: Node, cause: str, word: str, known: Collection[str]) -> None:
        """Remembers that `word` is none of the `known` ones, with the nearest as the cure."""
        self.note(node, cause, suggest(word, known) if self.noted < MOST_PROBLEMS else "")

    def read_fields(self, node: Node, keys: KeySet) -> dict[str, Node]:
        """The known keys of a mapping; unknown and missing ones are problems, keys without a value are left out."""
        if not isinstance(node, Mapping):
            self.note(
                node,
                Sentence("{what} must be a mapping.", what=keys.what),
                Sentence("Write `{name}: …`, one key a line.", name=keys.names[0]),
            )
            return {}
        found = {}
        for key, value in node.entries:
            if key.text not in keys.names:
                self.note_unknown(
                    key,
                    Sentence("{what} has no key “{name}”.", what=keys.what, name=_shorten(key.text)),
                    key.text,
                    keys.names,
                )
            elif not _is_empty(value):
                found[key.text] = value
        missing = [key.name for key in keys.keys if key.required and key.name not in found]
        for name in missing:
            self.note(
                node,
                Sentence("{what} needs the key “{name}”.", what=keys.what, name=name),
                Sentence("Add `{name}: …`.", name=name),
            )
        return found

    def read_entries(self, node: Node | None, what: str) -> tuple[tuple[Scalar, Node], ...]:
        """The entries of a mapping with free keys; none for a missing node."""
        if node is None:
            return ()
        if isinstance(node, Mapping):
            return node.entries
        self.note(node, Sentence("{what} must be a mapping.", what=what), Sentence("Write `name: …`, one a line."))
        return ()

    def read_items(self, node: Node | None, what: str) -> tuple[Node, ...]:
        """The items of a list; none for a missing node."""
        if node is None:
            return ()
        if isinstance(node, Sequence):
            return node.items
        cure = Sentence("Write [{text}].", text=_shorten(node.text) if isinstance(node, Scalar) else "one, two")
        self.note(node, Sentence("{what} must be a list.", what=what), cure)
        return ()

    def read_text(self, node: Node | None, what: str, *, longest: int = 10_000) -> str:
        """A text with its white space collapsed; empty for a missing node."""
        if node is None:
            return ""
        if not isinstance(node, Scalar):
            self.note(
                node,
                Sentence("{what} must be text.", what=what),
                Sentence("Write it on one line, in quotes if it holds brackets or a colon."),
            )
            return ""
        text = " ".join(node.text.split())
        if not text:
            self.note(node, Sentence("{what} is empty.", what=what), Sentence("Write a value or delete the line."))
        if len(text) > longest:
            self.note(
                node,
                Sentence(
                    "{what} has {count} characters; at most {most} fit.", what=what, count=len(text), most=longest
                ),
                Sentence("Shorten it."),
            )
            return ""
        return text

    def read_texts(self, node: Node | None, what: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(
            self.read_text(item, Sentence("an entry of {what}", what=what)) for item in self.read_items(node, what)
        )

    def read_choice(self, node: Node | None, what: str, allowed: Collection[str]) -> str:
        """One of the `allowed` words; empty for a missing or wrong node."""
        text = self.read_text(node, what)
        if node is None or text in allowed or not text:
            return text
        self.note_unknown(node, Sentence("{what} cannot be “{text}”.", what=what, text=_shorten(text)), text, allowed)
        return ""

    def read_number(self, node: Node | None, what: str, *, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`; None for a missing or wrong node."""
        text = self.read_text(node, what)
        if node is None or not text:
            return None
        if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS and least <= int(text) <= most:
            return int(text)
        self.note(
            node,
            Sentence("{what} cannot be “{text}”.", what=what, text=_shorten(text)),
            Sentence("Write a whole number from {least} to {most}.", least=least, most=most),
        )
        return None

    def read_yes_no(self, node: Node | None, what: str, *, default: bool) -> bool:
        """A `true` or `false`; `default` for a missing or wrong node."""
        word = self.read_choice(node, what, ("true", "false"))
        return word == "true" if word else default


def suggest(word: str, known: Collection[str]) -> str:
    """A cure for an unknown word: the nearest known one, or all of them where they are few."""
    near = get_close_matches(word[:_NEAREST_LENGTH], known, n=1, cutoff=0.6)
    if near:
        return Sentence("Did you mean “{name}”?", name=near[0])
    if not known:
        return Sentence("Delete it.")
    few = 20
    listed = ", ".join(list(known)[:few])
    return Sentence("Known: {names}.", names=f"{listed}, …" if len(known) > few else listed)


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and node.text in _EMPTY


def _shorten(text: str) -> str:
    return text if len(text) <= _NEAREST_LENGTH else text[: _NEAREST_LENGTH - 1] + "…"
