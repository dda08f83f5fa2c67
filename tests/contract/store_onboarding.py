"""What every store promises about chats at their beginning."""

from datetime import timedelta

from bot.domain.deliveries import Urgency
from bot.domain.onboarding import Onboarding
from bot.ports.store import Store
from tests.contract.outbox import claim
from tests.contract.reopening import Reopen
from tests.factories import at, build_destination, build_feed, build_outgoing, build_ringing_poll

NEW, OTHER = build_destination("1"), build_destination("2")


class OnboardingContract:
    """Questions, reminders, examples."""

    async def test_how_far_a_chat_came_outlives_a_restart(self, store: Store, reopen: Reopen) -> None:
        assert await store.find_onboarding(NEW.key) is None
        await store.record_onboarding(NEW, Onboarding(at(0)))
        answered = Onboarding(at(0), "ngo", ("csto", "ttp"))
        await store.record_onboarding(NEW, answered)
        store = await reopen()
        assert await store.find_onboarding(NEW.key) == answered
        await store.end_onboarding(NEW.key)
        assert await store.find_onboarding(NEW.key) is None

    async def test_a_chat_is_reminded_once(self, store: Store) -> None:
        await store.record_onboarding(NEW, Onboarding(at(0)))
        await store.record_onboarding(OTHER, Onboarding(at(0)))
        await store.subscribe(OTHER, "csto", "telegram:2", at(1))
        assert await store.list_abandoned(at(0)) == []
        assert [(one.key, watches) for one, watches in await store.list_abandoned(at(1))] == [
            (NEW.key, False),
            (OTHER.key, True),
        ]
        await store.record_reminder(build_outgoing("onboarding:1", destination=NEW, urgency=Urgency.NOTICE), at(2))
        assert [one.key for one, _ in await store.list_abandoned(at(3))] == [OTHER.key]
        assert len(await claim(store, at(2))) == 1

    async def test_who_left_is_not_reminded(self, store: Store) -> None:
        await store.record_onboarding(NEW, Onboarding(at(0)))
        await store.disable_destination(NEW.key, "the bot was blocked")
        assert await store.list_abandoned(at(1)) == []

    async def test_what_rang_is_listed_by_list_and_date(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.record_polls([build_ringing_poll("story", OTHER)], at(0))
        since = at(0) - timedelta(days=7)
        (rang,) = await store.list_ringing(since, ["csto", "ttp"])
        assert (rang.watchlist, rang.at) == ("csto", at(-5))
        assert await store.list_ringing(since, ["ttp"]) == []
        assert await store.list_ringing(at(-4), ["csto"]) == []

    async def test_the_newest_alert_on_the_lists_is_the_example(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.record_polls([build_ringing_poll("older", OTHER)], at(0))
        await store.record_polls([build_ringing_poll("newer", OTHER)], at(1))
        await claim(store, at(1))
        assert await store.plan_example(NEW, ["ttp"], at(2)) is None
        found = await store.plan_example(NEW, ["csto", "ttp"], at(2))
        assert found is not None
        alert_id, made = found
        assert made == at(1)
        shown = await store.find_alert(alert_id, NEW.key)
        assert shown is not None
        assert shown.story.key == "newer"
        (card,) = [one for one in await claim(store, at(2)) if one.destination.key == NEW.key]
        assert (card.alert_id, card.silent, card.urgency) == (alert_id, True, Urgency.REPLY)

    async def test_an_example_is_none_that_the_chat_has(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.record_polls([build_ringing_poll("known", NEW)], at(0))
        assert await store.plan_example(NEW, ["csto"], at(0) + timedelta(hours=1)) is None
