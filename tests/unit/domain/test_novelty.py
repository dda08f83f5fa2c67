"""What counts as new: ids, links, headlines and dates lie each in its own way, and nothing is lost or flooded."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.items import Item, ParsedItem, build_items
from bot.domain.novelty import FLOOD, Novelty, Past, find_novelty, keys_of
from bot.domain.rhythm import new_rhythm
from tests.factories import build_parsed_item
from tests.fakes.clock import START

HOUR = timedelta(hours=1)
TOPICS = ("troops", "floods", "elections", "drug seizures", "earthquakes", "border talks", "power cuts", "wheat prices")


def entry(number: int, **fields: object) -> ParsedItem:
    """An entry with everything of its own, published that many hours before START."""
    topic = TOPICS[number % len(TOPICS)]
    defaults: dict[str, object] = {
        "guid": f"id-{number}",
        "title": f"Report {number} about {topic} in Khatlon",
        "link": f"https://x.example/{number}",
        "published": START - number * HOUR,
    }
    return build_parsed_item(**defaults | fields)


def read(entries: Sequence[ParsedItem], now: datetime = START) -> list[Item]:
    """The items of a document."""
    return build_items(entries, feed_id="x", feed_lang="en", first_seen=now, baseline=False)


def past_of(entries: Sequence[ParsedItem]) -> Past:
    """What is known after these entries were read at START."""
    rhythm = new_rhythm(START, [one.published for one in entries], len(entries))
    return Past(dict.fromkeys(keys_of(read(entries)), START), START, rhythm, baselined=True)


def judge(before: Sequence[ParsedItem], after: Sequence[ParsedItem], *, hours: float = 1) -> Novelty:
    """What is new in `after`, some hours after `before` was read."""
    now = START + hours * HOUR
    return find_novelty(read(after, now), past_of(before), now=now)


def titles(novelty: Novelty) -> list[str]:
    """Headlines of what is new and may ring."""
    return [item.title for item in novelty.new if not item.baseline]


KNOWN = [entry(number) for number in range(1, 31)]


def test_the_same_entries_in_another_order_hold_nothing_new() -> None:
    assert judge(KNOWN, KNOWN[::-1]) == Novelty()


def test_an_entry_of_its_own_is_new_whatever_its_date() -> None:
    backdated = entry(99, published=START - timedelta(days=400))
    undated = entry(98, published=None)
    assert len(titles(judge(KNOWN, [backdated, undated, *KNOWN]))) == 2


def test_mutated_ids_and_moved_links_are_harmless() -> None:
    assert titles(judge(KNOWN, [replace(one, guid=f"{one.guid}-x") for one in KNOWN])) == []
    assert titles(judge(KNOWN, [replace(one, guid="") for one in KNOWN])) == []
    assert titles(judge(KNOWN, [replace(one, link="") for one in KNOWN])) == []


def test_new_ids_and_links_under_known_headlines_are_a_rewrite_that_rings_nothing() -> None:
    for dates in ({}, {"published": START + HOUR / 2}, {"published": None}):
        moved = [replace(one, guid=f"new-{one.guid}", link=f"{one.link}/amp", **dates) for one in KNOWN]
        novelty = judge(KNOWN, moved)
        assert (novelty.new, novelty.rewritten) == ((), True)
        assert set(novelty.remember) >= {item.key for item in read(moved)}


def test_a_new_text_in_a_rewritten_feed_still_rings() -> None:
    moved = [replace(one, guid=f"new-{one.guid}", link=f"{one.link}/amp") for one in KNOWN]
    fresh = entry(77, published=START + HOUR / 2)
    assert titles(judge(KNOWN, [fresh, *moved])) == [fresh.title]


def test_one_entry_under_another_id_and_link_is_known_by_its_headline_unless_its_date_is_newer() -> None:
    again = replace(KNOWN[0], guid="other", link="https://x.example/other")
    assert titles(judge(KNOWN, [again, *KNOWN[1:]])) == []
    assert titles(judge(KNOWN, [replace(again, published=START + 3 * HOUR), *KNOWN], hours=4)) == [again.title]
    assert titles(judge(KNOWN, [replace(again, published=None), *KNOWN[1:]])) == []
    assert titles(judge(KNOWN, [replace(again, published=None)], hours=24 * 30)) == [again.title]


def test_a_short_headline_that_recurs_is_new_each_time() -> None:
    before = [entry(1, title="Exchange rates")]
    assert titles(judge(before, [entry(2, title="Exchange rates"), *before])) == ["Exchange rates"]


def test_an_id_that_stands_on_another_text_is_no_identity() -> None:
    reused = entry(1, title="Something else altogether happened", link="https://x.example/else", published=None)
    novelty = judge(KNOWN, [reused])
    assert titles(novelty) == [reused.title]
    assert novelty.new[0].key not in keys_of(read(KNOWN))


def test_a_reused_id_names_a_new_text_if_it_is_dated_after_the_last_listing() -> None:
    before = [entry(0, guid="news")]
    after = entry(9, guid="news", published=START + HOUR / 12)
    assert titles(judge(before, [after], hours=0.25)) == [after.title]


def test_an_edited_headline_is_a_revision_and_not_new() -> None:
    edited = replace(KNOWN[0], title="Report 1: five killed in Khatlon")
    novelty = judge(KNOWN, [edited, *KNOWN[1:]])
    assert (novelty.new, [one.title for one in novelty.revisions]) == ((), [edited.title])
    assert judge([edited], [edited]).revisions == ()


def test_an_edit_that_changes_the_link_too_keeps_its_date_and_is_a_revision() -> None:
    edited = replace(KNOWN[0], title="Five killed in Khatlon border clash", link="https://x.example/five-killed")
    novelty = judge(KNOWN, [edited, *KNOWN[1:]])
    assert (titles(novelty), len(novelty.revisions)) == ([], 1)


def test_more_at_once_than_the_feed_can_have_published_is_kept_and_rings_nothing() -> None:
    archive = [entry(number, published=START - timedelta(days=number)) for number in range(100, 180)]
    novelty = judge(KNOWN, [*archive, *KNOWN])
    assert (titles(novelty), len(novelty.new), novelty.flood) == ([], 80, 80)
    renamed = [entry(number, published=START + HOUR / 2) for number in range(200, 700)]
    assert judge(KNOWN, renamed).flood == 500


def test_what_is_dated_since_the_last_poll_rings_out_of_a_flood() -> None:
    archive = [entry(number, published=START - timedelta(days=number)) for number in range(100, 180)]
    fresh = entry(77, published=START + HOUR / 2)
    assert titles(judge(KNOWN, [fresh, *archive, *KNOWN])) == [fresh.title]


def test_what_a_busy_feed_published_while_nobody_looked_is_no_flood() -> None:
    later = [entry(300 + number, published=START + number * HOUR) for number in range(1, FLOOD + 20)]
    novelty = judge(KNOWN, later, hours=48)
    assert (len(titles(novelty)), novelty.flood) == (len(later), 0)


def test_a_document_without_anything_known_is_a_possible_gap() -> None:
    later = [entry(300 + number, published=START + number * HOUR) for number in range(1, 20)]
    assert judge(KNOWN, later, hours=48).gap
    assert not judge(KNOWN, [*later, KNOWN[0]], hours=48).gap
    now = START + 48 * HOUR
    assert not find_novelty(read(later, now), past_of(KNOWN), now=now, left_out=1).gap


def test_keys_are_written_anew_once_a_week_while_they_are_listed() -> None:
    assert judge(KNOWN, KNOWN, hours=24).remember == ()
    assert set(judge(KNOWN, KNOWN, hours=24 * 8).remember) == keys_of(read(KNOWN))


def test_a_first_document_is_neither_flood_nor_rewrite_nor_gap() -> None:
    many = [entry(number) for number in range(200)]
    novelty = find_novelty(read(many), Past({}, None, None, baselined=False), now=START)
    assert (len(novelty.new), novelty.flood, novelty.rewritten, novelty.gap) == (200, 0, False, False)
