"""Links inside documents to absolute web addresses. Pure."""

from urllib.parse import urljoin, urlsplit

_LONGEST = 4_096
_WEB = ("http", "https")


def web_link(link: object, base: str) -> str:
    """`link` resolved against `base`, or an empty string if it is no http(s) address that a person could open."""
    if not isinstance(link, str):
        return ""
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
