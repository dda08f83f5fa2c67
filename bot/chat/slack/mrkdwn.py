"""Slack's mrkdwn: the one place where text is escaped for it, and the rules for when it can say exactly what is meant.

mrkdwn has no way to write a literal `*`, `_`, `~`, backtick, `:name:` or leading `>`. Text with one of these is shown
as rich text instead, where nothing needs escaping. Reference: docs.slack.dev/messaging/formatting-message-text.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.domain.messages import Moment, Span, Text

# slack_sdk.models.blocks: the longest address of a button; rich text links are held to the same.
URL_LIMIT = 3000

# What a client can be trusted to show: from 1970 to 2242.
_LAST_SECOND = 1 << 33
_DATE_FORMAT = "{date_short_pretty} {time}"
_SPECIAL = re.compile(r"[*_~`]|:[\w+'-]+:|^\s*>|\n", re.MULTILINE)
# C0 controls but tab and newline, and lone surrogates, which are no Unicode text.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_UNSAFE_IN_URL = re.compile(
    '[\x00-\x20\x7f"<>\\\\^`{|}\u0085\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000]'
)


def clean(text: str) -> str:
    """`text` without the characters that no platform shows and that break JSON for some."""
    return _UNPRINTABLE.sub("", text)


def escape(text: str) -> str:
    """`text` so that none of it comes alive in mrkdwn: no mention, no link, no date."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def safe_url(url: str) -> str:
    """The web address with every character %-encoded that could end a link; empty if it is none or too long."""
    encoded = _UNSAFE_IN_URL.sub(lambda match: _percent(match[0]), clean(url).strip())
    try:
        parts = urlsplit(encoded)
        is_web = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # a broken port or IPv6 address
        return ""
    return encoded if is_web and len(encoded) <= URL_LIMIT else ""


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def can_be_mrkdwn(spans: Sequence[Span]) -> bool:
    """Whether mrkdwn shows these spans as they are: no special characters, and styles end at word ends."""
    if any(_SPECIAL.search(span.text) for span in spans):
        return False
    before = ["", *(span.text[-1:] for span in spans)]
    after = [*(span.text[:1] for span in spans[1:]), ""]
    return all(
        _ends_clear(span, left, right)
        for span, left, right in zip(spans, before, after, strict=False)
        if isinstance(span, Text) and (span.bold or span.code)
    )


def _ends_clear(span: Text, left: str, right: str) -> bool:
    return bool(span.text) and span.text == span.text.strip() and not left.isalnum() and not right.isalnum()


def to_mrkdwn(spans: Sequence[Span]) -> str:
    """The spans in mrkdwn. They must be such that `can_be_mrkdwn`."""
    return "".join(_date_token(span) if isinstance(span, Moment) else _markup(span) for span in spans)


def _date_token(moment: Moment) -> str:
    """A date that Slack shows in each reader's own zone, with `moment.text` for clients that cannot."""
    fallback = escape(moment.text)
    if not is_date(moment):
        return fallback
    return f"<!date^{int(moment.at.timestamp())}^{_DATE_FORMAT}|{fallback.replace('|', '/')}>"


def is_date(moment: Moment) -> bool:
    """Whether Slack can show this point in time; feeds date things in the year 1 or 9999."""
    return bool(clean(moment.text).strip()) and 0 <= moment.at.timestamp() < _LAST_SECOND


def _markup(span: Text) -> str:
    words = f"`{escape(span.text)}`" if span.code else escape(span.text)
    url = safe_url(span.url)
    if url and words:
        words = f"<{url.replace('&', '&amp;')}|{words}>"
    return f"*{words}*" if span.bold and words else words


def date_element(moment: Moment) -> dict[str, object]:
    """The same date as an element of rich text. It must be such that `is_date`."""
    return {
        "type": "date",
        "timestamp": int(moment.at.timestamp()),
        "format": _DATE_FORMAT,
        "fallback": clean(moment.text)[:255],
    }
