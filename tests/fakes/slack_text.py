"""What Slack makes of mrkdwn: what comes alive, and what the reader sees."""

import html
import re
from dataclasses import dataclass

TOKEN = re.compile(r"<([^<>\n]+)>")
BROADCASTS = {"!channel", "!here", "!everyone"}
BARE_LINK = re.compile(r"https?://[^\s<>|]+")
DATE = re.compile(r"!date\^-?\d+\^[^^|]+(?:\^https?://[^|]+)?")


@dataclass(frozen=True, slots=True)
class Live:
    """Something clickable or calling: `kind` is broadcast, user, usergroup, channel or link; `target` names it."""

    kind: str
    target: str
    label: str = ""


def find_live(mrkdwn: str) -> list[Live]:
    """Every mention and link that is alive in this text, in order; a bare @here is not."""
    return [live for match in TOKEN.finditer(mrkdwn) if (live := _read_token(match[1])) is not None]


def find_bare_links(mrkdwn: str) -> list[Live]:
    """The web addresses that Slack makes links of by itself, where it is not told to leave the text alone."""
    return [Live("link", match[0]) for match in BARE_LINK.finditer(TOKEN.sub(" ", mrkdwn))]


def visible_text(mrkdwn: str) -> str:
    """The text as read: labels instead of tokens, escapes decoded; asterisks and the like stay."""
    return html.unescape(TOKEN.sub(_shown, mrkdwn))


def _read_token(token: str) -> Live | None:
    target, _, label = token.partition("|")
    if target in BROADCASTS:
        return Live("broadcast", target[1:], label)
    if target.startswith("!subteam^"):
        return Live("usergroup", target.removeprefix("!subteam^"), label)
    if re.fullmatch(r"@[UW][A-Z0-9]+", target):
        return Live("user", target[1:], label)
    if re.fullmatch(r"#[CG][A-Z0-9]+", target):
        return Live("channel", target[1:], label)
    if re.match(r"(?:https?://|mailto:|tel:)", target):
        return Live("link", target, label)
    return None


def _shown(match: re.Match[str]) -> str:
    target, _, label = match[1].partition("|")
    if DATE.fullmatch(target) or _read_token(match[1]) is not None:
        return label or target.lstrip("!#")
    return match[0]
