"""A small schema language in which Block Kit is written down; complaints are worded as Slack words them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_text import Live, find_bare_links, find_live, visible_text


class ShapeError(Exception):
    """One complaint with its place, as in Slack's `response_metadata.messages`."""

    def __init__(self, complaint: str, path: str) -> None:
        super().__init__(f"[ERROR] {complaint} [json-pointer:{path}]")


@dataclass(slots=True)
class Walk:
    """What was met on the way through a payload."""

    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)
    visible: list[str] = field(default_factory=list)
    live: list[Live] = field(default_factory=list)
    has_input: bool = False

    def see_mrkdwn(self, text: str, *, is_verbatim: bool) -> None:
        """Text in which mentions and links come alive; bare addresses too if it is not to be taken verbatim."""
        self.visible.append(visible_text(text))
        self.live.extend(find_live(text))
        if not is_verbatim:
            self.live.extend(find_bare_links(text))


Check = Callable[[Any, str, Walk], None]


def string(maximum: int, minimum: int = 1) -> Check:
    """Text of so many characters."""

    def check(value: Any, path: str, _: Walk) -> None:
        if not isinstance(value, str):
            raise ShapeError("must be a valid string", path)
        if len(value) < minimum:
            raise ShapeError(f"must be more than {minimum - 1} characters", path)
        if len(value) > maximum:
            raise ShapeError(f"must be less than {maximum + 1} characters", path)

    return check


def address(maximum: int = 3000) -> Check:
    """A web address with a host."""
    is_text = string(maximum)

    def check(value: Any, path: str, walk: Walk) -> None:
        is_text(value, path, walk)
        if not re.match(r"https?://[^/?#\s]+\S*$", value):
            raise ShapeError("must be a valid URL", path)

    return check


def boolean(value: Any, path: str, _: Walk) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise ShapeError("must be a valid boolean", path)


def integer(minimum: int, maximum: int) -> Check:
    """A whole number in this range."""

    def check(value: Any, path: str, _: Walk) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
            raise ShapeError(f"must be a number from {minimum} to {maximum}", path)

    return check


def one_of(*allowed: str) -> Check:
    """One of these words."""

    def check(value: Any, path: str, _: Walk) -> None:
        if value not in allowed:
            raise ShapeError(f"must be one of {', '.join(allowed)}", path)

    return check


def array(item: Check, minimum: int, maximum: int) -> Check:
    """A list of so many such items."""

    def check(value: Any, path: str, walk: Walk) -> None:
        if not isinstance(value, list):
            raise ShapeError("must provide an array", path)
        if len(value) < minimum:
            raise ShapeError(f"no fewer than {minimum} items allowed", path)
        if len(value) > maximum:
            raise ShapeError(f"no more than {maximum} items allowed", path)
        for index, entry in enumerate(value):
            item(entry, f"{path}/{index}", walk)

    return check


def record(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """An object with these keys and no others; `type` is judged by `typed`."""
    known = required | (optional or {})

    def check(value: Any, path: str, walk: Walk) -> None:
        if not isinstance(value, dict):
            raise ShapeError("must provide an object", path)
        for name in required:
            if name not in value:
                raise ShapeError(f"missing required field: {name}", path)
        for name, entry in value.items():
            if name != "type":
                if name not in known:
                    raise ShapeError(f"invalid additional property: {name}", path)
                known[name](entry, f"{path}/{name}", walk)

    return check


def typed(kinds: dict[str, Check]) -> Check:
    """An object whose `type` chooses its shape."""

    def check(value: Any, path: str, walk: Walk) -> None:
        if not isinstance(value, dict) or "type" not in value:
            raise ShapeError("missing required field: type", path)
        if value["type"] not in kinds:
            raise ShapeError(f"unsupported type: {value['type']}", f"{path}/type")
        kinds[value["type"]](value, path, walk)

    return check
