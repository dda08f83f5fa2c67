"""Cards in whose place another message stands: a digest, a morning summary, a rolling message."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.domain.deliveries import OutgoingMessage
from storage.sql import Connection
from storage.sqlite.deliveries import enqueue

_COVER = """
UPDATE deliveries SET state = 'digested', reason = :reason, lease_until = NULL
WHERE (state IN ('pending', 'held') OR (state = 'sending' AND id = :claimed) OR (state = 'failed' AND repeated = 1))
    AND alert_id IS NOT NULL AND id IN (SELECT value FROM json_each(:ids))
"""


def cover_cards(
    connection: Connection, ids: Sequence[int], by: OutgoingMessage | str, now: datetime, claimed: int = 0
) -> None:
    """Puts a message, or one known by its key, in the place of cards that wait or are doubtful, and of the claimed."""
    key = by if isinstance(by, str) else by.key
    connection.execute(_COVER, {"ids": json.dumps(list(ids)), "claimed": claimed, "reason": f"in the digest {key}"})
    if not isinstance(by, str):
        enqueue(connection, [by], now)
