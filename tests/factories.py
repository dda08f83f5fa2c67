"""Builders of records for tests: every field has a sensible default, every field can be given by keyword.

Records of one story hang together by default: `build_item()`, `build_story()`, `build_item_match()` and
`build_planned_card()` all speak of the item with key `item-1`.
"""

from datetime import datetime, timedelta
from typing import Any

from bot.domain.alerts import Alert, AlertView, Feedback, ItemMatch, Report
from bot.domain.chats import ChatKind, Destination, InboundUpdate, Person, Platform, ReplyAddress, Subscription
from bot.domain.deliveries import Delivery, Form, OutgoingMessage, PlannedCard, Urgency
from bot.domain.feeds import Feed, FeedState
from bot.domain.fingerprints import build_fingerprint
from bot.domain.items import Item, ParsedItem
from bot.domain.messages import plain_message
from bot.domain.polls import PlannedAlert, PollRecord
from bot.domain.stories import FiledReport, Rarity, Story, index_terms
from bot.matching.records import Document, Evidence, Match, Priority
from bot.matching.watchlist import Condition, Group, Rule, Term, Watchlist
from tests.fakes.clock import START

HEADLINE = "CSTO troops deploy to the Tajik-Afghan border"


def build_feed(feed_id: str = "asia-plus", **fields: Any) -> Feed:
    """A feed of an independent outlet."""
    defaults: dict[str, Any] = {
        "url": f"https://{feed_id}.example/rss",
        "outlet": feed_id.replace("-", " ").title(),
        "lang": "en",
        "country": "TJ",
        "owner": "independent",
        "grade": "B",
    }
    return Feed(id=feed_id, **defaults | fields)


def build_feed_state(feed_id: str = "asia-plus", **fields: Any) -> FeedState:
    """The state of a feed that was polled at START without trouble and is due again 15 minutes later."""
    defaults: dict[str, Any] = {
        "next_due": START + timedelta(minutes=15),
        "last_poll": START,
        "last_success": START,
        "baselined": True,
    }
    return FeedState(feed_id=feed_id, **defaults | fields)


def build_parsed_item(**fields: Any) -> ParsedItem:
    """One entry as the parser hands it over."""
    defaults: dict[str, Any] = {
        "guid": "guid-1",
        "title": HEADLINE,
        "summary": "The alliance sent a motor rifle company to Khatlon.",
        "link": "https://asia-plus.example/news/1",
        "published": START - timedelta(minutes=5),
    }
    return ParsedItem(**defaults | fields)


def build_item(key: str = "item-1", **fields: Any) -> Item:
    """An item of `asia-plus`, published five minutes before it was seen at START."""
    defaults: dict[str, Any] = {
        "link_key": f"link-of-{key}",
        "feed_id": "asia-plus",
        "title": HEADLINE,
        "summary": "The alliance sent a motor rifle company to Khatlon.",
        "content": "",
        "link": f"https://asia-plus.example/news/{key}",
        "author": "",
        "lang": "en",
        "published": START - timedelta(minutes=5),
        "first_seen": START,
    }
    return Item(key=key, **defaults | fields)


def build_document(doc_id: str = "doc-1", **fields: Any) -> Document:
    """A text to match."""
    defaults: dict[str, Any] = {"title": HEADLINE, "source": "asia-plus", "lang": "en"}
    return Document(id=doc_id, **defaults | fields)


def build_evidence(text: str = "CSTO", **fields: Any) -> Evidence:
    """A term found at the beginning of the title."""
    defaults: dict[str, Any] = {
        "field": "title",
        "start": 0,
        "end": len(text),
        "text": text,
        "term": text,
        "group": "csto",
        "label": "CSTO",
        "lang": "en",
    }
    return Evidence(**defaults | fields)


def build_match(watchlist: str = "csto", **fields: Any) -> Match:
    """A ringing match of high priority."""
    priority = fields.get("priority", Priority.HIGH)
    defaults: dict[str, Any] = {
        "title": watchlist.upper(),
        "rule": "named",
        "rule_label": "",
        "priority": priority,
        "base_priority": priority,
        "rings": True,
        "evidence": (build_evidence(),),
    }
    return Match(watchlist=watchlist, **defaults | fields)


def build_item_match(item_key: str = "item-1", **fields: Any) -> ItemMatch:
    """A match found in an item that is a story of its own unless `story_key` says otherwise."""
    defaults: dict[str, Any] = {"story_key": item_key, "match": build_match(), "outcome": "alert"}
    return ItemMatch(item_key=item_key, **defaults | fields)


def build_story(key: str = "item-1", **fields: Any) -> Story:
    """A story of one item, not recorded yet."""
    headline: str = fields.get("headline", HEADLINE)
    defaults: dict[str, Any] = {
        "headline": headline,
        "first_seen": START,
        "last_seen": START,
    }
    return Story(key=key, **defaults | fields)


def build_filed_report(item_key: str = "item-1", title: str = HEADLINE, **fields: Any) -> FiledReport:
    """An item's fingerprint, filed as the first of all."""
    fingerprint = build_fingerprint(title, fields.pop("body", ""), fields.pop("lang", "en"), **fields)
    return FiledReport(item_key, fingerprint, Rarity().measure(fingerprint), index_terms(fingerprint, Rarity()))


def build_alert(alert_id: str = "7KD4", **fields: Any) -> Alert:
    """A high alert about the story `item-1`."""
    defaults: dict[str, Any] = {"story_key": "item-1", "priority": Priority.HIGH, "created_at": START}
    return Alert(id=alert_id, **defaults | fields)


def build_report(**fields: Any) -> Report:
    """One item with its feed and a ringing match."""
    defaults: dict[str, Any] = {"item": build_item(), "feed": build_feed(), "matches": (build_match(),)}
    return Report(**defaults | fields)


def build_alert_view(**fields: Any) -> AlertView:
    """An alert with one report."""
    defaults: dict[str, Any] = {"alert": build_alert(), "story": build_story(id=18), "reports": (build_report(),)}
    return AlertView(**defaults | fields)


def build_destination(address: str = "1001", **fields: Any) -> Destination:
    """A private Telegram chat."""
    defaults: dict[str, Any] = {"platform": Platform.TELEGRAM, "title": "Desk"}
    return Destination(address=address, **defaults | fields)


def build_slack_destination(address: str = "C024BE91L", **fields: Any) -> Destination:
    """A Slack channel."""
    defaults: dict[str, Any] = {"platform": Platform.SLACK, "kind": ChatKind.CHANNEL, "title": "desk"}
    return Destination(address=address, **defaults | {"workspace": "T024BE7LD"} | fields)


def build_person(person_id: str = "42", **fields: Any) -> Person:
    """A Telegram user."""
    defaults: dict[str, Any] = {"platform": Platform.TELEGRAM, "name": "Nilufar"}
    return Person(id=person_id, **defaults | fields)


def build_subscription(**fields: Any) -> Subscription:
    """The private Telegram chat watches `csto`."""
    defaults: dict[str, Any] = {
        "destination": build_destination(),
        "watchlist": "csto",
        "created_by": build_person().key,
        "created_at": START,
    }
    return Subscription(**defaults | fields)


def build_update(key: str = "1", **fields: Any) -> InboundUpdate:
    """A Telegram update with an empty payload."""
    defaults: dict[str, Any] = {"platform": Platform.TELEGRAM, "payload": "{}", "received_at": START}
    return InboundUpdate(key=key, **defaults | fields)


def build_planned_card(**fields: Any) -> PlannedCard:
    """The decision to show the story `item-1` to the private Telegram chat."""
    defaults: dict[str, Any] = {
        "story_key": "item-1",
        "destination": build_destination(),
        "urgency": Urgency.ALERT,
        "silent": False,
    }
    return PlannedCard(**defaults | fields)


def build_outgoing(key: str = "reply-1", **fields: Any) -> OutgoingMessage:
    """A reply for the outbox."""
    defaults: dict[str, Any] = {"destination": build_destination(), "message": plain_message("Watching CSTO.")}
    return OutgoingMessage(key=key, **defaults | fields)


def build_delivery(delivery_id: int = 1, **fields: Any) -> Delivery:
    """A claimed card on its first attempt."""
    defaults: dict[str, Any] = {
        "destination": build_destination(),
        "urgency": Urgency.ALERT,
        "alert_id": "7KD4",
        "message": None,
        "reply_to": ReplyAddress(),
        "silent": False,
        "form": Form.RICH,
        "attempts": 1,
        "possible_duplicate": False,
        "created_at": START,
    }
    return Delivery(id=delivery_id, **defaults | fields)


def build_poll(feed_id: str = "asia-plus", **fields: Any) -> PollRecord:
    """A successful poll that found nothing new."""
    defaults: dict[str, Any] = {"state": build_feed_state(feed_id)}
    return PollRecord(**defaults | fields)


def build_ringing_poll(key: str = "item-1", *destinations: Destination, feed_id: str = "asia-plus") -> PollRecord:
    """A poll with one new item that rings on `csto` and plans a card for each of `destinations`."""
    return build_poll(
        feed_id,
        items=(build_item(key, feed_id=feed_id),),
        words=((key, "csto troops deploy to the tajik afghan border"),),
        matches=(build_item_match(key),),
        stories=(build_story(key),),
        filed=(build_filed_report(key),),
        alerts=(PlannedAlert(key, Priority.HIGH),),
        cards=tuple(build_planned_card(story_key=key, destination=destination) for destination in destinations),
    )


def build_feedback(alert_id: str = "7KD4", **fields: Any) -> Feedback:
    """A person found an alert useful."""
    defaults: dict[str, Any] = {
        "person": build_person().key,
        "destination": build_destination().key,
        "useful": True,
        "reason": "",
        "at": at(0),
    }
    return Feedback(alert_id=alert_id, **defaults | fields)


def build_watchlist(watchlist_id: str = "csto", *words: str, **fields: Any) -> Watchlist:
    """A high-priority list with one rule that needs one of `words` (default: CSTO)."""
    group = Group("named", watchlist_id.upper(), tuple(Term(word, "en") for word in words or ("CSTO",)))
    defaults: dict[str, Any] = {
        "title": watchlist_id.upper(),
        "description": "",
        "priority": Priority.HIGH,
        "groups": (group,),
        "rules": (Rule("named", Condition(all_of=(("named",),))),),
    }
    return Watchlist(id=watchlist_id, **defaults | fields)


def at(minutes: float) -> datetime:
    """The moment `minutes` after START."""
    return START + timedelta(minutes=minutes)
