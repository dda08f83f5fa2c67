"""The blindness meter in /watchlists and /status."""

from dataclasses import replace

from bot.domain.health import Health, Pulse
from tests import factories
from tests.fakes.clock import START
from tests.unit.commands.desk import Desk, button_of, text_of


async def lose(desk: Desk, feed_id: str, lang: str) -> None:
    """A feed that brings nothing since the start."""
    await desk.store.sync_feeds(
        [factories.build_feed(), factories.build_feed(feed_id, lang=lang, outlet="TASS")], START
    )
    poll = factories.build_poll(feed_id)
    await desk.store.record_polls([replace(poll, pulse=Pulse(since=START, told=Health.BLOCKED))], START)


async def test_a_list_shows_which_languages_it_hears(desk: Desk) -> None:
    await desk.watch("csto")
    await lose(desk, "tass", "ru")
    answer = await desk.write("/watchlists csto")
    assert text_of(answer) == (
        "CSTO: decisions and statements · hears 1 of 2 feeds\n"
        "• English 1 of 1 · no item yet\n"
        "• ⚠️ Russian 0 of 1 · no item yet · silent: TASS"
    )
    assert "csto" in text_of(await desk.press(button_of(answer, "The list")))


async def test_status_counts_the_lists_that_hear_everything(desk: Desk) -> None:
    await desk.watch("csto", "ttp")
    assert "2 of 2 lists hear every language they have feeds in; no feed yet in Russian (/watchlists <id>)" in text_of(
        await desk.write("/status")
    )
    await lose(desk, "tass", "ru")
    said = text_of(await desk.write("/status"))
    assert "0 of 2 lists hear every language they have feeds in (/watchlists <id>)" in said
    assert "⚠️ No healthy feed: CSTO: decisions and statements (Russian)" in said


async def test_an_unknown_list_is_refused(desk: Desk) -> None:
    assert "no watchlist called" in text_of(await desk.write("/watchlists nothing"))
