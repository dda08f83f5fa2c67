"""The settings of a chat on one screen: its language, its clock, its quiet hours, its digest, its switches."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.commands.answers import say
from bot.commands.authorisation import may_change
from bot.commands.invocation import Reply, Via
from bot.commands.languages import handle_language
from bot.commands.registry import Command, Request
from bot.commands.settings import (
    check_digest,
    check_quiet,
    check_timezone,
    handle_digest,
    handle_quiet,
    handle_timezone,
)
from bot.commands.switch_words import STATES, is_on, offered_switches, switch_line, switch_meaning, switch_name
from bot.domain.chat_settings import Switch
from bot.domain.dialogs import Choice, Dialog, Field
from bot.domain.language import LANGUAGES, default_language, error_words, tr
from bot.domain.messages import Gap, Message
from bot.domain.quiet import Override
from bot.domain.weekdays import EVERY_DAY, days_words
from bot.errors import TocsinError
from bot.services.chat_settings import set_switch
from bot.services.routing import find_watcher

_OFF = "off"
_HANDLERS: dict[str, Callable[[Request], Awaitable[Reply]]] = {
    "language": handle_language,
    "timezone": handle_timezone,
    "quiet": handle_quiet,
    "digest": handle_digest,
}
_CHECKS: dict[str, Callable[[str], None]] = {
    "timezone": check_timezone,
    "quiet": check_quiet,
    "digest": check_digest,
}


async def handle_adjust(request: Request) -> Reply:
    """The form with what holds now; filled in, what was changed is set and said."""
    if request.invocation.via is not Via.DIALOG:
        return await _ask(request)
    before = await _present(request)
    given = {name: text.strip() or _OFF for name, text in request.invocation.fields.items()}
    answers: list[Message] = []
    for name in ("language", "timezone", "quiet", "override", "digest"):
        if given.get(name, before.get(name)) == before.get(name):
            continue
        verb, words = ("quiet", f"override {given[name]}") if name == "override" else (name, given[name])
        if name == "override" and given.get("quiet", _OFF) == _OFF:
            continue
        answer = await _HANDLERS[verb](replace(request, invocation=replace(request.invocation, argument=words)))
        answers += [answer.message] if answer.message else []
    answers += [
        Message((switch_line(switch, on=on),), f"{switch_name(switch)}: {tr('on') if on else tr('off')}")
        for switch, on in await _turn(request, before, given)
    ]
    if not answers:
        return say(request, tr("Nothing was changed."))
    blocks = [block for place, one in enumerate(answers) for block in ((Gap(), *one.blocks) if place else one.blocks)]
    return Reply(Message(tuple(blocks), " ".join(one.summary for one in answers)))


async def _turn(request: Request, before: Mapping[str, str], given: Mapping[str, str]) -> list[tuple[Switch, bool]]:
    """Turns the switches that were changed; which, and how they stand now."""
    turned = []
    for switch in offered_switches(request.destination):
        wanted = given.get(switch.value, before[switch.value])
        if wanted != before[switch.value] and wanted in STATES:
            on, store = STATES[wanted], request.services.store
            await set_switch(store, request.destination, switch, on=on, by=request.person, now=request.now)
            turned.append((switch, on))
    return turned


async def _present(request: Request) -> dict[str, str]:
    """What holds now, as the fields show it."""
    watcher = await find_watcher(request.services.store, request.services.catalog, request.destination)
    quiet, digest, settings = watcher.quiet, watcher.digest, watcher.attention.settings
    return {
        **{one.value: "on" if is_on(settings, one) else _OFF for one in offered_switches(request.destination)},
        "language": settings.language or default_language(),
        "timezone": request.destination.timezone,
        "quiet": _with_days(str(quiet), quiet.days) if quiet else _OFF,
        "override": (quiet.override if quiet else Override.CRITICAL).value,
        "digest": _with_days(f"{digest.at:%H:%M}", digest.days) if digest else _OFF,
    }


def _with_days(words: str, days: frozenset[int]) -> str:
    return words if days >= EVERY_DAY else f"{words} {days_words(days)}"


async def _ask(request: Request) -> Reply:
    present = await _present(request)
    rings = (
        Choice(Override.CRITICAL.value, tr("Critical alerts ring")),
        Choice(Override.CONFIRMED.value, tr("Confirmed critical alerts ring")),
        Choice(Override.NONE.value, tr("Nothing rings")),
    )
    quiet_hint = tr("Like 22:00-06:30 or 22:00-06:30 mon-fri; off for none.")
    digest_hint = tr("Like 07:00 or 07:00 mon-fri; off for none.")
    languages = tuple(Choice(code, name) for code, name in LANGUAGES.items())
    fields = (
        Field("language", tr("Language"), "choice", present["language"], choices=languages),
        Field("timezone", tr("Time zone"), value=present["timezone"], hint=tr("A city, or a name like Asia/Dushanbe.")),
        Field("quiet", tr("Quiet hours"), value=present["quiet"], hint=quiet_hint),
        Field("override", tr("In quiet hours"), "choice", present["override"], choices=rings),
        Field("digest", tr("Daily digest"), value=present["digest"], hint=digest_hint),
    )
    states = (Choice("on", tr("on")), Choice(_OFF, tr("off")))
    switches = tuple(
        Field(one.value, switch_name(one), "choice", present[one.value], hint=switch_meaning(one), choices=states)
        for one in offered_switches(request.destination)
    )
    dialog = Dialog(tr("Settings"), (*fields, *switches), ADJUST, submit=tr("Save"), close=tr("Cancel"))
    text = tr("To change how this chat is served: /timezone, /quiet and /digest.")
    return Reply(say(request, text).message, dialog=dialog if await may_change(request) else None)


async def check_adjust(request: Request) -> Mapping[str, str]:
    """What cannot be read, by field."""
    faults = {}
    for name, check in _CHECKS.items():
        text = request.invocation.fields.get(name, "").strip()
        if text and text != _OFF:
            try:
                check(text)
            except TocsinError as error:
                faults[name] = error_words(error)
    return faults


ADJUST = "adjust"
COMMANDS = (
    Command(
        ADJUST,
        "The settings of this chat on one screen",
        handle_adjust,
        needs_admin=True,
        listed=False,
        check=check_adjust,
        asks=True,
    ),
)
