"""Links inside documents to absolute web addresses. Pure."""

import re
from urllib.parse import urljoin, urlsplit

_LONGEST = 4_096
# Addresses that are whole and resolve to themselves, whatever the base.
_WHOLE = re.compile(
    r"https?://[a-zA-Z0-9][a-zA-Z0-9.-]*+(?:/[a-zA-Z0-9_.~/=&+,:@%!*()-]*+(?:\?[a-zA-Z0-9_.~/=&+,:@%!*()-]++)?)?"
)
_WEB = ("http", "https")


def is_whole(link: str) -> bool:
    """Whether a link is an address of the commonest kind, to which resolving and checking would change nothing."""
    return len(link) <= _LONGEST and _WHOLE.fullmatch(link) is not None


def web_link(link: object, base: str) -> str:
    """`link` resolved against `base`, or an empty string if it is no http(s) address that a person could open."""
    if not isinstance(link, str):
        return ""
    if is_whole(link):
        return link
    # As browsers do: line breaks and tabs are dropped, a space inside is written as %20.
    link = "".join(link.strip().splitlines()).replace("\t", "").replace(" ", "%20")
    if not link or len(link) > _LONGEST:
        return ""
    try:
        absolute = urljoin(base, link)
        parts = urlsplit(absolute)
        usable = parts.scheme.lower() in _WEB and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return ""
    return absolute if usable and absolute.isprintable() and len(absolute) <= _LONGEST else ""
