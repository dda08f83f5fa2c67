"""Feeds whose publisher tells a hub of news, and the hub tells us (WebSub). Pure: the clock is passed in.

https://www.w3.org/TR/websub/ (W3C Recommendation of 23 January 2018). A hub only ever makes a feed due: what is new is
read from the feed itself, so that a hub, or whoever poses as one, can put nothing into the archive.
"""

import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.language import tr

# What we ask for; the hub decides. The recommendation names ten days as an example, and the public hubs grant it.
LEASE = timedelta(days=10)
_SHORTEST_LEASE = timedelta(minutes=5)
_LONGEST_LEASE = timedelta(days=60)
# A lease is renewed when a tenth of it is left.
_RENEW_AT = 0.9
_FIRST_RETRY = timedelta(minutes=10)
_LONGEST_RETRY = timedelta(days=1)
# While a hub has shown that it tells of news, the feed is polled this much more seldom, in case the hub fails.
_SELDOM = 6
_SELDOM_AT_LEAST = timedelta(hours=1)
_SELDOM_AT_MOST = timedelta(hours=12)
# A hub that calls all the time does not make us poll all the time.
PUSH_FLOOR = timedelta(minutes=1)
_SIGNATURE = re.compile(r"(sha1|sha256|sha384|sha512)=([0-9a-fA-F]{40,128})\Z")
_LONGEST_REASON = 200


class PushState(StrEnum):
    """How far a subscription is; the value is stored."""

    ASKED = "asked"
    ALIVE = "alive"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Push:
    """What a feed's hub does for us: alive `until` then; it last told of news at `pushed`, and not of what a poll
    found by itself at `missed`."""

    state: PushState = PushState.ASKED
    until: datetime | None = None
    pushed: datetime | None = None
    missed: datetime | None = None

    def is_alive(self, now: datetime) -> bool:
        """Whether the hub has promised to call."""
        return self.state is PushState.ALIVE and self.until is not None and now < self.until

    def is_reliable(self, now: datetime) -> bool:
        """Whether the hub has promised to call, has called, and has missed nothing since."""
        if not self.is_alive(now) or self.pushed is None:
            return False
        return self.missed is None or self.missed < self.pushed


@dataclass(frozen=True, slots=True)
class HubSubscription:
    """A subscription to `topic` at `hub` (URLs). `token` is the part of our address that only the hub knows, `secret`
    what it signs with, `next_ask` when to ask (again), `tries` how often it was asked in vain, `reason` why it refused.
    """

    feed_id: str
    hub: str
    topic: str
    token: str
    secret: str
    next_ask: datetime
    tries: int = 0
    reason: str = ""
    push: Push = Push()


@dataclass(frozen=True, slots=True)
class HubOffer:
    """A feed (by id and address) that names a hub, and the subscription there is, perhaps at another hub."""

    feed_id: str
    url: str
    hub: str
    topic: str
    known: HubSubscription | None = None


@dataclass(frozen=True, slots=True)
class PushedFeed:
    """A subscription, when its feed was last polled, and how often that has failed since."""

    subscription: HubSubscription
    last_poll: datetime | None
    failures: int


def plan_asking(offer: HubOffer, token: str, secret: str, now: datetime) -> HubSubscription:
    """The subscription as it is to be stored before the hub is asked. A known one keeps its address and its life."""
    known = offer.known
    if known is None or (known.hub, known.topic) != (offer.hub, offer.topic):
        known = HubSubscription(offer.feed_id, offer.hub, offer.topic, token, secret, now)
    push = known.push
    if not push.is_alive(now):
        push = replace(push, state=PushState.ASKED, until=None)
    wait = min(_FIRST_RETRY * 2 ** min(known.tries, 10), _LONGEST_RETRY)
    return replace(known, next_ask=now + wait, tries=known.tries + 1, push=push)


def after_refusal(subscription: HubSubscription, reason: str, now: datetime) -> HubSubscription:
    """The subscription after the hub said no. What it promised before holds until its time is over."""
    push = subscription.push
    if not push.is_alive(now):
        push = replace(push, state=PushState.REFUSED, until=None)
    wait = max(subscription.next_ask, now + _LONGEST_RETRY)
    return replace(subscription, next_ask=wait, reason=reason[:_LONGEST_REASON], push=push)


def after_consent(subscription: HubSubscription, lease: timedelta, now: datetime) -> HubSubscription:
    """The subscription after the hub asked whether we want it, and we did."""
    lease = min(max(lease, _SHORTEST_LEASE), _LONGEST_LEASE)
    push = replace(subscription.push, state=PushState.ALIVE, until=now + lease)
    return replace(subscription, next_ask=now + lease * _RENEW_AT, tries=0, reason="", push=push)


def after_push(subscription: HubSubscription, now: datetime) -> HubSubscription:
    """The subscription after the hub told of news."""
    return replace(subscription, push=replace(subscription.push, pushed=now))


def plan_pushed_poll(feed: PushedFeed, now: datetime) -> datetime | None:
    """When to poll a feed whose hub told of news; None for one that fails, which waits as it must."""
    if feed.failures:
        return None
    return max(now, feed.last_poll + PUSH_FLOOR) if feed.last_poll else now


def stretch(due: datetime, push: Push | None, now: datetime) -> datetime:
    """When to poll a feed that is `due` then, given what its hub does."""
    if push is None or not push.is_reliable(now):
        return due
    return max(due, now + min(max((due - now) * _SELDOM, _SELDOM_AT_LEAST), _SELDOM_AT_MOST))


def has_missed(push: Push | None, last_poll: datetime | None, now: datetime) -> bool:
    """Whether a hub that should have told of news that a poll found `now` has not."""
    if push is None or not push.is_alive(now):
        return False
    return push.pushed is None or (last_poll is not None and push.pushed <= last_poll)


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether `signature`, the header X-Hub-Signature, is that of `body` under `secret`."""
    match = _SIGNATURE.match(signature.strip())
    if match is None:
        return False
    return hmac.compare_digest(hmac.new(secret.encode(), body, match[1]).hexdigest(), match[2].lower())


def push_words(push: Push | None, now: datetime) -> str:
    """What a reader is told of a feed's hub, in two or three words; empty where it has none."""
    if push is None:
        return ""
    if push.is_reliable(now):
        return tr("its hub calls")
    if push.is_alive(now):
        return tr("subscribed at its hub")
    return tr("its hub refuses") if push.state is PushState.REFUSED else tr("its hub was asked")
