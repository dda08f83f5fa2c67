"""Tells chats what an edit of the files does to the lists they follow: a list is gone, is back, or gives way. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chat_lists import ChatList
from bot.domain.chats import Destination, Subscription
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.language import later, speaking, tr
from bot.domain.messages import plain_message

NO_LANGUAGES: Mapping[str, str] = MappingProxyType({})
_REMOVED = later(
    "The file of {list} was removed. Nothing is matched for it here until it is back. /unwatch {list} forgets it."
)
_OWN_AGAIN = later("The file of {list} was removed. Your own list of that name is in use again.")
_GIVES_WAY = later(
    "A file of this server now has the id {list}, and its list runs in place of yours. Yours is kept; it comes back "
    "if the file gets another id."
)
_BACK = later("The file of {list} is back, and with it the list you watch.")


def build_list_notices(
    entries: Iterable[AuditEntry],
    subscriptions: Sequence[Subscription],
    chat_lists: Sequence[ChatList],
    *,
    first_time: bool,
    languages: Mapping[str, str] = NO_LANGUAGES,
) -> list[OutgoingMessage]:
    """One notice for every chat that follows a list of files which went with these entries, or came back.

    `languages` are those of chats by their key, `first_time` says that no list was known before. A list made in a chat
    gives way to a file's list of the same id.
    """
    messages = []
    for entry in entries:
        if entry.subject is not Subject.WATCHLIST:
            continue
        for destination, text in _texts(entry, subscriptions, chat_lists, first_time=first_time):
            with speaking(languages.get(destination.key, "")):
                message = plain_message(tr(text, list=entry.subject_id))
            key = f"list:{entry.subject_id}:{entry.at.isoformat()}:{destination.key}"
            messages.append(OutgoingMessage(key, destination, message, urgency=Urgency.NOTICE))
    return messages


def _texts(
    entry: AuditEntry,
    subscriptions: Sequence[Subscription],
    chat_lists: Sequence[ChatList],
    *,
    first_time: bool,
) -> Iterator[tuple[Destination, str]]:
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
