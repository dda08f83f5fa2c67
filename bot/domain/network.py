"""Whether the trouble is our own: no feed of several hosts answers. Then nobody hears of each feed alone. Pure."""

from datetime import datetime

from bot.errors import FetchProblem

_NO_ANSWER = frozenset({FetchProblem.UNREACHABLE, FetchProblem.TIMEOUT})
# Five strangers do not fall silent together by chance; an operator with fewer feeds has only those to go by.
_ENOUGH_HOSTS = 5
_FEWEST_HOSTS = 2


def is_no_answer(problem: FetchProblem) -> bool:
    """Whether a failure may be the fault of our own network."""
    return problem in _NO_ANSWER


class NetworkWatch:
    """Follows the answers of all hosts in the order in which they come.

    `feeds` is how many are polled, `down_since` when the present row of failures began, once it is long enough.
    """

    def __init__(self) -> None:
        self.feeds = 0
        self.down_since: datetime | None = None
        self._silent: set[str] = set()
        self._silent_since: datetime | None = None

    def observe(self, host: str, problem: FetchProblem | None, now: datetime) -> None:
        """One answer (`problem` None) or failure of a host."""
        if problem is None or not is_no_answer(problem):
            self._silent.clear()
            self._silent_since = self.down_since = None
            return
        self._silent_since = self._silent_since or now
        if len(self._silent) < _ENOUGH_HOSTS:
            self._silent.add(host)
        if len(self._silent) >= max(_FEWEST_HOSTS, min(self.feeds, _ENOUGH_HOSTS)):
            self.down_since = self._silent_since
