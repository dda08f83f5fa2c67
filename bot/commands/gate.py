"""The gate before every command: whether this chat is served at all, how often, and how much at once."""

import math

from bot.commands.answers import build_answer, notice
from bot.commands.arrivals import stranger_words
from bot.commands.invocation import Invocation, Reply, Via
from bot.domain.access import AllowedChats
from bot.domain.allowance import Allowances
from bot.domain.chats import Platform
from bot.domain.language import tr

# 100 KB hold every list that the YAML reader would take from a chat, and 25 messages of Telegram's longest.
LONGEST_REQUEST = 100_000
_TURNED_AWAY_COST = 10


class Gate:
    """Turns requests away before they cost anything. Whoever wrote too much is told so once, then waits in silence."""

    def __init__(self, allowed: AllowedChats, allowances: Allowances | None = None) -> None:
        self._allowed = allowed
        self._allowances = allowances or Allowances()

    def turn_away(self, invocation: Invocation, cost: int, now: float) -> Reply | None:
        """The answer to a request that goes no further (an empty one for silence); None if it may go on.

        `now` is in seconds on a monotonic clock.
        """
        stranger = not self._allowed.allows(invocation.destination)
        if invocation.destination.platform is not Platform.CONSOLE:
            wait = self._allowances.take(
                invocation.person.key, invocation.destination.key, _TURNED_AWAY_COST if stranger else cost, now
            )
            if wait:
                return self._ask_to_wait(invocation, wait)
        if stranger:
            return notice(invocation, stranger_words(invocation.destination))
        if len(invocation.argument) > LONGEST_REQUEST:
            words = tr(
                "That is {count:,} characters long; I read at most {most:,}.",
                count=len(invocation.argument),
                most=LONGEST_REQUEST,
            )
            return Reply(build_answer(words, invocation.destination.platform))
        return None

    def _ask_to_wait(self, invocation: Invocation, wait: float) -> Reply:
        told = not self._allowances.tell(invocation.person.key, invocation.destination.key)
        if told and invocation.via is not Via.BUTTON:
            return Reply()
        platform = invocation.destination.platform.value.capitalize()
        return notice(
            invocation,
            tr("One moment: {platform} asked me to wait {seconds} s.", platform=platform, seconds=math.ceil(wait)),
        )
