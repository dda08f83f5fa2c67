"""Where a redirect may lead. Pure."""

from collections.abc import Sequence

from yarl import URL

from bot.errors import FeedError, FetchProblem
from bot.sentences import Sentence
from bot.sources.addresses import Network
from bot.sources.urls import is_secure, read_url, redact_url

_CURE = Sentence("If you trust it, give the address where the feed really is.")


def next_hop(url: URL, location: str, private_networks: Sequence[Network]) -> URL:
    """The target of a redirect from `url`, held to the same rules as a first address.

    Raises FeedError: a target that may not be fetched keeps the class of its own fault.
    """
    try:
        target = url.join(URL(location.strip().replace(" ", "%20")))
    except (ValueError, UnicodeError) as error:
        raise FeedError(
            FetchProblem.REDIRECTS,
            Sentence("{host} redirects to {url}, which is not an address.", host=url.host, url=redact_url(location)),
            _CURE,
        ) from error
    try:
        target = read_url(str(target), private_networks)
    except FeedError as error:
        raise FeedError(
            error.problem,
            Sentence("{host} redirects to a place that is not fetched: {cause}", host=url.host, cause=error.cause),
            _CURE,
        ) from error
    if is_secure(url) and not is_secure(target):
        raise FeedError(
            FetchProblem.REDIRECTS,
            Sentence("{host} redirects from https to unencrypted http.", host=url.host),
            Sentence("Tell the publisher, or use another feed."),
        )
    return target
