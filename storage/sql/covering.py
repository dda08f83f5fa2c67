"""Cards in whose place another message stands: a digest, a morning summary, a rolling message."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.domain.deliveries import OutgoingMessage
from storage.sql import Connection
from storage.sql.deliveries import enqueue

# Cards of which nobody knows whether they arrived.
DOUBTFUL = "state = 'failed' AND (repeated = 1 OR vanished >= 5) AND alert_id IS NOT NULL"
_COVER = f"""
UPDATE deliveries SET state = 'digested', reason = :reason, lease_until = NULL
WHERE (state IN ('pending', 'held') OR (state = 'sending' AND id = :claimed) OR ({DOUBTFUL})
    OR (state = 'digested' AND EXISTS (
        SELECT 1 FROM deliveries AS covers WHERE covers.destination_id = deliveries.destination_id
            AND covers.state = 'failed' AND covers.vanished >= 5 AND deliveries.reason = 'in the digest ' || covers.key
    )))
    AND alert_id IS NOT NULL AND id IN (SELECT value FROM json_each(:ids))
"""  # noqa: S608  # a constant


def cover_cards(
    connection: Connection, ids: Sequence[int], by: OutgoingMessage | str, now: datetime, claimed: int = 0
) -> None:
    """Puts a message, or one known by its key, in the place of cards that wait or are doubtful, and of the claimed."""
    key = by if isinstance(by, str) else by.key
    connection.execute(_COVER, {"ids": json.dumps(list(ids)), "claimed": claimed, "reason": f"in the digest {key}"})
    if not isinstance(by, str):
        enqueue(connection, [by], now)
