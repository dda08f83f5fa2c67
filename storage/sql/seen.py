"""What every feed has shown before. Promises: `bot.ports.feed_store.SeenStore`.

A key is cut to 64 bits and a feed to 48, so that a row takes about twenty bytes and all keys of a feed lie side by
side. Keys outlive their items. Moments are kept as whole minutes since 1970.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from bot.domain.items import build_title_key
from bot.domain.novelty import MEMORY
from storage.sql import Connection
from storage.sql.codec import decode_moment, encode_moment

_MINUTE = timedelta(minutes=1) // timedelta(microseconds=1)
_REMEMBER = """
INSERT INTO seen (feed, key, listed) VALUES (:feed, :key, :listed)
ON CONFLICT (feed, key) DO UPDATE SET listed = excluded.listed WHERE excluded.listed > seen.listed
"""


def remember(connection: Connection, feed_id: str, keys: Iterable[str], now: datetime) -> None:
    """Writes keys that a feed lists now."""
    feed, listed = short_feed(feed_id), encode_moment(now) // _MINUTE
    connection.executemany(_REMEMBER, [{"feed": feed, "key": short_key(key), "listed": listed} for key in keys])


def forget(connection: Connection, feed_id: str, now: datetime) -> None:
    """Drops the keys that a feed has not listed for 180 days; right only after its whole document was read."""
    connection.execute(
        "DELETE FROM seen WHERE feed = :feed AND listed < :before",
        {"feed": short_feed(feed_id), "before": encode_moment(now - MEMORY) // _MINUTE},
    )


def remember_old_items(connection: Connection) -> None:
    """Writes the keys of items recorded before there was a memory of them."""
    for row in connection.execute("SELECT feed_id, key, link_key, title, link, first_seen FROM items"):
        title_key = build_title_key(row["feed_id"], row["title"], row["link"])
        keys = [key for key in (row["key"], row["link_key"], title_key) if key]
        remember(connection, row["feed_id"], keys, decode_moment(row["first_seen"]))


def decode_minute(minutes: int) -> datetime:
    """The moment behind a column that counts minutes."""
    return decode_moment(minutes * _MINUTE)


@lru_cache(maxsize=16_384)
def short_feed(feed_id: str) -> int:
    """A feed in 48 bits."""
    return int.from_bytes(blake2b(feed_id.encode(), digest_size=6).digest(), "big")


def short_key(key: str) -> int:
    """A key in 64 bits."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
