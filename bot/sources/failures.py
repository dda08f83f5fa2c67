"""What each failed answer or connection means to a person: the cause in one line, and what to do. Pure."""

import re
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from yarl import URL

from bot.errors import FeedError, FetchProblem
from bot.sentences import Sentence
from bot.sources.answers import BadAnswer
from bot.sources.exchanges import ConnectTimeout, NoConnection, SilenceTimeout
from bot.sources.urls import redact_url

# No server may silence a feed for longer than this with one header; the next poll asks it again.
MAX_RETRY_AFTER = timedelta(days=1)
_SECONDS = re.compile(r"[0-9]{1,9}\Z")


class AddressRefused(OSError):
    """The guard lets nobody connect there; carries the error to show."""

    def __init__(self, error: FeedError) -> None:
        self.error = error
        super().__init__(str(error))


class UnknownHost(OSError):
    """The DNS knows no address for a name."""


def read_retry_after(value: str, date: str) -> timedelta | None:
    """The wait that a Retry-After header asks for, within 0 and one day; None if there is none that can be read.

    `value` is seconds or an HTTP date. A date counts from `date`, the server's own clock in the same answer, so that
    a clock that is wrong on either side does no harm.
    """
    value = value.strip()
    if _SECONDS.match(value):
        return min(timedelta(seconds=int(value)), MAX_RETRY_AFTER)
    until, now = read_date(value), read_date(date)
    if until is None or now is None:
        return None
    return min(max(until - now, timedelta(0)), MAX_RETRY_AFTER)


def read_date(value: str) -> datetime | None:
    """The moment that an HTTP date names; None for what is no date."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def status_error(status: int, url: URL, retry_after: timedelta | None) -> FeedError:
    """The error for an answer whose status means that there is no document."""
    host = url.host or ""
    causes = {
        401: (
            FetchProblem.UNAUTHORISED,
            Sentence("{host} wants a login (401).", host=host),
            Sentence("Use a feed address that needs none."),
        ),
        403: (
            FetchProblem.BLOCKED,
            Sentence("{host} refuses us (403).", host=host),
            Sentence("Ask the publisher to let this feed reader in, or use another feed."),
        ),
        404: (
            FetchProblem.HTTP,
            Sentence("There is nothing at {url} (404).", url=redact_url(str(url))),
            Sentence("Look for the feed's new address on the outlet's site."),
        ),
        407: (
            FetchProblem.UNAUTHORISED,
            Sentence("A proxy before {host} wants a login (407).", host=host),
            Sentence("Check the network."),
        ),
        410: (
            FetchProblem.GONE,
            Sentence("{host} says that this feed is gone for good (410).", host=host),
            Sentence("Remove it, or look for its successor on the outlet's site."),
        ),
        429: (
            FetchProblem.RATE_LIMITED,
            Sentence("{host} says that we ask too often (429).", host=host),
            Sentence("Tocsin waits {time} and then asks less often.", time=_wait(retry_after)),
        ),
        451: (
            FetchProblem.BLOCKED,
            Sentence("{host} may not show this here for legal reasons (451).", host=host),
            Sentence("Use another feed."),
        ),
    }
    if status in causes:
        problem, cause, cure = causes[status]
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        problem = FetchProblem.SERVER_ERROR
        cause = Sentence("{host} has a fault of its own ({status}).", host=host, status=status)
        cure = Sentence("Tocsin tries again in {time}.", time=_wait(retry_after))
    else:
        problem = FetchProblem.HTTP
        cause = Sentence("{host} answered with status {status}.", host=host, status=status)
        cure = Sentence("Check the address in a browser.")
    return FeedError(problem, cause, cure, status=status, retry_after=retry_after)


def bot_wall_error(url: URL, status: int, retry_after: timedelta | None) -> FeedError:
    """The error for a page that asks us to prove that we are a person."""
    return FeedError(
        FetchProblem.BOT_WALL,
        Sentence("{host} lets only people with a browser in.", host=url.host),
        Sentence("Ask the publisher to let feed readers in, or use another feed of this outlet."),
        status=status,
        retry_after=retry_after,
    )


def connection_error(error: Exception, url: URL) -> FeedError:
    """The FeedError for whatever the client raised while talking to `url`."""
    if isinstance(error, AddressRefused):
        return error.error
    host = url.host or ""
    if isinstance(error, TimeoutError):
        problem, cause = FetchProblem.TIMEOUT, Sentence("{host} {slowness}.", host=host, slowness=_slowness(error))
        cure = Sentence("Tocsin tries again later; if it stays, the server is down or too slow.")
    elif isinstance(error, UnknownHost):
        problem, cause = FetchProblem.UNREACHABLE, Sentence("The name {host} is not known.", host=host)
        cure = Sentence("Check the address for a slip of the pen, and this machine's DNS.")
    elif isinstance(error, ssl.SSLError):
        problem, cause = (
            FetchProblem.TLS,
            Sentence("{host} has no valid certificate{reason}.", host=host, reason=_ssl_reason(error)),
        )
        cure = Sentence("Tell the publisher. Tocsin never skips this check.")
    elif isinstance(error, NoConnection):
        problem, cause = (
            FetchProblem.UNREACHABLE,
            Sentence("{host} does not take connections{reason}.", host=host, reason=_os_reason(error)),
        )
        cure = Sentence("Check the address; Tocsin tries again later.")
    elif isinstance(error, BadAnswer):
        problem, cause = FetchProblem.HTTP, Sentence("{host} does not answer in proper HTTP.", host=host)
        cure = Sentence("Check the address and the port.")
    else:
        problem, cause = FetchProblem.UNREACHABLE, Sentence("{host} broke the connection off.", host=host)
        cure = Sentence("Tocsin tries again later.")
    return FeedError(problem, cause, cure)


def _slowness(error: TimeoutError) -> str:
    if isinstance(error, ConnectTimeout):
        return Sentence("did not take a connection in time")
    if isinstance(error, SilenceTimeout):
        return Sentence("fell silent in the middle of its answer")
    return Sentence("did not finish its answer in time")


def _wait(retry_after: timedelta | None) -> Sentence:
    if retry_after is None:
        return Sentence("a while")
    return Sentence("{count} s as asked", count=int(retry_after.total_seconds()))


def _ssl_reason(error: ssl.SSLError) -> str:
    reason = getattr(error, "verify_message", "") or error.reason or ""
    return f" ({str(reason).replace('_', ' ').lower()})" if reason else ""


def _os_reason(error: NoConnection) -> str:
    return f" ({error.strerror.lower()})" if error.strerror else ""
