"""/settings: what a chat decided for itself, with its switches as buttons; and the card behind a discreet one."""

from bot.commands.adjusting import handle_adjust
from bot.commands.alerts import find_subject
from bot.commands.answers import commands_in, notice
from bot.commands.authorisation import REFUSAL, may_change
from bot.commands.invocation import Reply, Via
from bot.commands.registry import Command, Request
from bot.commands.switch_words import find_switch, is_on, offered_switches, switch_line, switch_name, written_switch
from bot.domain.cards import all_matches, build_card
from bot.domain.chat_settings import ChatSettings, Switch
from bot.domain.chats import Platform
from bot.domain.discreet import SHOW
from bot.domain.language import LANGUAGES, default_language, later, tr
from bot.domain.messages import Block, Button, Line, Message, bold, line
from bot.domain.routing import Watcher
from bot.domain.weekdays import said_days
from bot.errors import SettingsError
from bot.services.chat_settings import set_switch
from bot.services.routing import find_watcher

_SETTINGS = "settings"
_EXAMPLE = later("Example: /settings discreet on")
# Elsewhere the card comes below, and what hides it stays.
_SHOWN_IN_PLACE = frozenset({Platform.TELEGRAM})


async def handle_settings(request: Request) -> Reply:
    """What holds in this chat, or what it is from now on."""
    words = request.argument.casefold().split()
    if not words:
        form = await handle_adjust(request)
        return Reply(await _overview(request), dialog=form.dialog)
    offered = offered_switches(request.destination)
    found = find_switch(" ".join(words), offered)
    if found is None:
        names = ", ".join(map(written_switch, offered))
        raise SettingsError(tr("I know these switches: {names}.", names=names), tr(_EXAMPLE))
    if not await may_change(request):
        return notice(request.invocation, tr(REFUSAL))
    switch, on = found
    await set_switch(request.services.store, request.destination, switch, on=on, by=request.person, now=request.now)
    return Reply(await _overview(request), in_place=True)


async def _overview(request: Request) -> Message:
    watcher = await find_watcher(request.services.store, request.services.catalog, request.destination)
    settings = watcher.attention.settings
    switches = offered_switches(request.destination)
    blocks: list[Block] = [line(bold(tr("Settings of this chat")), style="head"), *_plain_lines(request, watcher)]
    blocks += [switch_line(switch, on=is_on(settings, switch)) for switch in switches]
    buttons = tuple((_turn_button(settings, switch),) for switch in switches) if await may_change(request) else ()
    return Message(tuple(blocks), tr("Settings of this chat"), buttons)


def _plain_lines(request: Request, watcher: Watcher) -> list[Line]:
    """What other commands set, each with that command."""
    quiet = tr("off")
    if watcher.quiet:
        quiet = f"{watcher.quiet} {said_days(watcher.quiet.days)}, override {watcher.quiet.override.value}"
    digest = f"{watcher.digest.at:%H:%M} {said_days(watcher.digest.days)}" if watcher.digest else tr("off")
    rows = (
        (tr("Language"), LANGUAGES[watcher.attention.settings.language or default_language()], "/language"),
        (tr("Time zone"), request.destination.timezone, "/timezone"),
        (tr("Quiet hours"), quiet, "/quiet"),
        (tr("Daily digest"), digest, "/digest"),
    )
    platform = request.destination.platform
    return [line(bold(name), f": {value} · {commands_in(command, platform)}") for name, value, command in rows]


def _turn_button(settings: ChatSettings, switch: Switch) -> Button:
    wanted = "off" if is_on(settings, switch) else "on"
    label = tr("{name}: turn off", name=switch_name(switch)) if wanted == "off" else None
    label = label or tr("{name}: turn on", name=switch_name(switch))
    return Button(label, _SETTINGS, argument=f"{written_switch(switch)} {wanted}")


async def handle_show(request: Request) -> Reply:
    """The whole card, in the place of the one that hides it."""
    view, _ = await find_subject(request)
    watcher = await find_watcher(request.services.store, request.services.catalog, request.destination)
    matches = all_matches(view)
    watched = watcher.heard_lists(matches) or frozenset(match.watchlist for match in matches)
    pressed = request.invocation.replied_message if request.invocation.via is Via.BUTTON else ""
    if pressed and request.destination.platform in _SHOWN_IN_PLACE:
        await request.services.store.record_opened(request.destination.key, pressed)
    return Reply(build_card(view, request.destination, watched), in_place=request.invocation.via is Via.BUTTON)


COMMANDS = (
    Command(
        _SETTINGS,
        later("What this chat decided for itself"),
        handle_settings,
        usage="[discreet | reminders | members_can_mute | hide exile | here] [on | off]",
        details=later(
            "Language, time zone, quiet hours, digest, and switches. `/settings discreet on` keeps headlines off "
            "locked screens: a card shows its number until somebody presses Show. `/settings hide exile` leaves out "
            "the names and links of outlets in exile, and of those whose feed's note says undesirable or extremist: "
            "where you live, having them on a telephone may be an offence. `/settings here on` is for channels in "
            "Slack."
        ),
        asks=True,
    ),
    Command(
        SHOW,
        later("The card behind a number"),
        handle_show,
        usage="<alert id>",
        details=later("Where a chat is discreet, this is the button under a card."),
        listed=False,
    ),
)
