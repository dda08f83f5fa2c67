"""Which addresses of our web server other services may call, and who answers there. Shared like the health record."""

from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

SECONDS_TO_RETRY = 5
_POST = frozenset({"POST"})
# An update of Telegram and a payload of Slack are far below.
_MOST_BODY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class HookCall:
    """A request of another service. The names of headers are in lower case; `body` is bounded by the server.

    `name` is what follows the path where the hook answers for everything below one.
    """

    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What it is answered."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)


# What is answered while nothing can be stored: the caller keeps it and comes again.
LATER = HookAnswer(503, headers={"Retry-After": str(SECONDS_TO_RETRY)})

Hook = Callable[[HookCall], Awaitable[HookAnswer]]


@dataclass(frozen=True, slots=True)
class OpenHook:
    """Who answers at an address, to which methods, and how many bytes a request may bring."""

    answer: Hook
    methods: AbstractSet[str] = _POST
    most_body: int = _MOST_BODY


class Hooks:
    """Handlers by the path of their address, such as `/telegram`, or `/websub/` for one more name below it."""

    def __init__(self) -> None:
        self._handlers: dict[str, OpenHook] = {}

    def open(self, path: str, hook: Hook, *, methods: AbstractSet[str] = _POST, most_body: int = _MOST_BODY) -> None:
        """Lets `hook` answer at `path`, in the place of whoever did."""
        self._handlers[path] = OpenHook(hook, methods, most_body)

    def close(self, path: str) -> None:
        """Nobody answers at `path` any more."""
        self._handlers.pop(path, None)

    def find(self, path: str) -> tuple[OpenHook | None, str]:
        """Who answers at `path`, and the name below its own path."""
        folder, _, name = path.rpartition("/")
        if found := self._handlers.get(path):
            return found, ""
        return self._handlers.get(f"{folder}/") if name else None, name
