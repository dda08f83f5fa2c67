"""/test: what a query or a list would have caught, before anybody is alerted. Also the first step of a new list."""

import asyncio
import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.commands.answers import commands_in, say
from bot.commands.backtest_words import (
    build_miss_blocks,
    build_reading_blocks,
    build_test_blocks,
    operator_hints,
    rate_words,
    spread,
)
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.backtests import DEFAULT_DAYS, Figures, Miss, Replay, build_figures
from bot.domain.chat_lists import Draft, Sample
from bot.domain.command_names import typed_command
from bot.domain.dialogs import Dialog
from bot.domain.language import later, retold, tr
from bot.domain.messages import Block, Button, Gap, Message, bold, isolate, line
from bot.domain.wording import local_time, shorten
from bot.errors import NotFound, SettingsError
from bot.matching.watchlist import Watchlist
from bot.services.list_editing import taken_ids
from bot.services.list_loading import find_lost
from bot.services.list_texts import NEW_LIST, ReadList, is_watchlist_text, read_list, read_query_list, unfenced
from bot.services.lists import Lists

RATED_SAMPLES = 10
DRAFT = "draft"
Rows = tuple[tuple[Button, ...], ...]
_DAYS = re.compile(r"(?:^|\s)(\d{1,3})d\s*$")
_QUERY_SIGNS = re.compile(r"[\s\"«“*()|:$=/]")
_NEAR = "near"
_SIMILAR_NAME = 0.8


async def handle_test(request: Request) -> Reply:
    """The figures of a list, of a query, or of a watchlist sent as YAML; `30d` behind it says how far to look back."""
    given = f"{request.invocation.subject} {request.argument}".strip()
    if not given:
        raise SettingsError(tr("Test what?"), tr('Example: /test "Tajik* NEAR/10 border" -football 30d'))
    if is_watchlist_text(given):
        return await try_list(request, await read_list(request.services.texts, unfenced(given), tr("your text")))
    days = _DAYS.search(given)
    text = _DAYS.sub("", given).strip() if days else given
    period = int(days[1]) if days else DEFAULT_DAYS
    known = request.lists.find(text) if text else None
    if known is not None:
        return await _test_known(request, known, period, near_misses=False)
    words, _, last = text.rpartition(" ")
    known = request.lists.find(words) if last == _NEAR else None
    if known is not None:
        return await _test_known(request, known, period, near_misses=True)
    await refuse_lost(request, text)
    if not is_query(text, request.lists):
        request.lists.get(text)
    return await try_new_list(request, text, period)


def is_query(text: str, lists: Lists) -> bool:
    """Whether words that name no list are meant as a query: a single word that is nearly a list's id is a slip."""
    return bool(_QUERY_SIGNS.search(text)) or not lists.close(text)


async def refuse_lost(request: Request, text: str) -> None:
    """Raises NotFound for a word that is no list, but was one: its file is gone, or the chat removed it or broke it."""
    services, key = request.services, request.destination.key
    broken = services.catalog.find_broken_list(text, key)
    if broken is not None:
        cause = tr("{list} does not work: {reason}", list=broken.id, reason=isolate(retold(broken.fault)))
        raise NotFound(cause, f"/edit {broken.id}")
    lost = await find_lost(services.store, services.catalog, text, key)
    if lost is not None:
        when = local_time(lost.at, ZoneInfo(request.destination.timezone))
        raise NotFound(
            tr("There was a watchlist called {list}, last changed {when}; it is gone.", list=lost.watchlist, when=when),
            tr('To look for the word, put it in quotes: /test "{list}"', list=lost.watchlist),
        )


async def try_new_list(request: Request, query: str, days: int = DEFAULT_DAYS) -> Reply:
    """The test of a query, with a button to watch it; a query that rings all day is refused."""
    read = await read_query_list(request.services.texts, query)
    return await _test_new(request, read, query, days)


async def try_list(request: Request, read: ReadList) -> Reply:
    """The test of a whole new list."""
    return await _test_new(request, read, "", DEFAULT_DAYS)


async def _test_known(request: Request, watchlist: Watchlist, days: int, *, near_misses: bool) -> Reply:
    replay = await request.services.editor.test(watchlist, request.destination, request.now, days)
    zone, outlets = ZoneInfo(request.destination.timezone), await outlets_of(request)
    if near_misses:
        blocks = [
            line(bold(tr("Near misses")), f" · {watchlist.id}"),
            *build_miss_blocks(replay.misses, outlets, zone),
        ]
        return Reply(
            Message(
                tuple(blocks), tr("{count} near misses of {title}.", count=len(replay.misses), title=watchlist.title)
            )
        )
    figures = await asyncio.to_thread(build_figures, replay, watchlist.id, zone)
    buttons = [Button(tr("Near misses"), "test", watchlist.id, _NEAR)] if replay.misses else []
    blocks = [*build_test_blocks(replay, figures, outlets, zone), *build_reading_blocks(watchlist)]
    return Reply(Message(tuple(blocks), _summary(watchlist.title, figures), (tuple(buttons),) if buttons else ()))


async def _test_new(request: Request, read: ReadList, query: str, days: int) -> Reply:
    watchlist = read.watchlist
    replay = await request.services.editor.test(watchlist, request.destination, request.now, days)
    zone, outlets = ZoneInfo(request.destination.timezone), await outlets_of(request)
    figures = await asyncio.to_thread(build_figures, replay, watchlist.id, zone)
    draft = await request.services.store.record_draft(_build_draft(request, read, query, replay, figures))
    if figures.is_too_broad:
        return _refuse_broad(request, figures, draft, operator_hints(watchlist))
    named = watchlist.title if watchlist.id == NEW_LIST else f"{watchlist.title} ({watchlist.id})"
    title = query or named
    blocks: list[Block] = [
        line(typed_command(f"test {shorten(title, 200)}", request.destination.platform), style="context"),
        *build_test_blocks(replay, figures, outlets, zone),
        *build_reading_blocks(watchlist),
        *example_blocks(read),
        *_similar_list(request, query),
    ]
    taken = watchlist.id != NEW_LIST and watchlist.id in taken_ids(request.services.catalog)
    buttons = _draft_buttons(draft, figures, replay, can_watch=not taken)
    message = Message(tuple(blocks), _summary(title, figures), buttons)
    return Reply(message, dialog=_build_result(draft, message, "" if taken else tr("Watch")))


def _build_result(draft: Draft, message: Message, watch: str) -> Dialog:
    """The test on a screen of its own, which watches the list when it is sent off; going back is to change it."""
    shown = replace(message, buttons=without(message.buttons, "watch", "change", "cancel"))
    number = str(draft.id)
    return Dialog(
        tr("Test"), action=DRAFT, subject=number, argument="watch", parts=(shown,), submit=watch, close=tr("Back")
    )


def without(buttons: Rows, *actions: str) -> Rows:
    """The rows of a draft's buttons without those that ask for one of these."""
    rows = (tuple(button for button in row if button.argument not in actions) for row in buttons)
    return tuple(row for row in rows if row)


def _similar_list(request: Request, query: str) -> list[Block]:
    """A hint where a query looks like the mistyped name of a list."""
    close = request.lists.close(query, _SIMILAR_NAME) if query else []
    if not close:
        return []
    hint = tr("There is also a list called {close}: /watch {close}", close=close[0])
    return [Gap(), line(commands_in(hint, request.destination.platform), style="context")]


def _build_draft(request: Request, read: ReadList, query: str, replay: Replay, figures: Figures) -> Draft:
    firsts = [story.hits[0] for story in figures.found]
    missed = tuple(
        Sample(miss.title, miss.link, miss.feed_id, "", miss.when, miss.terms, note=_lacking(miss))
        for miss in sorted(replay.misses, key=lambda miss: miss.when, reverse=True)[:RATED_SAMPLES]
    )
    return Draft(
        destination=request.destination.key,
        watchlist="",
        based_on=0,
        yaml=read.yaml,
        content=read.watchlist,
        author=request.person.key,
        author_name=request.person.name,
        at=request.now,
        query=query,
        samples={"samples": spread(firsts, RATED_SAMPLES), "near": missed},
    )


def _lacking(miss: Miss) -> str:
    return tr("nothing, but {exclude} stopped it", exclude=miss.vetoed_by) if miss.vetoed_by else miss.missing


def _draft_buttons(
    draft: Draft, figures: Figures, replay: Replay, *, can_watch: bool
) -> tuple[tuple[Button, ...], ...]:
    number = str(draft.id)
    first = [Button(tr("Watch"), DRAFT, number, "watch", primary=True)] if can_watch else []
    if figures.matches:
        rated = len(draft.samples["samples"])
        first.append(
            Button(tr("Rate {rated} samples", rated=rated) if rated > 1 else tr("Rate it"), DRAFT, number, "rate")
        )
    second = [Button(tr("Near misses"), DRAFT, number, "near")] if replay.misses else []
    second += [Button(tr("Change"), DRAFT, number, "change"), Button(tr("Cancel"), DRAFT, number, "cancel")]
    return tuple(row for row in (tuple(first), tuple(second)) if row)


def _refuse_broad(request: Request, figures: Figures, draft: Draft, hints: list[str]) -> Reply:
    rate = rate_words(figures.alerts_a_day)
    text = tr("That query is too broad: ≈{rate} alerts a day. Add a second word or use -word.", rate=rate)
    return say(request, "\n".join([text, *hints]), ((Button(tr("See samples"), DRAFT, str(draft.id), "samples"),),))


def example_blocks(read: ReadList) -> list[Block]:
    """`7 of 8 examples pass; fails: …`; nothing for a list without examples."""
    if not read.examples:
        return []
    passed = read.examples - len(read.failures)
    if not read.failures:
        return [Gap(), line(tr("All {examples} examples pass.", examples=read.examples))]
    blocks: list[Block] = [
        Gap(),
        line(tr("{passed} of {examples} examples pass; fails:", passed=passed, examples=read.examples)),
    ]
    blocks += [line(f"• {shorten(str(failure), 300)}") for failure in read.failures[:3]]
    return blocks


def _summary(title: str, figures: Figures) -> str:
    return tr(
        "{title}: {matches} matches, {alerts} alerts.",
        title=shorten(title, 100),
        matches=figures.matches,
        alerts=figures.alerts,
    )


async def outlets_of(request: Request) -> dict[str, str]:
    """The names of all feeds, by id."""
    return {status.feed.id: status.feed.outlet for status in await request.services.store.list_feeds()}


COMMANDS = (
    Command(
        "test",
        "Try a query or a list on the archive",
        handle_test,
        usage="<query | list> [30d]",
        details=later(
            "Replays the archive: how often it would have rung, where, in which languages, with "
            'samples. Nothing is changed. Example: /test "Tajik* border" OR (clash* NEAR/10 guard*) '
            "14d"
        ),
        cost=5,
    ),
)
