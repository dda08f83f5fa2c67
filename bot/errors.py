"""One tree of errors. Every error says what went wrong (cause) and what to do next (cure)."""

from datetime import timedelta
from enum import StrEnum

from bot.sentences import Sentence, joined


class TocsinError(Exception):
    """Root of all errors Tocsin raises on purpose.

    `str(error)` is one line for a person: the cause, then the cure.
    """

    exit_code = 1

    def __init__(self, cause: str, cure: str = "") -> None:
        self.cause = cause
        self.cure = cure
        super().__init__(f"{cause} {cure}".strip())

    @property
    def words(self) -> str:
        """Cause and cure as one text, which can be said again in another language as far as they can."""
        return joined(self.cause, self.cure)


class SettingsError(TocsinError):
    """A setting or a command-line argument is missing or wrong."""

    exit_code = 2


class NotFound(TocsinError):
    """Something named by a person (a list, an alert, a feed) does not exist."""


class Conflict(TocsinError):
    """Something to be added is there already."""


class Forbidden(TocsinError):
    """The person may not do this here."""


class StoreError(TocsinError):
    """The database refused: locked, full, corrupt, or of another schema version."""


class StoreDamaged(StoreError):
    """The database file is corrupt, or was deleted or replaced under the running service: it has to be opened anew."""


class Superseded(StoreError):
    """Another instance of Tocsin works on this database now; this one may record nothing more."""


class LoopStuck(TocsinError):
    """A part of the running service has not moved for so long that only a new process can help."""


class FileError(TocsinError):
    """A picture or a file for other programs could not be made."""


class WatchlistError(TocsinError):
    """A YAML file is wrong at a known place: `reason` alone, `cause` with the place in front.

    `line` and `column` count from 1; 0 means the whole file.
    """

    def __init__(self, path: str, line: int, column: int, cause: str, cure: str = "") -> None:
        self.path = path
        self.line = line
        self.column = column
        self.reason = cause
        super().__init__(f"{path}:{line}:{column}: {cause}" if line else f"{path}: {cause}", cure)


class QueryError(TocsinError):
    """A query cannot be read. `position` is the character offset where reading stopped."""

    exit_code = 2

    def __init__(self, position: int, stopped_at: str, reason: str, example: str) -> None:
        self.position = position
        self.stopped_at = stopped_at
        self.reason = reason
        self.example = example
        cause = Sentence("I stopped at “{at}”: {reason}.", at=stopped_at, reason=reason)
        super().__init__(cause, Sentence("Example: {example}", example=example))


class FetchProblem(StrEnum):
    """Why a feed could not be read; the value is stored and shown."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TLS = "tls"
    REFUSED_ADDRESS = "refused_address"
    BAD_URL = "bad_url"
    REDIRECTS = "redirects"
    TOO_LARGE = "too_large"
    UNAUTHORISED = "unauthorised"
    BLOCKED = "blocked"
    GONE = "gone"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    HTTP = "http"
    NOT_A_FEED = "not_a_feed"
    BOT_WALL = "bot_wall"
    BROKEN = "broken"
    PARSER_KILLED = "parser_killed"


class FeedError(TocsinError):
    """A feed could not be fetched or parsed; `problem` is its class, `retry_after` what the server asked for."""

    def __init__(
        self,
        problem: FetchProblem,
        cause: str,
        cure: str = "",
        *,
        status: int = 0,
        retry_after: timedelta | None = None,
    ) -> None:
        self.problem = problem
        self.status = status
        self.retry_after = retry_after
        super().__init__(cause, cure)


class SendOutcome(StrEnum):
    """What is known after a failed send; it decides what the outbox does next."""

    NOT_SENT = "not_sent"  # the platform never saw it: try again
    UNKNOWN = "unknown"  # it may have arrived: try once more, marked as a possible duplicate
    RATE_LIMITED = "rate_limited"  # try again after `retry_after`
    BAD_MESSAGE = "bad_message"  # this content will never be accepted: degrade, then dead letter
    DESTINATION_GONE = "destination_gone"  # blocked, kicked, archived: stop sending there
    MESSAGE_GONE = "message_gone"  # only for edits: the message was deleted or can no longer be changed
    UNAUTHORISED = "unauthorised"  # the token is wrong or revoked: everything to this platform waits


class SendError(TocsinError):
    """A message did not provably reach its destination; `moved_to` is a chat's new address where one was told."""

    def __init__(
        self,
        outcome: SendOutcome,
        cause: str,
        cure: str = "",
        *,
        retry_after: timedelta | None = None,
        moved_to: str = "",
    ) -> None:
        self.outcome = outcome
        self.retry_after = retry_after
        self.moved_to = moved_to
        super().__init__(cause, cure)
