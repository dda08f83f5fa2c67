"""/story, /merge, /split: the reports behind an alert, and putting right what was grouped wrongly."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.commands.alerts import find_subject
from bot.commands.answers import cut_page, say, take_page
from bot.commands.grammar import read_number, split_arguments
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.commands.statistics import illustrate
from bot.commands.timeline import (
    REPORTS_A_PAGE,
    build_timeline,
    build_timeline_plot,
    describe_timeline,
    order_reports,
)
from bot.domain.alerts import AlertView
from bot.domain.corrections import Correction
from bot.domain.language import later, tr
from bot.domain.messages import plain_message
from bot.domain.veils import veil_timeline
from bot.errors import NotFound, SettingsError
from bot.services.chat_settings import get_settings
from bot.services.correcting import merge_stories, split_story
from bot.services.explaining import find_shown_alert
from bot.services.veiling import find_veil

_PLOT = "plot"
STORY_LABEL = re.compile(r"[sS]([0-9]{1,9})")


async def handle_story(request: Request) -> Reply:
    """The timeline of a story, oldest report first."""
    number, rest = take_page(request)
    *named, last = split_arguments(rest) or ("",)
    if last.casefold() == _PLOT:
        return await _send_plot(request, await find_story(request, " ".join(named)))
    view = await find_story(request, rest)
    page = cut_page(tuple(enumerate(order_reports(view), start=1)), number, REPORTS_A_PAGE, newest_last=True)
    return Reply(build_timeline(view, page, request.destination))


async def _send_plot(request: Request, view: AlertView) -> Reply:
    zone = ZoneInfo(request.destination.timezone)
    plot, words = build_timeline_plot(view, zone), describe_timeline(view, zone)
    store = request.services.store
    veil = await find_veil(store, await get_settings(store, request.destination))
    plot = veil_timeline(plot, veil) if veil else plot
    return Reply(await illustrate(request.services.files, plain_message(words), plot, "timeline", words))


async def find_story(request: Request, named: str) -> AlertView:
    """The story that a request names by its alert, by its number (`S18`), or by the card that was answered."""
    named = named.strip()
    label = STORY_LABEL.fullmatch(named)
    if label:
        store, destination = request.services.store, request.destination
        alert_id = await store.find_story_alert(int(label[1]), destination.key)
        if alert_id is None:
            raise NotFound(
                tr("No story S{number} in this chat.", number=int(label[1])),
                tr("Its number stands on its cards and in /why."),
            )
        return await find_shown_alert(store, alert_id, destination, request.now)
    if named:
        return await find_shown_alert(request.services.store, named.lstrip("#"), request.destination, request.now)
    return (await find_subject(request))[0]


async def handle_merge(request: Request) -> Reply:
    """Makes the stories of two alerts one: that of the first takes the reports of the second."""
    named = split_arguments(request.argument)
    if len(named) != 2:  # noqa: PLR2004 two stories
        raise SettingsError(tr("Which two alerts tell of one event?"), tr("Example: /merge 7Q2M K4TB"))
    kept, other = [await find_story(request, name) for name in named]
    merged = await merge_stories(request.services.store, kept, other, _correction(request))
    return say(request, tr("Merged into {label}.", label=merged.label), private=False)


async def handle_split(request: Request) -> Reply:
    """Undoes a merge, or takes reports out of a story and makes them one of their own."""
    view, rest = await find_subject(request)
    numbers = _read_numbers(rest, len(view.reports))
    services = request.services
    reports = order_reports(view)
    chosen = [reports[number - 1] for number in numbers]
    split = await split_story(services.store, services.catalog, view, chosen, _correction(request))
    if split is not None:
        return say(request, tr("Split off as {label}.", label=split.label), private=False)
    if len(reports) == 1:
        return say(request, tr("{id} has one report; there is nothing to split off.", id=view.alert.id))
    timeline = build_timeline(
        view, cut_page(tuple(enumerate(reports, start=1)), 1, REPORTS_A_PAGE), request.destination
    )
    asked = say(request, tr("Which reports tell of another event? Example: /split {id} 2", id=view.alert.id))
    assert asked.message is not None
    return Reply(replace(timeline, blocks=(*asked.message.blocks, *timeline.blocks)))


def _read_numbers(text: str, reports: int) -> list[int]:
    words = text.replace(",", " ").split()
    numbers = [number for word in words if (number := read_number(word)) is not None]
    if len(numbers) != len(words) or any(not 1 <= number <= reports for number in numbers):
        raise SettingsError(
            tr("The reports have the numbers 1 to {reports}.", reports=reports), tr("Example: /split 7Q2M 2 3")
        )
    if len(set(numbers)) == reports:
        raise SettingsError(tr("One report has to stay."), tr("Name those that tell of another event."))
    return sorted(set(numbers))


def _correction(request: Request) -> Correction:
    return Correction(request.person.key, request.destination.key, request.now)


COMMANDS = (
    Command(
        "story",
        "The reports behind an alert",
        handle_story,
        usage="<alert id or S18> [plot]",
        details=later(
            "A timeline, oldest first: time, outlet, language, headline, and from whom a report has "
            "it. Answering the card with `story` does the same. With `plot`: as a picture."
        ),
        reply_words=("story", "similar"),
    ),
    Command(
        "merge",
        "Two alerts are one story",
        handle_merge,
        usage="<alert id> <alert id>",
        details=later(
            "The story of the first takes the reports of the second, and later reports find it. /split undoes it."
        ),
        needs_admin=True,
    ),
    Command(
        "split",
        "Reports are not one story",
        handle_split,
        usage="<alert id> [report numbers]",
        details=later(
            "Undoes a merge; else makes the reports with these numbers, which /story shows, a story "
            "of their own. If they ring, they are sent."
        ),
        needs_admin=True,
    ),
)
