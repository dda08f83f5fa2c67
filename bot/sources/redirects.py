"""Where a redirect may lead. Pure."""

from collections.abc import Sequence

from yarl import URL

from bot.errors import FeedError, FetchProblem
from bot.sources.addresses import Network
from bot.sources.urls import is_secure, read_url, redact_url

_CURE = "If you trust it, give the address where the feed really is."


def next_hop(url: URL, location: str, private_networks: Sequence[Network]) -> URL:
    """The target of a redirect from `url`, held to the same rules as a first address.

    Raises FeedError: a target that may not be fetched keeps the class of its own fault.
    """
    try:
        target = url.join(URL(location.strip().replace(" ", "%20")))
    except (ValueError, UnicodeError) as error:
        raise FeedError(
            FetchProblem.REDIRECTS, f"{url.host} redirects to {redact_url(location)}, which is not an address.", _CURE
        ) from error
    try:
        target = read_url(str(target), private_networks)
    except FeedError as error:
        raise FeedError(
            error.problem, f"{url.host} redirects to a place that is not fetched: {error.cause}", _CURE
        ) from error
    if is_secure(url) and not is_secure(target):
        raise FeedError(
            FetchProblem.REDIRECTS,
            f"{url.host} redirects from https to unencrypted http.",
            "Tell the publisher, or use another feed.",
        )
    return target
