"""Later reports change the card in the chat, and bring a message under it where something changed."""

from dataclasses import replace
from datetime import time, timedelta

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chat_settings import ChatSettings
from bot.domain.deliveries import REPORTS_APART
from bot.domain.messages import plain_text
from bot.domain.quiet import Override, QuietHours
from bot.domain.watchlists import WatchlistCatalog
from bot.matching.records import Priority
from bot.matching.watchlist import Condition, Escalation, Group, Term
from bot.ports.store import Store
from bot.services.alerting import AlertPlanner
from bot.services.catalog import Catalog
from bot.services.routing import load_watchers
from tests.factories import build_feed, build_feed_state, build_item, build_poll, build_watchlist
from tests.unit.services.test_delivering import DESK, Post

ATTACK = "CSTO warns of an attack on road workers near the Tajik border in Darvoz"


async def report(post: Post, outlet: str, title: str, **fields: str) -> None:
    """An outlet reports, as polls do it."""
    store, now = post.store, post.clock.now()
    feed = build_feed(outlet, **fields)
    await store.sync_feeds([build_feed("asia-plus"), build_feed("vakhsh"), build_feed("khovar", owner="state")], now)
    catalog = Catalog(WatchlistCatalog((build_watchlist(),)))
    planner = AlertPlanner(store, catalog, await load_watchers(store, catalog))
    item = build_item(
        f"{outlet}-{now.timestamp()}", title=title, summary="", feed_id=outlet, published=now, first_seen=now
    )
    plan = await planner.plan(feed, await planner.match(feed, [item]))
    poll = build_poll(
        outlet, state=build_feed_state(outlet), items=(item,), matches=plan.matches, stories=plan.stories,
        alerts=plan.alerts, cards=plan.cards, filed=plan.filed, updates=plan.updates,
    )  # fmt: skip
    await store.record_polls([poll], now)


async def watching(store: Store) -> Post:
    post = Post(store)
    await store.ensure_destination(DESK)
    await store.subscribe(DESK, "csto", "telegram:42", post.clock.now())
    return post


async def test_a_second_report_edits_the_card_and_confirms_under_it(store: Store) -> None:
    post = await watching(store)
    await report(post, "asia-plus", ATTACK)
    await post.deliver_until(2)
    await report(post, "vakhsh", "CSTO warns of attack on road workers near the Tajik border, Darvoz")
    await post.deliver_until(5)
    card, update = post.messenger.sent
    assert update.reply_to.message == "message-1"
    assert update.silent
    assert plain_text(update.message).splitlines()[0].endswith("· now 2 outlets, 2 origins")
    assert post.messenger.edits == []
    await post.clock.advance(REPORTS_APART.total_seconds())
    await post.deliver_until(2)
    (edit,) = post.messenger.edits
    assert (edit.message_id, edit.at - card.at >= REPORTS_APART.total_seconds()) == ("message-1", True)
    assert "2 outlets, 2 origins" in plain_text(edit.message)


async def test_a_card_that_waits_for_its_chance_says_everything_itself(store: Store) -> None:
    post = await watching(store)
    await report(post, "asia-plus", ATTACK)
    await report(post, "vakhsh", "CSTO warns of attack on road workers near the Tajik border, Darvoz")
    await post.clock.advance(timedelta(hours=1).total_seconds())
    await post.deliver_until(3)
    (card,) = post.messenger.sent
    assert "2 outlets, 2 origins" in plain_text(card.message)
    assert post.messenger.edits == []


async def test_two_origins_in_one_batch_confirm_at_night(store: Store) -> None:
    post = await watching(store)
    now = post.clock.now()
    quiet = QuietHours(time(0), time(23, 59), Override.CONFIRMED)
    entry = AuditEntry(now, "telegram:42", Action.CHANGED, Subject.SETTING, DESK.key)
    await store.record_settings(DESK, ChatSettings(quiet=quiet), entry)
    watchlist = build_watchlist()
    louder = Escalation("toll", Condition(all_of=(("workers",),)), Priority.CRITICAL)
    workers = Group("workers", "workers", (Term("workers", "en"),))
    catalog = Catalog(
        WatchlistCatalog((replace(watchlist, groups=(*watchlist.groups, workers), escalations=(louder,)),))
    )
    planner = AlertPlanner(store, catalog, await load_watchers(store, catalog))
    plans = []
    for outlet, title in (("asia-plus", ATTACK), ("vakhsh", ATTACK.replace("workers", "builders"))):
        feed = build_feed(outlet, grade="F")
        item = build_item(outlet, title=title, summary="", feed_id=outlet, published=now, first_seen=now)
        plans.append(await planner.plan(feed, await planner.match(feed, [item])))
    held, confirmed = (card for plan in plans for card in plan.cards)
    assert held.not_before is not None
    assert (confirmed.story_key, confirmed.not_before, confirmed.silent) == (held.story_key, None, False)
