"""What polls found. Promises: `bot.ports.store.PollStore`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from bot.domain.alerts import ItemMatch, alert_ids
from bot.domain.deliveries import REPORTS_APART, DeliveryState, Form, PlannedCard, Urgency
from bot.domain.items import Item
from bot.domain.novelty import keys_of
from bot.domain.polls import PlannedAlert, PollRecord, RecordedPolls
from bot.domain.stories import FiledReport
from bot.errors import NotFound
from storage.sql import Connection
from storage.sql.bursts import edit_bursts
from storage.sql.card_edits import edit_cards, edit_revised
from storage.sql.codec import encode_moment
from storage.sql.deliveries import enqueue
from storage.sql.destinations import find_or_add_destination
from storage.sql.feed_learning import record_pulses, record_rhythms
from storage.sql.feed_memories import count_not_modified, record_memories
from storage.sql.feed_notices import record_notices, record_revisions
from storage.sql.feeds import count_new_items, record_feed_states
from storage.sql.filed_reports import file_reports
from storage.sql.hubs import record_missed
from storage.sql.rows import item_values, match_values
from storage.sql.seen import forget, remember
from storage.sql.stories import record_stories
from storage.sql.updates import insert_update

_NOTHING = RecordedPolls(items=0, matches=0, alerts=0, deliveries=0)

_INSERT_ITEM = """
INSERT INTO items (
    key, link_key, feed_id, title, summary, content, link, author, lang, published, first_seen, tags, baseline,
    date_wrong
) VALUES (
    :key, :link_key, :feed_id, :title, :summary, :content, :link, :author, :lang, :published, :first_seen, :tags,
    :baseline, :date_wrong
) ON CONFLICT DO NOTHING RETURNING id
"""
_INSERT_MATCH = """
INSERT INTO matches (
    item_id, watchlist, title, rule, rule_label, priority, base_priority, rings, evidence, escalated_by,
    excludes_checked, outcome
) VALUES (
    :item_id, :watchlist, :title, :rule, :rule_label, :priority, :base_priority, :rings, :evidence, :escalated_by,
    :excludes_checked, :outcome
) ON CONFLICT (item_id, watchlist) DO NOTHING
"""
# A card that was held back and is now to be shown leaves its suppression, one that quiet hours hold goes out now if its
# story became urgent, and one that only stood in a digest if it became critical; every other card is left as it is.
_INSERT_CARD = """
INSERT INTO deliveries (
    destination_id, alert_id, reply_to, urgency, silent, form, state, reason, attempts, possible_duplicate, not_before,
    created_at, receipt
) VALUES (
    :destination_id, :alert_id, '{}', :urgency, :silent, :form, :state, :reason, 0, 0, :not_before, :now, ''
) ON CONFLICT (alert_id, destination_id) WHERE alert_id IS NOT NULL DO UPDATE SET
    urgency = excluded.urgency, silent = excluded.silent, state = excluded.state, reason = '',
    not_before = excluded.not_before, created_at = excluded.created_at
WHERE (excluded.state IN ('pending', 'held') AND deliveries.state = 'suppressed')
    OR (excluded.state = 'pending' AND deliveries.state = 'held')
    OR (excluded.state = 'pending' AND deliveries.state = 'digested'
        AND excluded.urgency = 1 AND deliveries.urgency > 1)
"""
# A story put together by hand may have several alerts; a destination that has the card of one gets no other.
_FIND_ALERT_FOR_CARD = """
SELECT alerts.id FROM alerts LEFT JOIN deliveries ON deliveries.alert_id = alerts.id
    AND deliveries.destination_id = :destination AND deliveries.state <> 'suppressed'
WHERE alerts.story_id = :story ORDER BY deliveries.id IS NULL, alerts.created_at, alerts.id LIMIT 1
"""


def record_polls(connection: Connection, batch: Sequence[PollRecord], now: datetime) -> RecordedPolls:
    """Records every poll of the batch."""
    filed: list[tuple[int, Item, FiledReport]] = []
    record_feed_states(connection, [poll.state for poll in batch])
    record_memories(connection, [(poll.state.feed_id, poll.memory) for poll in batch if poll.memory is not None])
    count_not_modified(connection, [poll.state.feed_id for poll in batch if poll.only_counted])
    record_rhythms(connection, [(poll.state.feed_id, poll.rhythm) for poll in batch if poll.rhythm is not None])
    record_pulses(connection, [(poll.state.feed_id, poll.pulse) for poll in batch if poll.pulse is not None])
    recorded = [_record_poll(connection, poll, now, filed) for poll in batch]
    file_reports(connection, filed)
    return RecordedPolls(
        items=sum(one.items for one in recorded),
        matches=sum(one.matches for one in recorded),
        alerts=sum(one.alerts for one in recorded),
        deliveries=sum(one.deliveries for one in recorded),
    )


def _record_poll(
    connection: Connection, poll: PollRecord, now: datetime, filed: list[tuple[int, Item, FiledReport]]
) -> RecordedPolls:
    """Records one poll, and adds to `filed` what of its new items is to be found later."""
    _record_lessons(connection, poll, now)
    if not poll.items:
        return _NOTHING
    new_items = _insert_items(connection, poll.items)
    _insert_words(connection, poll.words, new_items)
    count_new_items(connection, poll.state.feed_id, len(new_items))
    matches = [match for match in poll.matches if match.item_key in new_items]
    reported = dict.fromkeys(
        [story.key for story in poll.stories if story.key in new_items] + [match.story_key for match in matches]
    )
    stories = record_stories(connection, poll.stories, reported)
    items = {item.key: item for item in poll.items}
    filed += [(new_items[one.item_key], items[one.item_key], one) for one in poll.filed if one.item_key in new_items]
    _put_into_stories(
        connection,
        {key: number for key, number in stories.items() if key in new_items}
        | {match.item_key: stories[match.story_key] for match in matches},
        new_items,
    )
    alerts = [alert for alert in poll.alerts if alert.story_key in reported]
    cards = [card for card in poll.cards if card.story_key in reported]
    for story_id in {stories[key] for key in reported if key in stories}:
        edit_cards(connection, story_id, now, apart=REPORTS_APART, urgency=Urgency.EDIT)
        edit_bursts(connection, story_id, now)
    return RecordedPolls(
        items=len(new_items),
        matches=sum(_insert_match(connection, match, new_items[match.item_key]) for match in matches),
        alerts=sum(record_alert(connection, alert, stories[alert.story_key], now) for alert in alerts),
        deliveries=sum(insert_card(connection, card, stories[card.story_key], now) for card in cards)
        + sum(insert_update(connection, update, now) for update in poll.updates if update.item_key in new_items),
    )


def _record_lessons(connection: Connection, poll: PollRecord, now: datetime) -> None:
    """What the poll taught about the feed's entries, and what is to be told of it."""
    feed_id = poll.state.feed_id
    if poll.missed_push:
        record_missed(connection, feed_id, now)
    if poll.remember:
        remember(connection, feed_id, poll.remember, now)
    if poll.whole:
        forget(connection, feed_id, now)
    if poll.revisions:
        record_revisions(connection, poll.revisions)
        edit_revised(connection, poll.revisions, now)
    if poll.notices:
        record_notices(connection, poll.notices)
    if poll.messages:
        enqueue(connection, poll.messages, now)


def _insert_items(connection: Connection, items: Sequence[Item]) -> dict[str, int]:
    new: dict[str, int] = {}
    # Those of a poll come from one feed at one moment, so this is one statement for all.
    for (feed_id, first_seen), same in groupby(items, lambda item: (item.feed_id, item.first_seen)):
        remember(connection, feed_id, keys_of(list(same)), first_seen)
    for item in items:
        inserted = connection.execute(_INSERT_ITEM, item_values(item)).fetchone()
        if inserted:
            new[item.key] = inserted["id"]
    return new


def _insert_words(connection: Connection, words: Iterable[tuple[str, str]], new_items: Mapping[str, int]) -> None:
    connection.executemany(
        "INSERT INTO item_words (id, words) VALUES (:id, :words)",
        [{"id": new_items[key], "words": text} for key, text in dict(words).items() if key in new_items],
    )


def _put_into_stories(connection: Connection, stories: Mapping[str, int], new_items: Mapping[str, int]) -> None:
    connection.executemany(
        "UPDATE items SET story_id = :story WHERE id = :item",
        [{"story": story_id, "item": new_items[key]} for key, story_id in stories.items()],
    )


def _insert_match(connection: Connection, found: ItemMatch, item_id: int) -> int:
    values = match_values(found.match) | {"item_id": item_id, "outcome": found.outcome}
    return connection.execute(_INSERT_MATCH, values).rowcount


def record_alert(connection: Connection, alert: PlannedAlert, story_id: int, now: datetime) -> int:
    """1 if the story had no alert yet. A known alert only ever gets louder."""
    values = {"story_id": story_id, "priority": int(alert.priority), "now": encode_moment(now)}
    known = connection.execute("SELECT priority FROM alerts WHERE story_id = :story_id", values).fetchone()
    if known:
        connection.execute(
            "UPDATE alerts SET priority = :priority WHERE story_id = :story_id AND priority < :priority", values
        )
        return 0
    for candidate in alert_ids(alert.story_key):
        inserted = connection.execute(
            "INSERT INTO alerts (id, story_id, priority, created_at) VALUES (:id, :story_id, :priority, :now)"
            " ON CONFLICT (id) DO NOTHING",
            values | {"id": candidate},
        )
        if inserted.rowcount:
            break
    return 1


def insert_card(connection: Connection, card: PlannedCard, story_id: int, now: datetime) -> int:
    """1 if a destination is to get a card it did not have. Raises NotFound for a story without an alert."""
    destination_id = find_or_add_destination(connection, card.destination)
    values = {"story": story_id, "destination": destination_id}
    alert = connection.execute(_FIND_ALERT_FOR_CARD, values).fetchone()
    if alert is None:
        raise NotFound(f"The story {card.story_key} has no alert.", "Record its alert with its first card.")
    state = DeliveryState.HELD if card.not_before else DeliveryState.PENDING
    state = DeliveryState.SUPPRESSED if card.suppressed else state
    return connection.execute(
        _INSERT_CARD,
        {
            "destination_id": destination_id,
            "alert_id": alert["id"],
            "urgency": int(card.urgency),
            "silent": int(card.silent),
            "form": Form.RICH.value,
            "state": state.value,
            "reason": card.suppressed,
            "not_before": encode_moment(card.not_before or now),
            "now": encode_moment(now),
        },
    ).rowcount
