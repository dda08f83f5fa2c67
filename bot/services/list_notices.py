"""Tells chats what an edit of the files does to the lists they follow: a list is gone, is back, or gives way. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chat_lists import ChatList
from bot.domain.chats import Destination, Subscription
from bot.domain.deliveries import OutgoingMessage, Urgency
from bot.domain.messages import plain_message


def build_list_notices(
    entries: Iterable[AuditEntry],
    subscriptions: Sequence[Subscription],
    chat_lists: Sequence[ChatList],
    *,
    first_time: bool,
) -> list[OutgoingMessage]:
    """One notice for every chat that follows a list of files which went with these entries, or came back.

    `first_time` says that no list was known before. A list made in a chat gives way to a file's list of the same id.
    """
    messages = []
    for entry in entries:
        if entry.subject is not Subject.WATCHLIST:
            continue
        for destination, text in _texts(entry, subscriptions, chat_lists, first_time=first_time):
            key = f"list:{entry.subject_id}:{entry.at.isoformat()}:{destination.key}"
            messages.append(OutgoingMessage(key, destination, plain_message(text), urgency=Urgency.NOTICE))
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
            after = (
                "Your own list of that name is in use again."
                if own is not None and own.destination == destination.key
                else f"Nothing is matched for it here until it is back. /unwatch {list_id} forgets it."
            )
            yield destination, f"The file of {list_id} was removed. {after}"
    if entry.action is Action.ADDED:
        for destination in watching:
            if own is not None and own.destination == destination.key:
                yield (
                    destination,
                    (
                        f"A file of this server now has the id {list_id}, and its list runs in place of yours. "
                        "Yours is kept; it comes back if the file gets another id."
                    ),
                )
            elif not first_time:  # whoever follows it knew it before
                yield destination, f"The file of {list_id} is back, and with it the list you watch."
