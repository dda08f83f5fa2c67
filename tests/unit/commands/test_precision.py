"""/precision, and what follows from what people say was wrong: proposals, applied, refused, undone, written out."""

from pathlib import Path

import pytest

from bot.domain.chats import ChatKind, Destination
from bot.domain.messages import Button, Message
from bot.matching.records import Document
from bot.ports.store import Store
from bot.services.catalog import Catalog
from bot.sources.watchlist_files import load_watchlists
from bot.sources.watchlist_texts import FolderTexts
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import PRIVATE, Desk, button_of, buttons_of, text_of
from tests.unit.commands.test_editing import code_of, make_list

FILE = """\
schema: 1
id: ttp
title: TTP
priority: high   # loud
groups:
  name: {_label: TTP, en: [=TTP]}
match:
  rules:
    - {id: name, any: [name]}  # by its acronym
examples:
  positive: [{lang: en, title: "TTP attack"}]
"""
BAD = ("Ten TTPs: MITRE maps the TTP of ransomware", "MITRE updates its TTP matrix", "New TTP entries by MITRE today")
USEFUL = ("TTP ambush kills nine soldiers", "TTP claims attack near Bannu")
GROUP = factories.build_destination("-1001", kind=ChatKind.GROUP)
DANA = factories.build_person("7", name="Dana")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lists = tmp_path / "watchlists"
    lists.mkdir()
    (lists / "ttp.yaml").write_text(FILE, encoding="utf-8")
    return lists


@pytest.fixture
async def desk(store: Store, folder: Path) -> Desk:
    """A desk whose list stands in a file."""
    await store.sync_feeds([factories.build_feed(), factories.build_feed("blog", outlet="Blog")], START)
    return Desk(store, catalog=Catalog(load_watchlists(folder)), texts=FolderTexts(folder))


async def ring(
    desk: Desk, title: str, watchlist: str = "ttp", destination: Destination = PRIVATE, *, feed: str = "asia-plus"
) -> str:
    """An alert about an item with this headline, matched by the list as it is; the alert's id."""
    key = f"item-{abs(hash(title))}"
    poll = factories.build_ringing_poll(key, destination, feed_id=feed)
    (match,) = [one for one in desk.services.catalog.matcher.match(Document(key, title)) if one.watchlist == watchlist]
    item = factories.build_item(key, title=title, summary="", feed_id=feed)
    changed = factories.build_poll(
        feed,
        items=(item,),
        words=((key, title.casefold().replace(":", "")),),
        matches=(factories.build_item_match(key, match=match),),
        stories=(factories.build_story(key, headline=title),),
        filed=poll.filed,
        alerts=poll.alerts,
        cards=poll.cards,
    )
    return (await desk.ring(changed, destination))[0]


def rings(desk: Desk, watchlist: str, title: str) -> bool:
    """Whether the list, as it is in use, matches a headline."""
    return any(match.watchlist == watchlist for match in desk.services.catalog.matcher.match(Document("x", title)))


async def rate(
    desk: Desk, watchlist: str = "ttp", destination: Destination = PRIVATE, reason: str = "sense"
) -> Message | None:
    """Two useful alerts and three that were not, for this reason; what is answered to the last verdict."""
    for title in USEFUL:
        await desk.press(Button("", "up", await ring(desk, title, watchlist, destination)), destination)
    answer = None
    for title in BAD:
        alert = await ring(desk, title, watchlist, destination)
        answer = await desk.press(Button("", "dn", alert, reason), destination)
    return answer


async def test_wrong_meanings_lead_to_the_word_that_tells_them_apart(desk: Desk) -> None:
    name = await make_list(desk, "=TTP")
    proposal = await rate(desk, name)
    assert text_of(proposal) == (
        "🔧 Exclude “MITRE” for =TTP? Would have removed 3 of 3 bad and 0 of 2 useful alerts in 30 days."
    )
    assert buttons_of(proposal) == ["Apply", "Edit", "No"]
    assert desk.app.notices[-1].endswith(": 2 of 5 rated alerts useful.")

    applied = await desk.press(button_of(proposal, "Apply"))
    assert text_of(applied) == f"{name} is now version 2. It is live."
    assert not rings(desk, name, BAD[0])
    assert rings(desk, name, USEFUL[0])
    undone = await desk.press(button_of(applied, "Undo"))
    assert text_of(undone) == f"{name} is as it was before."
    assert rings(desk, name, BAD[0])


async def test_undo_ends_after_ten_minutes(desk: Desk) -> None:
    name = await make_list(desk, "=TTP")
    applied = await desk.press(button_of(await rate(desk, name), "Apply"))
    await desk.clock.advance(601)
    assert text_of(await desk.press(button_of(applied, "Undo"))).startswith("It is too late to undo that here.")


async def test_a_list_of_a_file_is_written_out_as_a_patch(desk: Desk, folder: Path) -> None:
    proposal = await rate(desk)
    answer = await desk.press(button_of(proposal, "Apply"))
    assert text_of(answer).startswith("ttp stands in ttp.yaml, so nothing is changed here. The patch for it:")
    assert [row for row in code_of(answer).splitlines() if row[0] in "+-"] == [
        "--- a/ttp.yaml",
        "+++ b/ttp.yaml",
        "+  exclude:",
        '+    - {id: not-mitre, query: "MITRE"}',
    ]
    assert (folder / "ttp.yaml").read_text(encoding="utf-8") == FILE


async def test_a_refused_proposal_is_not_made_again(desk: Desk) -> None:
    proposal = await rate(desk)
    assert await desk.press(button_of(proposal, "No")) is None
    assert desk.app.notices[-1] == "Nothing was changed. I will not ask that again for TTP."
    again = await desk.press(Button("", "dn", await ring(desk, "The TTP list of MITRE grows"), "sense"))
    assert again is None
    assert text_of(await desk.press(button_of(proposal, "Apply"))) == "That proposal was settled before."


async def test_a_proposal_is_made_once_and_shown_when_asked_for(desk: Desk) -> None:
    proposal = await rate(desk)
    assert await desk.press(Button("", "dn", await ring(desk, "The TTP list of MITRE grows"), "sense")) is None
    asked = await desk.write("/precision ttp fix")
    assert "4 of 4 bad" in text_of(asked)
    assert button_of(asked, "Apply").subject == button_of(proposal, "Apply").subject


async def test_only_those_who_may_change_the_list_apply_it(desk: Desk) -> None:
    proposal = await rate(desk, destination=GROUP)
    assert await desk.press(button_of(proposal, "Apply"), GROUP, DANA) is None
    assert desk.app.notices[-1] == "Only admins of this group can do that. I told no one you asked."
    desk.app.admins.add(DANA.key)
    assert "The patch for it:" in text_of(await desk.press(button_of(proposal, "Apply"), GROUP, DANA))
    elsewhere = factories.build_destination("-1002", kind=ChatKind.GROUP)
    desk.app.notices.clear()
    assert await desk.press(button_of(proposal, "Apply"), elsewhere, DANA) is None
    assert desk.app.notices == ["That proposal is gone. /precision shows what there is."]


async def test_too_minor_lowers_the_list(desk: Desk) -> None:
    name = await make_list(desk, "=TTP")
    proposal = await rate(desk, name, reason="minor")
    assert text_of(proposal) == (
        "🔧 Lower =TTP to low? Would have quietened 3 of 3 bad and 2 of 2 useful alerts in 30 days."
    )
    await desk.press(button_of(proposal, "Apply"))
    assert desk.services.catalog.find_chat_list(name).watchlist.priority.word == "low"  # type: ignore[union-attr]


async def test_only_mentioned_keeps_what_stands_below_headlines_for_the_digest(desk: Desk, folder: Path) -> None:
    alerts = []
    for number in range(3):
        title = f"Budget talks, part {number}"
        poll = factories.build_ringing_poll(f"aside-{number}", PRIVATE)
        item = factories.build_item(f"aside-{number}", title=title, summary="Among much else the TTP was named.")
        (match,) = desk.services.catalog.matcher.match(Document("x", title, item.summary))
        changed = factories.build_poll(
            items=(item,), words=poll.words, matches=(factories.build_item_match(item.key, match=match),),
            stories=(factories.build_story(item.key, headline=title),), filed=poll.filed, alerts=poll.alerts,
            cards=poll.cards,
        )  # fmt: skip
        alerts.append((await desk.ring(changed))[0])
    await desk.press(Button("", "up", await ring(desk, USEFUL[0])))
    answers = [await desk.press(Button("", "dn", alert, "aside")) for alert in alerts]
    assert text_of(answers[-1]) == (
        "🔧 Ring TTP only for headlines, and keep mentions for the digest? "
        "Would have quietened 3 of 3 bad and 0 of 1 useful alerts in 30 days."
    )
    assert "+mentions: digest" in code_of(await desk.press(button_of(answers[-1], "Apply")))


async def test_a_bad_source_is_left_out(desk: Desk) -> None:
    await desk.press(Button("", "up", await ring(desk, USEFUL[0])))
    answer = None
    for title in BAD:
        alert = await ring(desk, title, feed="blog")
        answer = await desk.press(Button("", "dn", alert, "src"))
    assert text_of(answer) == (
        "🔧 Leave Blog out of TTP? Would have removed 3 of 3 bad and 0 of 1 useful alerts in 30 days."
    )
    assert "+sources: {except: [blog]}" in code_of(await desk.press(button_of(answer, "Apply")))


async def test_a_repeat_is_proposed_for_a_merge(desk: Desk) -> None:
    first = await ring(desk, "TTP ambush kills nine soldiers in Bannu")
    second = await ring(desk, "TTP ambush in Bannu kills nine")
    answer = await desk.press(Button("", "dn", second, "old"))
    assert text_of(answer) == f"🔧 Is {second} the story of {first}? Merged, later reports find one card."
    merged = await desk.press(button_of(answer, "Merge"))
    assert text_of(merged).startswith("Merged into S")


async def test_an_edit_shows_the_changed_text(desk: Desk) -> None:
    proposal = await rate(desk)
    assert '{id: not-mitre, query: "MITRE"}' in code_of(await desk.press(button_of(proposal, "Edit")))


async def test_precision_is_told_by_rule_term_and_outlet(desk: Desk) -> None:
    await desk.watch("ttp")
    await rate(desk)
    assert text_of(await desk.write("/precision")).splitlines()[:2] == [
        "Precision, the last 30 days",
        "• TTP: 2 of 5 rated (40%; likely 12-77%)",
    ]
    shown = await desk.write("/precision ttp")
    assert text_of(shown).splitlines() == [
        "Precision of TTP",
        "2 of 5 rated (40%; likely 12-77%)",
        "",
        "Rules",
        "• name: 2 of 5 rated (40%; likely 12-77%)",
        "",
        "Terms",
        "• =TTP: 2 of 5 rated (40%; likely 12-77%)",
        "",
        "Outlets",
        "• Asia Plus: 2 of 5 rated (40%; likely 12-77%)",
    ]
    assert "Exclude “MITRE”" in text_of(await desk.press(button_of(shown, "See suggested fix")))
    assert text_of(await desk.write("/precision nothing")).startswith("There is no watchlist called")


async def test_wrong_places_lead_to_a_place_that_has_to_be_named(desk: Desk, folder: Path) -> None:
    groups = "schema: 1\ngroups:\n  geo.pakistan: {_label: Pakistan, en: [Pakistan*, Bannu, Waziristan]}\n"
    (folder / "groups.yaml").write_text(groups, encoding="utf-8")
    (folder / "other.yaml").write_text(
        FILE.replace("id: ttp", "id: other").replace("any: [name]", "all: [name, geo.pakistan]"), encoding="utf-8"
    )
    desk = Desk(desk.store, catalog=Catalog(load_watchlists(folder)), texts=FolderTexts(folder))
    for title in ("TTP ambush in Waziristan", "TTP attack near Bannu"):
        await desk.press(Button("", "up", await ring(desk, title)))
    answer = None
    for title in ("TTP camp in Kunar", "TTP camp in Khost", "TTP men in Paktika"):
        answer = await desk.press(Button("", "dn", await ring(desk, title), "place"))
    assert text_of(answer) == (
        "🔧 Ring TTP only where Pakistan is named? Would have removed 3 of 3 bad and 0 of 2 useful alerts in 30 days."
    )
    patch = code_of(await desk.press(button_of(answer, "Apply")))
    assert "+    - {id: outside-pakistan, any: [name], unless: [geo.pakistan]}" in patch


async def test_a_context_is_asked_for_where_no_single_word_tells_the_meanings_apart(desk: Desk) -> None:
    for title in ("TTP militants strike", "TTP militants flee"):
        await desk.press(Button("", "up", await ring(desk, title)))
    answer = None
    for title in ("TTP alpha", "TTP beta", "TTP gamma"):
        answer = await desk.press(Button("", "dn", await ring(desk, title), "sense"))
    assert text_of(answer) == (
        "🔧 Ring TTP only with “militants” in the text? "
        "Would have removed 3 of 3 bad and 0 of 2 useful alerts in 30 days."
    )
    assert 'query: "$name -militants"' in code_of(await desk.press(button_of(answer, "Apply")))
