"""Which addresses Telegram accepts as links. Pure."""

import re
from urllib.parse import urlsplit

_LONGEST_LINK = 2048
# White space, controls, lone surrogates, and characters that never stand unescaped in an address.
_NEVER_IN_ADDRESSES = re.compile(r"[\s\x00-\x20\x7f-\x9f\ud800-\udfff<>\"\\^`{|}]")


def is_link(url: str) -> bool:
    """Whether `url` is an http(s) address that Telegram takes in a link or button and that hides no other host.

    The server refuses a whole message for one button whose address it dislikes, so the doubtful are left out.
    """
    if len(url) > _LONGEST_LINK or _NEVER_IN_ADDRESSES.search(url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return (
            parts.scheme.lower() in {"http", "https"}
            and ("." in host.strip(".") or ":" in host)
            and parts.username is None
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False
