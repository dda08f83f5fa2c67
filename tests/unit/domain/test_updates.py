"""Which later reports of a story bring a message under its card, and what that says."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.alerts import AlertView, Report
from bot.domain.chat_settings import Attention, ChatSettings
from bot.domain.deliveries import Urgency
from bot.domain.messages import plain_text
from bot.domain.mutes import Mute, MuteKind
from bot.domain.policy import BELOW_CLEARANCE, NO_LONGER_WATCHED
from bot.domain.quiet import Override, QuietHours
from bot.domain.routes import RouteTarget
from bot.domain.routing import Watcher, Watchers
from bot.domain.updates import IN_QUIET_HOURS, TOO_MANY, PlannedUpdate, ShownCard, ShownStory, plan_updates
from bot.domain.watchlists import Place
from bot.matching.records import Priority
from tests.factories import (
    at,
    build_alert,
    build_alert_view,
    build_destination,
    build_feed,
    build_item,
    build_match,
    build_report,
    build_story,
)
from tests.fakes.clock import START

DESK = build_destination()
LISTS = frozenset({"csto", "border"})
FIRST = "Gunmen attack road workers near the river in Darvoz"


def report(outlet: str, title: str, minutes: float = 20, **fields: Any) -> Report:
    """A later report of another outlet, in words of its own."""
    seen = at(minutes)
    item = build_item(
        f"{outlet}-{minutes}", title=title, summary=fields.pop("summary", ""), feed_id=outlet,
        lang=fields.pop("lang", "en"), published=seen - timedelta(minutes=1), first_seen=seen,
        baseline=fields.pop("baseline", False),
    )  # fmt: skip
    feed = build_feed(outlet, **{name: fields.pop(name) for name in ("owner", "grade") if name in fields})
    return build_report(item=item, feed=feed, matches=fields.pop("matches", (build_match(),)))


def shown(*reports: Report, updates: int = 0, priority: Priority = Priority.HIGH) -> ShownStory:
    first = report("asia-plus", FIRST, 0, matches=(build_match(priority=priority),))
    view = build_alert_view(
        alert=build_alert("K4TB", priority=priority), story=build_story(id=18), reports=(first, *reports)
    )
    return ShownStory(view, (ShownCard(DESK, "K4TB", tuple(at(-minute) for minute in range(updates))),))


def watching(**fields: Any) -> Watchers:
    least = dict.fromkeys(LISTS, Priority.LOW)
    return Watchers({DESK.key: Watcher(DESK, least, **fields)})


def plan(story: ShownStory, new: Report, watchers: Watchers | None = None) -> list[PlannedUpdate]:
    return list(plan_updates(story, new, watchers or watching(), LISTS))


def words(story: ShownStory, new: Report) -> list[str]:
    (planned,) = plan(story, new)
    return plain_text(planned.message).splitlines()


CONFIRMING = report("vakhsh", "В Дарвазе обстреляли дорожных рабочих", lang="ru")


def test_a_second_origin_confirms() -> None:
    assert words(shown(), CONFIRMING) == [
        "🔺 Update to K4TB · now 2 outlets, 2 origins",
        "• Confirmed by Vakhsh · 07:19",
        "В Дарвазе обстреляли дорожных рабочих (https://asia-plus.example/news/vakhsh-20) · Vakhsh, ru, reliability B",
    ]


def test_another_outlet_that_only_passes_the_news_on_says_nothing_new() -> None:
    assert plan(shown(), report("vakhsh", "Gunmen attack road workers, Asia Plus reports")) == []


def test_a_third_origin_is_no_news() -> None:
    assert plan(shown(CONFIRMING), report("third", "Road workers shot at in the mountains", 30)) == []


def test_numbers_that_appear_and_that_rise_are_told() -> None:
    known = report("vakhsh", "Дорожные рабочие: 2 человека погибли", lang="ru")
    assert words(shown(), known)[2] == "• Changed: no numbers → “2 killed”"
    risen = report("third", "Toll rises from 2 to 3 killed, 5 wounded", 30)
    assert words(shown(known), risen)[1] == "• Changed: “2 killed” → “3 killed, 5 wounded”"
    died = report("fourth", "Three of the wounded have died near the river", 40)
    assert words(shown(known, risen), died)[1] == "• Changed: “3 killed, 5 wounded” → “3 of the wounded died”"


def test_numbers_that_are_known_are_not_told_again() -> None:
    known = report("vakhsh", "Two killed and three wounded", 20)
    assert plan(shown(known), report("third", "3 wounded, 2 killed near the river", 30)) == []


def test_the_first_official_body_is_told() -> None:
    story = shown(CONFIRMING)
    official = report("khovar", "Interior ministry speaks of an attack on workers", 30, owner="state")
    assert words(story, official)[1] == "• First official statement: Khovar (state) · 07:29"
    again = report("embassy", "Embassy speaks of an attack on workers", 40, owner="gov")
    assert plan(shown(CONFIRMING, official), again) == []


@pytest.mark.parametrize(
    ("title", "lang"),
    [
        ("Border guards deny an attack on workers", "en"),
        ("Погранвойска опровергли сообщения о нападении", "ru"),
        ("مرزبانان حمله به کارگران را تکذیب کردند", "fa"),
        ("Марзбонон хабари ҳамларо рад карданд", "tg"),
        ("سرحدي ځواکونو پر کارګرانو برید رد کړ", "ps"),
        ("Chegarachilar hujum haqidagi xabarni rad etdi", "uz"),
        ("Чек арачылар кол салууну четке какты", "ky"),
        ("Шекарашылар шабуыл туралы хабарды жоққа шығарды", "kk"),
        ("سرحدی فورس نے حملے کی خبر کی تردید کر دی", "ur"),
    ],
)
def test_a_denial_is_told_in_every_language(title: str, lang: str) -> None:
    denial = report("third", title, 30, lang=lang)
    assert words(shown(CONFIRMING), denial)[1] == "• Denial reported by Third · 07:29"
    assert plan(shown(CONFIRMING, denial), report("fourth", title, 40, lang=lang)) == []


def test_a_doubt_in_persian_is_no_denial() -> None:
    assert plan(shown(CONFIRMING), report("third", "تردید درباره حمله به کارگران", 30, lang="fa")) == []


def test_a_rise_to_critical_sounds_and_other_updates_do_not() -> None:
    louder = report("third", "Road workers shot at", 30, matches=(build_match(priority=Priority.CRITICAL),))
    (planned,) = plan(shown(CONFIRMING), louder)
    assert plain_text(planned.message).splitlines()[1] == "• Priority: high → critical"
    assert (planned.urgency, planned.message.silent) == (Urgency.CRITICAL, False)
    (quieter,) = plan(shown(), CONFIRMING)
    assert (quieter.urgency, quieter.message.silent) == (Urgency.ALERT, True)


def test_a_rise_to_critical_calls_who_is_there_where_the_chat_asked_for_it() -> None:
    louder = report("third", "Road workers shot at", 30, matches=(build_match(priority=Priority.CRITICAL),))
    calling = watching(attention=Attention(ChatSettings(here=True, discreet=True)))
    assert [one.message.here for one in plan(shown(CONFIRMING), louder, calling)] == [True]
    assert [one.message.here for one in plan(shown(CONFIRMING), louder)] == [False]
    assert [one.message.here for one in plan(shown(), CONFIRMING, calling)] == [False]


def test_another_list_is_told_where_it_is_as_loud() -> None:
    loud = report("third", "Shots at the border", 30, matches=(build_match("border"),))
    assert words(shown(CONFIRMING), loud)[1] == "• Also rings: BORDER (high)"
    low = report("third", "Shots at the border", 30, matches=(build_match("border", priority=Priority.MEDIUM),))
    assert plan(shown(CONFIRMING), low) == []


def test_what_was_read_at_a_first_poll_or_days_late_changes_nothing() -> None:
    assert plan(shown(), report("vakhsh", "В Дарвазе обстреляли рабочих", lang="ru", baseline=True)) == []
    late = report("vakhsh", "В Дарвазе обстреляли рабочих", lang="ru")
    old = build_item("old", title=late.item.title, published=at(-60 * 60), first_seen=at(20))
    assert plan(shown(), build_report(item=old, feed=late.feed)) == []


def reason(watchers: Watchers, story: ShownStory | None = None, new: Report = CONFIRMING) -> str:
    (planned,) = plan(story or shown(), new, watchers)
    return planned.suppressed


def test_mutes_clearance_and_lists_that_are_gone_hold_an_update_back() -> None:
    mute = Mute(DESK.key, MuteKind.STORY, "item-1", "this story", START, name="Dana")
    assert reason(watching(attention=Attention(mutes=(mute,)))) == "muted: this story, by Dana"
    assert (
        reason(watching(target=RouteTarget("desk", DESK, Place("routes.yaml", 1, 1), clearance="A"))) == BELOW_CLEARANCE
    )
    assert reason(Watchers({})) == NO_LONGER_WATCHED


def quiet(override: Override = Override.CRITICAL) -> Watchers:
    hours = QuietHours(at(-60).time(), at(600).time(), override)
    return watching(attention=Attention(ChatSettings(quiet=hours)))


def test_quiet_hours_let_only_a_rise_to_critical_through() -> None:
    assert reason(quiet()) == IN_QUIET_HOURS
    louder = report("third", "Road workers shot at", 30, matches=(build_match(priority=Priority.CRITICAL),))
    assert reason(quiet(), new=louder) == ""
    assert reason(quiet(Override.NONE), new=louder) == IN_QUIET_HOURS


def test_four_updates_a_day_are_the_most_and_the_last_is_kept_for_a_rise_to_critical() -> None:
    assert reason(watching(), shown(updates=2)) == ""
    assert reason(watching(), shown(updates=3)) == TOO_MANY
    louder = report("third", "Road workers shot at", 30, matches=(build_match(priority=Priority.CRITICAL),))
    assert reason(watching(), shown(updates=3), louder) == ""
    assert reason(watching(), shown(updates=4), louder) == TOO_MANY
    yesterday = ShownStory(shown().view, (ShownCard(DESK, "K4TB", tuple(at(-60 * 24) for _ in range(4))),))
    assert reason(watching(), yesterday) == ""


def test_the_next_report_of_a_batch_sees_what_the_one_before_changed() -> None:
    story = shown()
    grown = story.grow(CONFIRMING, plan(story, CONFIRMING))
    assert isinstance(grown.view, AlertView)
    assert len(grown.cards[0].updates) == 1
    assert plan(grown, report("third", "Road workers shot at in the mountains", 21)) == []
