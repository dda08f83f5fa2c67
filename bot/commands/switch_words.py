"""The switches of a chat: which there are, how they read, and how they are written. Pure."""

from bot.domain.chat_settings import ChatSettings, Switch
from bot.domain.chats import ChatKind, Destination, Platform
from bot.domain.language import later, tr
from bot.domain.messages import Line, bold, line

STATES = {"on": True, "off": False}
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


def offered_switches(destination: Destination) -> tuple[Switch, ...]:
    """In a private chat there is nobody to remind or to call, and no member; only Slack can call who is online."""
    if destination.kind is ChatKind.PRIVATE:
        return Switch.DISCREET, Switch.HIDE_EXILE
    return tuple(one for one in Switch if one is not Switch.HERE or destination.platform is Platform.SLACK)


def is_on(settings: ChatSettings, switch: Switch) -> bool:
    """Whether the chat turned it on."""
    return bool(getattr(settings, switch.value))


def switch_name(switch: Switch) -> str:
    """`Members may mute`."""
    return tr(_NAMES[switch])


def switch_meaning(switch: Switch) -> str:
    """What holds while it is on."""
    return tr(_MEANINGS[switch])


def switch_line(switch: Switch, *, on: bool) -> Line:
    """`Discreet: on · cards show a number only, …`."""
    state = tr("on") if on else tr("off")
    return line(bold(switch_name(switch)), f": {state} · {switch_meaning(switch)}")


def written_switch(switch: Switch) -> str:
    """How it is written behind /settings."""
    return _WRITTEN.get(switch, switch.value)


def find_switch(text: str, offered: tuple[Switch, ...]) -> tuple[Switch, bool] | None:
    """The switch and its state in `discreet on`; `hide exile` alone says all that is wanted. None for anything else."""
    names = {written_switch(one): one for one in offered}
    name, _, state = (f"{text} on" if text == _WRITTEN[Switch.HIDE_EXILE] else text).rpartition(" ")
    return (names[name], STATES[state]) if name in names and state in STATES else None
