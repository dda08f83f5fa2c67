"""How far this machine's clock is from that of a chat platform, which stamps its answers."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from bot.ports.clock import Clock

# Slack refuses signatures older than five minutes: https://docs.slack.dev/authentication/verifying-requests-from-slack
# Dates in feeds are judged by minutes, too.
TOLERATED = timedelta(minutes=2)
_SECONDS = 10.0


async def measure_skew(url: str, clock: Clock) -> timedelta | None:
    """How far our clock is ahead of the one behind `url`, to the second; None where it does not answer or say."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS)) as session,
            session.head(url, allow_redirects=False) as answer,
        ):
            stamped = parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, KeyError, ValueError, TypeError):
        return None
    return clock.now().replace(microsecond=0) - stamped


def describe_skew(skew: timedelta) -> str:
    """`4 min ahead`."""
    minutes = round(abs(skew).total_seconds() / 60)
    return f"{minutes} min {'ahead' if skew > timedelta(0) else 'behind'}"
