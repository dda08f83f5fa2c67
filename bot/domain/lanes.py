"""Lanes: the part of a platform's destinations that one sender looks after."""

from dataclasses import dataclass

from bot.domain.chats import Platform

# Telegram counts all messages of a token together, so one sender keeps its limits; Slack counts by channel.
# https://core.telegram.org/bots/faq and https://docs.slack.dev/apis/web-api/rate-limits
_LANES = {Platform.TELEGRAM: 1, Platform.SLACK: 8}


@dataclass(frozen=True, slots=True)
class Lane:
    """One of `of` parts, counted from 0."""

    number: int = 0
    of: int = 1


WHOLE = Lane()


def list_lanes(platform: Platform) -> tuple[Lane, ...]:
    """The lanes of a platform, which together serve all its destinations."""
    count = _LANES.get(platform, 1)
    return tuple(Lane(number, count) for number in range(count))
