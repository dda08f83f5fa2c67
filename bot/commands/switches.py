"""/settings: what a chat decided for itself, with its switches as buttons; and the card behind a discreet one."""

from bot.commands.adjusting import handle_adjust
from bot.commands.alerts import find_subject
from bot.commands.answers import commands_in, notice
from bot.commands.authorisation import REFUSAL, may_change
from bot.commands.invocation import Reply, Via
from bot.commands.registry import Command, Request
from bot.domain.cards import all_matches, build_card
from bot.domain.chat_settings import ChatSettings, Switch
from bot.domain.chats import ChatKind, Platform
from bot.domain.discreet import SHOW
from bot.domain.language import LANGUAGES, default_language, later, tr
from bot.domain.messages import Block, Button, Line, Message, bold, line
from bot.domain.routing import Watcher
from bot.domain.weekdays import said_days
from bot.errors import SettingsError
from bot.services.chat_settings import set_switch
from bot.services.routing import find_watcher

_SETTINGS = "settings"
_STATES = {"on": True, "off": False}
_NAMES = {
    Switch.DISCREET: later("Discreet"),
    Switch.REMINDERS: later("Reminders"),
    Switch.MEMBERS_CAN_MUTE: later("Members may mute"),
    Switch.HIDE_EXILE: later("Hide exile"),
    Switch.HERE: later("@here"),
}
_MEANINGS = {
    Switch.DISCREET: later("cards show a number only, until Show is pressed"),
    Switch.REMINDERS: later("admins are reminded of a critical alert that nobody has taken after 15 minutes"),
    Switch.MEMBERS_CAN_MUTE: later("not only admins mute lists, outlets and words"),
    Switch.HIDE_EXILE: later("outlets in exile or banned somewhere are neither named nor linked to"),
    Switch.HERE: later("a story that is or becomes critical calls everybody here who is online"),
}
# As they are written; the others by their value.
_WRITTEN = {Switch.HIDE_EXILE: "hide exile"}
_EXAMPLE = later("Example: /settings discreet on")
# Elsewhere the card comes below, and what hides it stays.
_SHOWN_IN_PLACE = frozenset({Platform.TELEGRAM})


async def handle_settings(request: Request) -> Reply:
    """What holds in this chat, or what it is from now on."""
    words = request.argument.casefold().split()
    if not words:
        form = await handle_adjust(request)
        return Reply(await _overview(request), dialog=form.dialog)
    switch, state = _read_switch(words, _offered(request))
    if not await may_change(request):
        return notice(request.invocation, tr(REFUSAL))
    services = request.services
    await set_switch(services.store, request.destination, switch, on=state, by=request.person, now=request.now)
    return Reply(await _overview(request), in_place=True)


def _read_switch(words: list[str], offered: tuple[Switch, ...]) -> tuple[Switch, bool]:
    """`discreet on`, `hide exile off`; `hide exile` alone says all that is wanted."""
    names = {_written(one): one for one in offered}
    text = " ".join(words)
    name, _, state = (f"{text} on" if text == _WRITTEN[Switch.HIDE_EXILE] else text).rpartition(" ")
    if name not in names or state not in _STATES:
        raise SettingsError(tr("I know these switches: {names}.", names=", ".join(names)), tr(_EXAMPLE))
    return names[name], _STATES[state]


def _written(switch: Switch) -> str:
    return _WRITTEN.get(switch, switch.value)


async def _overview(request: Request) -> Message:
    watcher = await find_watcher(request.services.store, request.services.catalog, request.destination)
    settings = watcher.attention.settings
    switches = _offered(request)
    blocks: list[Block] = [line(bold(tr("Settings of this chat")), style="head"), *_plain_lines(request, watcher)]
    for switch in switches:
        state = tr("on") if _is_on(settings, switch) else tr("off")
        blocks.append(line(bold(tr(_NAMES[switch])), f": {state} · {tr(_MEANINGS[switch])}"))
    buttons = tuple((_turn_button(settings, switch),) for switch in switches) if await may_change(request) else ()
    return Message(tuple(blocks), tr("Settings of this chat"), buttons)


def _offered(request: Request) -> tuple[Switch, ...]:
    """In a private chat there is nobody to remind or to call, and no member; only Slack can call who is online."""
    if request.destination.kind is ChatKind.PRIVATE:
        return Switch.DISCREET, Switch.HIDE_EXILE
    return tuple(one for one in Switch if one is not Switch.HERE or request.destination.platform is Platform.SLACK)


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


def _is_on(settings: ChatSettings, switch: Switch) -> bool:
    return bool(getattr(settings, switch.value))


def _turn_button(settings: ChatSettings, switch: Switch) -> Button:
    wanted = "off" if _is_on(settings, switch) else "on"
    label = tr("{name}: turn off", name=tr(_NAMES[switch])) if wanted == "off" else None
    label = label or tr("{name}: turn on", name=tr(_NAMES[switch]))
    return Button(label, _SETTINGS, argument=f"{_written(switch)} {wanted}")


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
