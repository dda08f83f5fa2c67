"""Rows to records and records to rows."""

from dataclasses import replace
from typing import Any

from bot.domain.alerts import Alert
from bot.domain.backlog import WaitingCard
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Platform, ReplyAddress
from bot.domain.deliveries import Delivery, Form, Urgency
from bot.domain.feeds import Feed, FeedOrigin, FeedState, FeedStatus
from bot.domain.items import Item
from bot.domain.stories import Story
from bot.matching.records import Match, Priority
from storage.sql import Row
from storage.sql.codec import (
    decode_duration,
    decode_evidence,
    decode_message,
    decode_moment,
    decode_optional_moment,
    decode_reply_address,
    decode_strings,
    decode_text,
    encode_duration,
    encode_evidence,
    encode_moment,
    encode_optional_moment,
    encode_strings,
    encode_text,
)
from storage.sql.feed_learning import build_pulse, build_rhythm
from storage.sql.hubs import build_push

Values = dict[str, Any]

# What `build_waiting_card` reads. Conditions on deliveries, destinations and alerts follow.
SELECT_WAITING_CARDS = """\
SELECT deliveries.id, alert_id, urgency, deliveries.created_at, platform, address, thread, kind, title, workspace,
    timezone, disabled,
    (SELECT max(coalesce(published, first_seen)) FROM items WHERE items.story_id = alerts.story_id) AS reported_at
FROM deliveries
JOIN destinations ON destinations.id = deliveries.destination_id
JOIN alerts ON alerts.id = deliveries.alert_id"""


def feed_values(feed: Feed) -> Values:
    """The columns of a feed that its author decides."""
    return {
        "id": feed.id,
        "url": feed.url,
        "outlet": feed.outlet,
        "lang": feed.lang,
        "country": feed.country,
        "owner": feed.owner,
        "grade": feed.grade,
        "origin_group": feed.origin_group,
        "topics": encode_strings(feed.topics),
        "boilerplate": encode_strings(feed.boilerplate),
        "interval": encode_duration(feed.interval),
        "enabled": int(feed.enabled),
        "note": feed.note,
        "origin": feed.origin.value,
        "added_by": feed.added_by,
    }


def build_feed(row: Row) -> Feed:
    """The feed of a row of `feeds`."""
    return Feed(
        id=row["id"],
        url=row["url"],
        outlet=row["outlet"],
        lang=row["lang"],
        country=row["country"],
        owner=row["owner"],
        grade=row["grade"],
        origin_group=row["origin_group"],
        topics=decode_strings(row["topics"]),
        boilerplate=decode_strings(row["boilerplate"]),
        interval=decode_duration(row["interval"]),
        enabled=bool(row["enabled"]),
        note=row["note"],
        origin=FeedOrigin(row["origin"]),
        added_by=row["added_by"],
    )


def feed_state_values(state: FeedState) -> Values:
    """The columns of a feed that its polls decide."""
    return {
        "id": state.feed_id,
        "next_due": encode_moment(state.next_due),
        "etag": state.etag,
        "last_modified": state.last_modified,
        "last_poll": encode_optional_moment(state.last_poll),
        "last_success": encode_optional_moment(state.last_success),
        "last_new_item": encode_optional_moment(state.last_new_item),
        "baselined": int(state.baselined),
        "failures": state.failures,
        "problem": state.problem,
        "problem_text": encode_text(state.problem_text),
        "problem_since": encode_optional_moment(state.problem_since),
    }


def build_feed_status(row: Row) -> FeedStatus:
    """The feed, its state and its number of items, of a row of `feeds` joined with `MEMORY_COLUMNS`."""
    # Looking a column up by its name takes as long as there are columns before it.
    row = dict(zip(row.keys(), row, strict=True))
    state = FeedState(
        feed_id=row["id"],
        next_due=decode_moment(row["next_due"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        last_poll=decode_optional_moment(row["last_poll"]),
        last_success=decode_optional_moment(row["last_success"]),
        last_new_item=decode_optional_moment(row["last_new_item"]),
        baselined=bool(row["baselined"]),
        failures=row["failures"],
        problem=row["problem"],
        problem_text=decode_text(row["problem_text"]),
        problem_since=decode_optional_moment(row["problem_since"]),
    )
    return FeedStatus(build_feed(row), state, row["items"], build_rhythm(row), build_pulse(row), build_push(row))


def item_values(item: Item) -> Values:
    """The columns of an item, but for its story."""
    return {
        "key": item.key,
        "link_key": item.link_key,
        "feed_id": item.feed_id,
        "title": item.title,
        "summary": item.summary,
        "content": item.content,
        "link": item.link,
        "author": item.author,
        "lang": item.lang,
        "published": encode_optional_moment(item.published),
        "first_seen": encode_moment(item.first_seen),
        "tags": encode_strings(item.tags),
        "baseline": int(item.baseline),
        "date_wrong": int(item.date_wrong),
    }


def build_item(row: Row) -> Item:
    """The item of a row of `items`."""
    return Item(
        key=row["key"],
        link_key=row["link_key"],
        feed_id=row["feed_id"],
        title=row["title"],
        summary=row["summary"],
        content=row["content"],
        link=row["link"],
        author=row["author"],
        lang=row["lang"],
        published=decode_optional_moment(row["published"]),
        first_seen=decode_moment(row["first_seen"]),
        tags=decode_strings(row["tags"]),
        baseline=bool(row["baseline"]),
        date_wrong=bool(row["date_wrong"]),
    )


def match_values(match: Match) -> Values:
    """The columns of a match, but for its item and outcome."""
    return {
        "watchlist": match.watchlist,
        "title": match.title,
        "rule": match.rule,
        "rule_label": match.rule_label,
        "priority": int(match.priority),
        "base_priority": int(match.base_priority),
        "rings": int(match.rings),
        "evidence": encode_evidence(match.evidence),
        "escalated_by": match.escalated_by,
        "excludes_checked": encode_strings(match.excludes_checked),
    }


def build_match(row: Row) -> Match:
    """The match of a row of `matches`."""
    return Match(
        watchlist=row["watchlist"],
        title=row["title"],
        rule=row["rule"],
        rule_label=row["rule_label"],
        priority=Priority(row["priority"]),
        base_priority=Priority(row["base_priority"]),
        rings=bool(row["rings"]),
        evidence=decode_evidence(row["evidence"]),
        escalated_by=row["escalated_by"],
        excludes_checked=decode_strings(row["excludes_checked"]),
    )


def build_story(row: Row) -> Story:
    """The story of a row of `stories`."""
    return Story(
        key=row["key"],
        headline=row["headline"],
        first_seen=decode_moment(row["first_seen"]),
        last_seen=decode_moment(row["last_seen"]),
        id=row["id"],
    )


def build_alert(row: Row, story_key: str) -> Alert:
    """The alert of a row of `alerts`."""
    return Alert(row["id"], story_key, Priority(row["priority"]), decode_moment(row["created_at"]))


def destination_values(destination: Destination) -> Values:
    """The columns of a destination."""
    return {
        "key": destination.key,
        "platform": destination.platform.value,
        "address": destination.address,
        "thread": destination.thread,
        "kind": destination.kind.value,
        "title": destination.title,
        "workspace": destination.workspace,
        "timezone": destination.timezone,
        "disabled": destination.disabled,
    }


def build_destination(row: Row) -> Destination:
    """The destination of a row that holds the columns of `destinations`."""
    return Destination(
        platform=Platform(row["platform"]),
        address=row["address"],
        thread=row["thread"],
        kind=ChatKind(row["kind"]),
        title=row["title"],
        workspace=row["workspace"],
        timezone=row["timezone"],
        disabled=row["disabled"],
    )


def build_delivery(row: Row, destination: Destination) -> Delivery:
    """The delivery of a row of `deliveries`, joined with its target."""
    return Delivery(
        id=row["id"],
        destination=destination,
        urgency=Urgency(row["urgency"]),
        alert_id=row["alert_id"] or row["target_alert"] or "",
        message=None if row["message"] is None else decode_message(row["message"]),
        reply_to=_build_reply_address(row),
        silent=bool(row["silent"]),
        form=Form(row["form"]),
        attempts=row["attempts"],
        possible_duplicate=bool(row["possible_duplicate"]),
        created_at=decode_moment(row["created_at"]),
        edits=row["target_receipt"] if row["message"] is None else None,
        burst=row["burst"] or 0,
        due_at=decode_moment(row["due_at"] or row["created_at"]),
        opened=bool(row["target_opened"]),
    )


def _build_reply_address(row: Row) -> ReplyAddress:
    """What stands under a card answers the message that the card became."""
    stored = decode_reply_address(row["reply_to"])
    return replace(stored, message=row["target_receipt"]) if row["target_receipt"] else stored


def build_update(row: Row) -> InboundUpdate:
    """The update of a row of `inbox`."""
    return InboundUpdate(Platform(row["platform"]), row["key"], row["payload"], decode_moment(row["received_at"]))


def build_waiting_card(row: Row) -> WaitingCard:
    """The waiting card of a row of `deliveries` joined with its destination and the time of its report."""
    return WaitingCard(
        id=row["id"],
        alert_id=row["alert_id"],
        destination=build_destination(row),
        urgency=Urgency(row["urgency"]),
        created_at=decode_moment(row["created_at"]),
        reported_at=decode_moment(row["reported_at"] or row["created_at"]),
    )
