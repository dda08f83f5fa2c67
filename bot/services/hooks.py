"""Which addresses of our web server other services may call, and who answers there. Shared like the health record."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

SECONDS_TO_RETRY = 5


@dataclass(frozen=True, slots=True)
class HookCall:
    """A POST request of another service. The names of headers are in lower case; `body` is bounded by the server."""

    headers: Mapping[str, str]
    body: bytes


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


class Hooks:
    """Handlers by the path of their address, such as `/telegram`."""

    def __init__(self) -> None:
        self._handlers: dict[str, Hook] = {}

    def open(self, path: str, hook: Hook) -> None:
        """Lets `hook` answer at `path`, in the place of whoever did."""
        self._handlers[path] = hook

    def close(self, path: str) -> None:
        """Nobody answers at `path` any more."""
        self._handlers.pop(path, None)

    def find(self, path: str) -> Hook | None:
        """Who answers at `path`."""
        return self._handlers.get(path)
