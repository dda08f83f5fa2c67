"""What the world of the suite reads and watches: eight lists, six feeds, and four days of news, all made up."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.polls import PollRecord
from bot.matching.records import Document
from bot.services.catalog import Catalog
from tests import factories
from tests.fakes.clock import START

_LIST = """\
schema: 1
id: {id}
title: {title}
description: {description}
priority: {priority}
tags: [{tag}]
groups:
  name: {{_label: {label}, en: [{words}]}}
match:
  rules:
    - {{id: name, any: [name]}}
examples:
  positive: [{{lang: en, title: "{example}"}}]
"""
_LISTS = (
    ("csto", "CSTO", "high", "regional", "CSTO by name", "=CSTO", "CSTO ministers meet in Dushanbe"),
    ("ttp", "Tehrik-i-Taliban Pakistan", "high", "group", "TTP by name", "=TTP", "TTP claims an attack in Bajaur"),
    ("drug-trafficking", "Drug trafficking", "medium", "regional", "heroin", "heroin", "Heroin found near Khorog"),
    ("border", "Tajik-Afghan border", "high", "regional", "the border", "border", "Guards close the border at Panj"),
    ("exercises", "Military exercises", "low", "regional", "exercise", "exercise*", "Joint exercise in Osh"),
    ("iskp", "ISKP", "critical", "group", "ISKP by name", "=ISKP", "ISKP claims an attack in Kunduz"),
    ("water", "Water and dams", "medium", "other", "dams", "dam, dams", "The dam at Rogun is filled"),
    ("termez", "Termez crossing", "high", "regional", "Termez", "Termez", "Trucks wait at Termez"),
)

FEEDS = (
    factories.build_feed("asia-plus", outlet="Asia-Plus", grade="B"),
    factories.build_feed("khovar", outlet="Khovar", owner="state", grade="C"),
    factories.build_feed("ofoq", outlet="Ofoq TV", lang="fa", country="AF", grade="B"),
    factories.build_feed("pamir-wire", outlet="Pamir Wire", grade="B"),
    factories.build_feed("steppe", outlet="Steppe Dispatch", country="KZ", grade=""),
    factories.build_feed("kloop", outlet="Kloop", lang="ru", country="KG", grade="B"),
    *(factories.build_feed(f"local-{n}", outlet=f"Local Post {n}", grade="D") for n in range(1, 7)),
)

# Hours before the beginning, the feed, the headline.
_PAST = (
    (90, "khovar", "Joint exercise of the CSTO begins near Osh"),
    (80, "asia-plus", "Heroin worth two million found near Khorog"),
    (74, "pamir-wire", "TTP claims an attack on a police post in Bajaur"),
    (66, "steppe", "Trucks wait for days at Termez"),
    (50, "asia-plus", "Guards close the border at Panj for a week"),
    (44, "khovar", "The dam at Rogun is filled to half its height"),
    (30, "pamir-wire", "CSTO observers leave for Dushanbe"),
    (26, "kloop", "ISKP claims an explosion in Kunduz"),
    (20, "asia-plus", "TTP commander killed in Khost, officials say"),
    (12, "steppe", "Border guards find heroin in a truck"),
    (6, "khovar", "CSTO secretary general arrives in Dushanbe"),
)
NEWEST = ("asia-plus", "CSTO troops deploy to the Tajik-Afghan border")
_REPORTS = ("khovar", "ofoq", "pamir-wire", "steppe", "kloop", "local-1", "local-2", "local-3", "local-4")

# What outlets say; every headline of the suite begins with one of these.
HEADLINES = (
    *(title for _, _, title in _PAST),
    NEWEST[1],
    "CSTO sends troops to the border, report",
    "Queue of trucks at Termez, column",
    "Officials gave no further details on Tuesday",
)


def build_lists() -> dict[str, str]:
    """The texts of the watchlists, by the names of their files."""
    names = ("id", "title", "priority", "tag", "label", "words", "example")
    texts = {}
    for row in _LISTS:
        fields = dict(zip(names, row, strict=True))
        texts[f"{row[0]}.yaml"] = _LIST.format(**fields, description=f"What is reported of {fields['title']}.")
    return texts


def build_past(catalog: Catalog) -> list[tuple[timedelta, PollRecord]]:
    """What was read before the suite begins, oldest first, with how long ago; no card of it is on a screen."""
    return [
        (timedelta(hours=hours), build_news(catalog, feed, title, number, hours=hours))
        for number, (hours, feed, title) in enumerate(_PAST, 1)
    ]


def build_piled_up(catalog: Catalog, ago: timedelta) -> list[PollRecord]:
    """What was read while the platform did not answer, all at once."""
    hours = ago / timedelta(hours=1)
    return [
        build_news(catalog, "steppe", f"Queue of trucks at Termez, column {number}", 200 + number, hours=hours)
        for number in range(1, 24)
    ]


def build_news(
    catalog: Catalog, feed: str, title: str, number: int, *, hours: float = 0, story: str = ""
) -> PollRecord:
    """A poll that found an item with this headline, filed under what its lists say; cards are for the caller to plan.

    `story` files it as one more report of a story that is known.
    """
    key = f"item-{number}"
    seen = START - timedelta(hours=hours)
    item = factories.build_item(
        key,
        feed_id=feed,
        title=title,
        summary=f"{title}. Officials gave no further details on Tuesday.",
        link=f"https://{feed}.example/news/{number}",
        first_seen=seen,
        published=seen - timedelta(minutes=4),
        lang=next(one.lang for one in FEEDS if one.id == feed),
    )
    own = story or key
    matches = catalog.matcher.match(Document(key, title, item.summary, source=feed, lang=item.lang))
    ringing = tuple(factories.build_item_match(key, story_key=own, match=match) for match in matches)
    poll = factories.build_ringing_poll(key, feed_id=feed)
    loudest = max(match.priority for match in matches)
    return replace(
        poll,
        state=replace(poll.state, last_new_item=seen, last_poll=seen, last_success=seen),
        items=(item,),
        words=((key, f"{title} {item.summary}".casefold()),),
        matches=ringing,
        stories=(
            factories.build_story(own, headline=NEWEST[1] if story else title, first_seen=START if story else seen,
                                  last_seen=seen),
        ),
        filed=(factories.build_filed_report(key, title),) if not story else (),
        alerts=tuple(replace(alert, story_key=own, priority=loudest) for alert in poll.alerts) if not story else (),
    )  # fmt: skip


def build_later_reports(catalog: Catalog) -> list[PollRecord]:
    """Nine more reports of the newest story."""
    return [
        build_news(catalog, feed, f"CSTO sends troops to the border, report {number}", 100 + number, story="item-99")
        for number, feed in enumerate(_REPORTS, 1)
    ]
