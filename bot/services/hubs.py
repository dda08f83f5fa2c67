"""Subscribes at the hubs that feeds name (WebSub), and makes a feed due when its hub calls."""

import re
import secrets
from datetime import timedelta

import structlog

from bot.domain.push import (
    LEASE,
    HubOffer,
    HubSubscription,
    PushedFeed,
    after_consent,
    after_push,
    after_refusal,
    is_signed,
    plan_asking,
    plan_pushed_poll,
)
from bot.errors import FeedError, StoreError
from bot.ports.clock import Clock
from bot.ports.hub_caller import HubCaller
from bot.ports.hub_store import HubStore
from bot.services.hooks import LATER, HookAnswer, HookCall, Hooks

# Hubs call https://…/websub/<token>.
PATH = "/websub/"
# What a hub sends is a document, as large as one that we would fetch.
MOST_BODY = 5_000_000
_LOOK_SECONDS = 30.0
_ASKED_AT_ONCE = 20
_TOKEN_BYTES = 24
_LONGEST_CHALLENGE = 2_048
_ACCEPTED = range(200, 300)
_REFUSED = range(400, 500)
_BUSY = 429
_SECONDS = re.compile(r"[0-9]{1,9}")
_UNKNOWN = HookAnswer(404)
# 410 is how a subscriber tells a hub that nobody is here any more.
_GONE = HookAnswer(410)

log = structlog.get_logger(__name__)


class Hubs:
    """Our side of every subscription. `public_url` is the address under which the world reaches our web server."""

    def __init__(self, store: HubStore, caller: HubCaller, clock: Clock, public_url: str) -> None:
        self._store = store
        self._caller = caller
        self._clock = clock
        self._public_url = public_url.rstrip("/")

    def open(self, hooks: Hooks) -> None:
        """Lets hubs call."""
        hooks.open(PATH, self.answer, methods=frozenset({"GET", "POST"}), most_body=MOST_BODY)

    async def run(self) -> None:
        """Asks the hubs that are to be asked, for ever."""
        while True:
            try:
                await self.ask_due()
            except StoreError as error:
                log.warning("hubs_not_asked", reason=str(error))
            await self._clock.sleep(_LOOK_SECONDS)

    async def ask_due(self) -> int:
        """Asks the hubs that are to be asked now; how many."""
        offers = await self._store.list_hub_offers(self._clock.now(), _ASKED_AT_ONCE)
        for offer in offers:
            await self._ask(offer)
        return len(offers)

    async def _ask(self, offer: HubOffer) -> None:
        now = self._clock.now()
        token, secret = secrets.token_urlsafe(_TOKEN_BYTES), secrets.token_urlsafe(_TOKEN_BYTES)
        subscription = plan_asking(offer, token, secret, now)
        # Before the hub knows of it: it may call back before it answers.
        await self._store.record_hub_subscription(subscription)
        fields = {
            "hub.mode": "subscribe",
            "hub.topic": subscription.topic,
            "hub.callback": f"{self._public_url}{PATH}{subscription.token}",
            "hub.secret": subscription.secret,
            "hub.lease_seconds": str(int(LEASE.total_seconds())),
        }
        try:
            status, text = await self._caller.post_form(subscription.hub, fields, on_behalf_of=offer.url)
        except FeedError as error:
            log.info("hub_not_reached", feed=offer.feed_id, hub=subscription.hub, problem=error.problem.value)
            return
        if status in _ACCEPTED:
            log.info("hub_asked", feed=offer.feed_id, hub=subscription.hub)
        elif status in _REFUSED and status != _BUSY:
            await self._refuse(subscription, f"{status} {text}".strip())

    async def answer(self, call: HookCall) -> HookAnswer:
        """What a hub that calls is answered."""
        try:
            feed = await self._store.find_pushed_feed(call.name)
            if feed is None:
                return _GONE if call.method == "POST" else _UNKNOWN
            return await (self._take_push(feed, call) if call.method == "POST" else self._agree(feed, call))
        except StoreError:
            return LATER

    async def _agree(self, feed: PushedFeed, call: HookCall) -> HookAnswer:
        """The hub makes sure that it was we who asked, or says why it will not call."""
        subscription, mode = feed.subscription, call.query.get("hub.mode", "")
        if call.query.get("hub.topic", "") != subscription.topic:
            return _UNKNOWN
        if mode == "denied":
            await self._refuse(subscription, call.query.get("hub.reason", ""))
            return HookAnswer(200)
        challenge, lease = call.query.get("hub.challenge", ""), call.query.get("hub.lease_seconds", "")
        if mode != "subscribe" or not 0 < len(challenge) <= _LONGEST_CHALLENGE:
            return _UNKNOWN
        granted = timedelta(seconds=int(lease)) if _SECONDS.fullmatch(lease) else LEASE
        await self._store.record_hub_subscription(after_consent(subscription, granted, self._clock.now()))
        log.info("hub_subscribed", feed=subscription.feed_id, hub=subscription.hub, seconds=granted.total_seconds())
        return HookAnswer(200, challenge.encode(), headers={"X-Content-Type-Options": "nosniff"})

    async def _take_push(self, feed: PushedFeed, call: HookCall) -> HookAnswer:
        subscription, now = feed.subscription, self._clock.now()
        if not is_signed(call.body, call.headers.get("x-hub-signature", ""), subscription.secret):
            # The recommendation (section 8) has the hub see success: whoever guesses signatures learns nothing.
            log.warning("hub_call_unsigned", feed=subscription.feed_id)
            return HookAnswer(202)
        await self._store.record_push(after_push(subscription, now), plan_pushed_poll(feed, now))
        log.info("hub_pushed", feed=subscription.feed_id)
        return HookAnswer(202)

    async def _refuse(self, subscription: HubSubscription, reason: str) -> None:
        log.info("hub_refused", feed=subscription.feed_id, hub=subscription.hub, reason=reason[:200])
        await self._store.record_hub_subscription(after_refusal(subscription, reason, self._clock.now()))
