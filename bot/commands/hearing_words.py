"""The blindness meter of one list as a message: its feeds and languages, which of them are healthy, the last item."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.commands.answers import commands_in
from bot.domain.chats import Platform
from bot.domain.hearing import Hearing, count_words
from bot.domain.language import tr
from bot.domain.messages import Block, Button, Message, bold, isolate, line
from bot.domain.wording import language_name, short_time
from bot.matching.watchlist import Watchlist

_MOST_NAMED = 3


def build_hearing(watchlist: Watchlist, hearings: Sequence[Hearing], zone: ZoneInfo, platform: Platform) -> Message:
    """What a list hears, one line a language."""
    feeds, healthy = sum(one.feeds for one in hearings), sum(len(one.healthy) for one in hearings)
    counted = tr("hears {healthy} of {feeds} feeds", healthy=healthy, feeds=feeds)
    blocks: list[Block] = [line(bold(isolate(watchlist.title)), f" · {counted}", style="head")]
    blocks += [line(commands_in(_words(one, zone), platform)) for one in hearings]
    if not hearings:
        blocks.append(line(commands_in(tr("It has no feeds. /addfeed <address> adds one."), platform)))
    buttons = ((Button(tr("The list"), "watch", watchlist.id),),)
    return Message(tuple(blocks), f"{watchlist.title}: {counted}.", buttons)


def meter_words(hearings: Sequence[Sequence[Hearing]]) -> str:
    """`5 of 6 lists hear every language they have feeds in; no feed yet in Kazakh, Kyrgyz`.

    A language that no feed brings is another thing than one whose feeds fell silent, and is named once for all lists.
    """
    well = sum(not any(one.is_deaf and one.feeds for one in of_list) for of_list in hearings)
    unheard = sorted({language_name(one.lang) for of_list in hearings for one in of_list if not one.feeds})
    if not unheard:
        return tr("{well} of {lists} lists hear every language they have feeds in", well=well, lists=len(hearings))
    return tr(
        "{well} of {lists} lists hear every language they have feeds in; no feed yet in {languages}",
        well=well,
        lists=len(hearings),
        languages=", ".join(unheard),
    )


def _words(hearing: Hearing, zone: ZoneInfo) -> str:
    if not hearing.feeds:
        return tr("• ⚠️ {language}: no feed. /addfeed <address> adds one.", language=language_name(hearing.lang))
    facts = [f"• {'⚠️ ' if hearing.is_deaf else ''}{count_words(hearing)}"]
    if hearing.last_item:
        facts.append(tr("last item {time}", time=short_time(hearing.last_item, zone)))
    else:
        facts.append(tr("no item yet"))
    if hearing.silent:
        named = ", ".join(isolate(feed.outlet) for feed in hearing.silent[:_MOST_NAMED])
        more = len(hearing.silent) - _MOST_NAMED
        rest = f" +{more}" if more > 0 else ""
        facts.append(tr("silent: {outlets}", outlets=f"{named}{rest}"))
    return " · ".join(facts)
