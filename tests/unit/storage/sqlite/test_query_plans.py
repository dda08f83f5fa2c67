"""No question that is asked all the time walks through a table that only ever grows."""

import re
import sqlite3
from datetime import timedelta

from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, Receipt
from bot.ports.store import Store
from storage.sqlite.connection import DatabaseThread
from tests.contract.outbox import retry
from tests.factories import (
    at,
    build_destination,
    build_feed,
    build_feedback,
    build_filed_report,
    build_item,
    build_outgoing,
    build_poll,
    build_ringing_poll,
    build_update,
)

DESK = build_destination()
GROWING = (
    "items",
    "item_words",
    "matches",
    "stories",
    "fingerprints",
    "fingerprint_terms",
    "term_counts",
    "alerts",
    "deliveries",
    "inbox",
    "seen",
    "revisions",
    "feed_notices",
)
# Walking along the open deliveries is fine: what was sent has left these indices.
_OPEN = r"deliveries_pending|deliveries_sending|deliveries_failed|deliveries_repeated|edits_ahead"
_WALK = re.compile(rf"SCAN (?:{'|'.join(GROWING)})\b(?!.* INDEX (?:{_OPEN})$)")


def _plan(connection: sqlite3.Connection, sql: str) -> list[str]:
    return [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]


async def _ask_everything(store: Store) -> None:
    nobody: frozenset[str] = frozenset()
    await store.sync_feeds([build_feed()], at(0))
    await store.record_polls([build_ringing_poll("item-1", DESK), build_ringing_poll("item-2", DESK)], at(0))
    await store.list_due_feeds(at(0), 10)
    await store.find_seen({"asia-plus": ["item-1", "link"]})
    await store.list_paces()
    await store.list_revisions("item-1")
    await store.list_feed_notices(at(0), 10)
    await store.record_polls([build_poll(items=(build_item("old", first_seen=at(-99)),), whole=True)], at(0))
    await store.forget_items(at(-9), 0, 10)
    await store.forget_surplus(0, 10)
    await store.forget_notices(at(-9))
    await store.find_related([build_filed_report().fingerprint], at(-1))
    await store.enqueue([build_outgoing()], at(0))
    for _ in range(2):
        (delivery,) = await store.claim_deliveries(Platform.TELEGRAM, at(0), 1, LEASE, nobody)
        await store.record_failure(delivery.id, retry(at(0), moved_to="-1009"), at(0))
    (delivery,) = await store.claim_deliveries(Platform.TELEGRAM, at(0), 1, LEASE, nobody)
    await store.record_sent(delivery.id, Receipt("1"), at(0))
    await store.request_edits(delivery.alert_id, at(0))
    await store.list_shown([1, 2], at(-9))
    await store.next_delivery_at(Platform.TELEGRAM)
    await store.list_backlogs(Platform.TELEGRAM, at(0))
    await store.list_doubtful(Platform.TELEGRAM)
    await store.read_load(DESK.key, at(-9))
    await store.list_missed(DESK.key, 10, 0)
    await store.list_dead_letters(DESK.key, 10)
    await store.measure_outbox(at(0))
    await store.take_over("plans", at(0))
    await store.forget_settled(at(0))
    await store.record_update(build_update())
    await store.list_unhandled_updates(Platform.TELEGRAM, 10)
    await store.record_handled(build_update(), [], at(0))
    (view, *_) = await store.list_alerts("telegram:-1009", at(-1), 10)
    await store.find_alert(view.alert.id, "telegram:-1009")
    await store.find_alert_by_message("telegram:-1009", "1")
    await store.count_story_alerts("telegram:-1009", at(0) - timedelta(days=1))
    await store.record_feedback(build_feedback(view.alert.id))
    await store.count_feedback("csto")
    await store.search_items(["csto"], 10)
    await store.count_items_since(at(0))


async def test_no_frequent_question_scans_a_growing_table(store: Store, database: DatabaseThread) -> None:
    asked: set[str] = set()
    await database.call(lambda connection: connection.set_trace_callback(asked.add))
    await _ask_everything(store)
    await database.call(lambda connection: connection.set_trace_callback(None))
    statements = [sql for sql in asked if re.match(r"\s*(SELECT|WITH|UPDATE|DELETE|INSERT)", sql)]
    assert len(statements) > 40
    plans = {sql: await database.call(_plan, sql) for sql in statements}
    assert {sql: walks for sql, plan in plans.items() if (walks := list(filter(_WALK.match, plan)))} == {}
