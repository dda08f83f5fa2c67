"""The parts of Slack's payloads that are read. Whatever has not these shapes asks for nothing.

A payload is the body of a slash command, of something done in a message, a view or a menu, or of an event, as Socket
Mode and HTTP both deliver it: docs.slack.dev/apis/events-api/using-socket-mode.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class Part(BaseModel):
    """A piece of a payload; what it does not name is passed over."""

    model_config = ConfigDict(frozen=True)


class Named(Part):
    """A person, a channel or a workspace."""

    id: str
    name: str = ""


class Command(Part):
    """A slash command."""

    command: str
    text: str = ""
    team_id: str = ""
    channel_id: str
    channel_name: str = ""
    user_id: str
    user_name: str = ""
    response_url: str = ""
    trigger_id: str = ""


class Container(Part):
    """Where a pressed button stands."""

    message_ts: str = ""
    channel_id: str = ""
    is_ephemeral: bool = False


class Option(Part):
    """What was chosen from a menu."""

    value: str = ""


class Action(Part):
    """A pressed button, or a menu with what was chosen from it."""

    value: str = ""
    block_id: str = ""
    selected_option: Option | None = None

    @property
    def asked(self) -> str:
        """The value behind it."""
        return self.selected_option.value if self.selected_option else self.value


class Input(Part):
    """What an input of a view holds."""

    value: str | None = None
    selected_option: Option | None = None
    selected_conversation: str | None = None

    @property
    def text(self) -> str:
        """It as text; empty where nothing was filled in."""
        chosen = self.selected_option.value if self.selected_option else None
        return chosen or self.selected_conversation or self.value or ""


class State(Part):
    """The inputs of a view, by block and action."""

    values: dict[str, dict[str, Input]] = {}


class View(Part):
    """A modal or the home tab. `app_installed_team_id` is the workspace whose bot opened it."""

    id: str = ""
    hash: str = ""
    type: str = ""
    private_metadata: str = ""
    app_installed_team_id: str | None = None
    state: State | None = None


class Interaction(Part):
    """What somebody did: pressed (`block_actions`), sent a view off, or took a shortcut."""

    type: str = Field(pattern="^(block_actions|view_submission|message_action|shortcut)$")
    user: Named
    team: Named | None = None
    channel: Named | None = None
    container: Container = Container()
    actions: tuple[Action, ...] = ()
    response_url: str = ""
    trigger_id: str = ""
    callback_id: str = ""
    message: Mapping[str, Any] = {}
    view: View | None = None

    @property
    def workspace(self) -> str:
        """The workspace whose bot is meant, which in channels shared by two is not always that of the person."""
        installed = self.view.app_installed_team_id if self.view else None
        return installed or (self.team.id if self.team else "")

    @property
    def channel_id(self) -> str:
        """The channel of the message that it was done to; empty for views."""
        return self.channel.id if self.channel else self.container.channel_id


class SharedFile(Part):
    """A file that came with a message, or a long text that Slack made one of."""

    id: str = ""
    name: str | None = None
    size: int = 0


class Event(Part):
    """What happened."""

    type: str
    subtype: str = ""
    channel: Any = ""
    channel_type: str = ""
    user: Any = ""
    bot_id: str = ""
    text: str = ""
    ts: str = ""
    thread_ts: str = ""
    tab: str = ""
    files: tuple[SharedFile, ...] = ()
    tokens: Mapping[str, Any] = {}


class Authorization(Part):
    """For which of the app's installations an event is."""

    user_id: str = ""
    team_id: str | None = None


class EventCallback(Part):
    """An event and whom it is for."""

    event: Event
    team_id: str = ""
    authorizations: tuple[Authorization, ...] = ()

    @property
    def bot_user(self) -> str:
        """The bot's own user id in this workspace."""
        return self.authorizations[0].user_id if self.authorizations else ""

    @property
    def workspace(self) -> str:
        """The workspace whose bot is meant."""
        return (self.authorizations[0].team_id if self.authorizations else None) or self.team_id

    @property
    def channel(self) -> str:
        """The channel it happened in; empty for events that name none by its id."""
        return self.event.channel if isinstance(self.event.channel, str) else ""

    @property
    def user(self) -> str:
        """Who did it; empty for events that name nobody by their id."""
        return self.event.user if isinstance(self.event.user, str) else ""


Payload = Command | Interaction | EventCallback
_PAYLOAD: TypeAdapter[Payload] = TypeAdapter(Payload)


def read_payload(text: str) -> Payload | None:
    """What a payload says; None for one that is none of ours."""
    try:
        return _PAYLOAD.validate_json(text)
    except (ValidationError, UnicodeEncodeError):
        return None
