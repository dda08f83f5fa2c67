"""What is recorded with matches and with cards that were not simply sent, in the language of who asks why."""

from bot.domain import policy
from bot.domain.bursts import BUSY
from bot.domain.language import later
from bot.domain.recorded import recorded_words
from bot.domain.updates import IN_QUIET_HOURS

_OUTCOMES = (
    policy.SENT,
    policy.BASELINE,
    policy.MENTIONS,
    policy.TEST_LIST,
    policy.LATE_FIND,
    policy.TOO_OLD,
    policy.DIGEST_ONLY,
    policy.DIGEST_CHOSEN,
    policy.BELOW_CLEARANCE,
    policy.UNWATCHED,
    policy.NO_LONGER_WATCHED,
    IN_QUIET_HOURS,
    BUSY,
    later("{count} updates of the story today; the last is kept for a rise to critical"),
    later("muted: {what}, by {name}"),
    later("muted: {what}"),
    later("merged into {story}"),
    later("in the digest {key}"),
    later("its sender vanished"),
    later("its sender vanished twice; it may have arrived"),
)


def outcome_words(recorded: str) -> str:
    """Why a match or a card was not sent, in the language spoken now; what a platform said stays as it is."""
    return recorded_words(recorded, _OUTCOMES)
