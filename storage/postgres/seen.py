"""What every feed has shown before, asked for all feeds at once. Promises: `bot.ports.feed_store.SeenStore`."""

from collections.abc import Collection, Mapping
from datetime import datetime

from storage.sql import Connection
from storage.sql.seen import decode_minute, short_feed, short_key

_FIND = """
SELECT asked.place, seen.listed
FROM unnest(CAST(:feeds AS bigint[]), CAST(:keys AS bigint[])) WITH ORDINALITY AS asked (feed, key, place)
JOIN seen ON seen.feed = asked.feed AND seen.key = asked.key
"""


def find_seen(connection: Connection, asked: Mapping[str, Collection[str]]) -> dict[str, dict[str, datetime]]:
    """For each feed the keys it has shown, with the minute in which it last listed them."""
    pairs = [(feed_id, key) for feed_id, keys in asked.items() for key in keys]
    values = {"feeds": [short_feed(feed) for feed, _ in pairs], "keys": [short_key(key) for _, key in pairs]}
    found: dict[str, dict[str, datetime]] = {feed_id: {} for feed_id in asked}
    for row in connection.execute(_FIND, values):
        feed_id, key = pairs[row["place"] - 1]
        found[feed_id][key] = decode_minute(row["listed"])
    return found
