"""Which URLs may be fetched, and how to show one without its secrets. Pure.

yarl reads the URL once, and the object that was checked here is the one the client connects with: two readers of one
URL that disagree about its host are the classic way around an address check.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from yarl import URL

from bot.domain.redaction import hide_secrets
from bot.errors import FeedError, FetchProblem
from bot.sentences import Sentence
from bot.sources.addresses import Address, Network, find_address, is_allowed, is_inside

MAX_URL_LENGTH = 2048
_LONGEST_HOST = 253  # RFC 1035, 2.3.4, without the root's dot
PUBLIC_PORTS = frozenset({80, 443, 8080, 8443})
# More than an installation polls: of what is asked for in turn, a smaller memory would have forgotten each by its next.
_REMEMBERED = 16_384
_WEB = ("http", "https")
# The WHATWG URL standard reads a host whose last label is a number as an IPv4 address ("host parsing", 2026):
# 2130706433, 0x7f.1 and 127.1 are all 127.0.0.1. We refuse the short and odd forms instead of reading them.
_NUMERIC_LABEL = re.compile(r"(?:[0-9]+|0[xX][0-9a-fA-F]*)\Z")
_HOST_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?\Z")


def redact_url(text: str) -> str:
    """`text` (a URL, or a message that holds URLs) without user names, passwords and tokens, on one line."""
    text = hide_secrets(text)
    text = "".join(character if character.isprintable() else "�" for character in text)
    return text if len(text) <= MAX_URL_LENGTH else text[:MAX_URL_LENGTH] + "…"


def read_url(text: str, private_networks: Sequence[Network] = ()) -> URL:
    """The URL that `text` spells, normalised and without its fragment. Raises FeedError (bad_url, refused_address).

    A host that is a name is not looked up here: its addresses are checked when the connection is made.
    """
    if len(text) > MAX_URL_LENGTH:
        raise _bad_url(
            Sentence("The address is {count} characters long.", count=len(text)),
            Sentence("Use one of at most {most}.", most=MAX_URL_LENGTH),
        )
    return _read_url(text, tuple(private_networks))


@lru_cache(_REMEMBERED)
def _read_url(text: str, private_networks: tuple[Network, ...]) -> URL:
    shown = redact_url(text)
    if not text.isprintable() or "\\" in text or " " in text.strip():
        raise _bad_url(
            Sentence("{url} is not a web address.", url=shown), Sentence("Remove spaces, line breaks and backslashes.")
        )
    try:
        url = URL(text.strip()).with_fragment(None)
        host, port = url.raw_host, url.port
    except (ValueError, UnicodeError) as error:
        raise _bad_url(
            Sentence("{url} is not a web address.", url=shown), Sentence("Check it in a browser.")
        ) from error
    if url.scheme not in _WEB:
        raise _bad_url(
            Sentence("{url} does not start with http:// or https://.", url=shown),
            Sentence("Give the address of the feed itself."),
        )
    if not host:
        raise _bad_url(
            Sentence("{url} names no host.", url=shown),
            Sentence("Give a full address such as https://example.org/feed.xml."),
        )
    if url.raw_user is not None or url.raw_password is not None or "@" in url.raw_authority:
        raise _bad_url(
            Sentence("{url} carries a user name or password.", url=shown),
            Sentence("Use a feed address that needs no login in the address."),
        )
    _check_host(host, port, shown, private_networks)
    return url


def is_secure(url: URL) -> bool:
    """Whether `url` is encrypted on the way."""
    return url.scheme == "https"


def is_private_url(text: str, private_networks: Sequence[Network], private_hosts: frozenset[str] | set[str]) -> bool:
    """Whether `text` names a host on `private_networks`, by address or by a name known to lead there."""
    host, address = _find_host(text)
    if host in private_hosts:
        return True
    return address is not None and is_inside(address, private_networks)


@lru_cache(_REMEMBERED)
def _find_host(text: str) -> tuple[str, Address | None]:
    """The host that a URL names, and the address that this spells; no host for what is no URL."""
    try:
        host = (urlsplit(text).hostname or "").rstrip(".")
    except ValueError:
        return "", None
    return host, find_address("127.0.0.1" if host == "localhost" else host)


def refused_address(host: str, address: object) -> FeedError:
    """The error for a host that leads to an address Tocsin may not connect to."""
    where = str(address) if str(address) == host.strip("[]") else f"{host} ({address})"
    return FeedError(
        FetchProblem.REFUSED_ADDRESS,
        Sentence("{where} is not on the public internet.", where=where),
        Sentence("If this feed is on your own network, add the network to TOCSIN_PRIVATE_NETWORKS."),
    )


def refused_port(port: int | None) -> FeedError:
    """The error for a port that web servers do not use."""
    allowed = ", ".join(str(number) for number in sorted(PUBLIC_PORTS))
    return _bad_url(
        Sentence("Port {port} is not a web port.", port=port), Sentence("Use one of {ports}.", ports=allowed)
    )


def _check_host(host: str, port: int | None, shown: str, private_networks: Sequence[Network]) -> None:
    address = find_address(host)
    if address is not None:
        if not is_allowed(address, private_networks):
            raise refused_address(host, address)
        if port not in PUBLIC_PORTS and not is_inside(address, private_networks):
            raise refused_port(port)
        return
    labels = host.rstrip(".").split(".")
    if _NUMERIC_LABEL.match(labels[-1]):
        raise _bad_url(
            Sentence("{url} writes its address in an unusual form.", url=shown),
            Sentence("Write it as four decimal numbers."),
        )
    if not _HOST_NAME.match(host) or "" in labels or len(host) > _LONGEST_HOST:
        raise _bad_url(Sentence("{url} has no valid host name.", url=shown), Sentence("Check the part after ://."))
    # A name may lead to one of the operator's networks, where any port is fine: then the connection guard decides.
    if port not in PUBLIC_PORTS and not private_networks:
        raise refused_port(port)


def _bad_url(cause: str, cure: str) -> FeedError:
    return FeedError(FetchProblem.BAD_URL, cause, cure)
