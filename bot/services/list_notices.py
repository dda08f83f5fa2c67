"""Tells chats what an edit of the files does to the lists they follow: a list is gone, is back, or gives way. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chat_lists import ChatList
from bot.domain.chat_settings import ChatSettings
from bot.domain.chats import Destination, Subscription
from bot.domain.command_names import typed_command
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.language import later, speaking, tr
from bot.domain.messages import plain_message


class _Text(NamedTuple):
    """A notice, and how it reads in a discreet chat: without the list's id."""

    named: str
    discreet: str


NO_SETTINGS: Mapping[str, ChatSettings] = MappingProxyType({})
_REMOVED = _Text(
    later("The file of {list} was removed. Nothing is matched for it here until it is back. {unwatch} forgets it."),
    later("The file of a list you watch was removed. Nothing is matched for it here until it is back: {lists}"),
)
_OWN_AGAIN = _Text(
    later("The file of {list} was removed. Your own list of that name is in use again."),
    later("A file of this server was removed. Your own list of the same name is in use again: {lists}"),
)
_GIVES_WAY = _Text(
    later(
        "A file of this server now has the id {list}, and its list runs in place of yours. Yours is kept; it comes "
        "back if the file gets another id."
    ),
    later(
        "A file of this server now has the id of a list of yours and runs in its place. Yours is kept; it comes back "
        "if the file gets another id."
    ),
)
_BACK = _Text(
    later("The file of {list} is back, and with it the list you watch."),
    later("The file of a list you watch is back, and with it the list: {lists}"),
)


def build_list_notices(
    entries: Iterable[AuditEntry],
    subscriptions: Sequence[Subscription],
    chat_lists: Sequence[ChatList],
    *,
    first_time: bool,
    settings: Mapping[str, ChatSettings] = NO_SETTINGS,
) -> list[OutgoingMessage]:
    """One notice for every chat that follows a list of files which went with these entries, or came back.

    `settings` are those of chats by their key: a discreet one reads no id. `first_time` says that no list was known
    before. A list made in a chat gives way to a file's list of the same id.
    """
    messages = []
    for entry in entries:
        if entry.subject is not Subject.WATCHLIST:
            continue
        for destination, text in _texts(entry, subscriptions, chat_lists, first_time=first_time):
            chat = settings.get(destination.key, ChatSettings())
            with speaking(chat.language):
                message = plain_message(_words(text, entry.subject_id, destination, discreet=chat.discreet))
            key = f"list:{entry.subject_id}:{entry.at.isoformat()}:{destination.key}"
            messages.append(OutgoingMessage(key, destination, message, urgency=Urgency.NOTICE))
    return messages


def _words(text: _Text, list_id: str, destination: Destination, *, discreet: bool) -> str:
    if discreet:
        return tr(text.discreet, lists=typed_command("watchlists", destination.platform))
    return tr(text.named, list=list_id, unwatch=typed_command(f"unwatch {list_id}", destination.platform))


def _texts(
    entry: AuditEntry,
    subscriptions: Sequence[Subscription],
    chat_lists: Sequence[ChatList],
    *,
    first_time: bool,
) -> Iterator[tuple[Destination, _Text]]:
    list_id = entry.subject_id
    watching = [one.destination for one in subscriptions if one.watchlist == list_id]
    own = next((one for one in chat_lists if one.id == list_id and not one.removed), None)
    if entry.action is Action.REMOVED:
        for destination in watching:
            has_own = own is not None and own.destination == destination.key
            yield destination, _OWN_AGAIN if has_own else _REMOVED
    if entry.action is Action.ADDED:
        for destination in watching:
            if own is not None and own.destination == destination.key:
                yield destination, _GIVES_WAY
            elif not first_time:  # whoever follows it knew it before
                yield destination, _BACK
