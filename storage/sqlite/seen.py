"""What every feed has shown before, asked for all feeds at once. Promises: `bot.ports.feed_store.SeenStore`."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from storage.sql import Connection
from storage.sql.seen import decode_minute, short_feed, short_key

_FIND_KNOWN = """
SELECT value FROM json_each(:feeds) WHERE EXISTS (SELECT 1 FROM seen WHERE seen.feed = value)
"""
_FIND = """
SELECT asked.value ->> 2 AS key, seen.listed FROM json_each(:asked) AS asked
JOIN seen ON seen.feed = (asked.value ->> 0) AND seen.key = (asked.value ->> 1)
"""


def find_seen(connection: Connection, asked: Mapping[str, Collection[str]]) -> dict[str, dict[str, datetime]]:
    """For each feed the keys it has shown, with the minute in which it last listed them."""
    found: dict[str, dict[str, datetime]] = {feed_id: {} for feed_id in asked}
    # Of a feed that is read for the first time no key need be asked for.
    feeds = connection.execute(_FIND_KNOWN, {"feeds": json.dumps(list(map(short_feed, asked)))})
    known = {row["value"] for row in feeds}
    order = [feed_id for feed_id in asked if short_feed(feed_id) in known]
    rows = [
        (short_feed(feed_id), short_key(key), [number, key])
        for number, feed_id in enumerate(order)
        for key in asked[feed_id]
    ]
    for row in connection.execute(_FIND, {"asked": json.dumps(rows)}):
        number, key = json.loads(row["key"])
        found[order[number]][key] = decode_minute(row["listed"])
    return found
