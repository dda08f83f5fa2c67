"""Where Slack's channels and people stand among our destinations and persons. Pure.

An app of one workspace knows channels by their ids. An app of several keeps them apart: there the address of a channel
is `T0TEAM/C0DESK` and the id of a person `T0TEAM/U0DANA`, so nothing that comes from one workspace ever names, finds or
reaches what belongs to another, not even in a channel that two of them share.
"""

from bot.domain.chats import ChatKind, Destination, Person, Platform

_BETWEEN = "/"
# Direct messages have ids with D; a person's own id stands for the direct message with them.
_PRIVATE = ("D", "U", "W")


def build_destination(channel: str, workspace: str, title: str = "", *, several: bool) -> Destination:
    """The destination that a channel is; `several` says that the app serves more than one workspace."""
    address = f"{workspace}{_BETWEEN}{channel}" if several else channel
    kind = ChatKind.PRIVATE if channel.startswith(_PRIVATE) else ChatKind.CHANNEL
    return Destination(Platform.SLACK, address, kind=kind, title=title, workspace=workspace)


def build_person(user: str, workspace: str, name: str = "", *, several: bool) -> Person:
    """The person that a user is."""
    return Person(Platform.SLACK, f"{workspace}{_BETWEEN}{user}" if several else user, name)


def slack_id(address: str) -> str:
    """The id that Slack knows, of an address or of a person's id."""
    return address.rpartition(_BETWEEN)[2]


def workspace_of(address: str) -> str:
    """The workspace that an address or a person's id names; empty where the app serves only one."""
    return address.rpartition(_BETWEEN)[0]
