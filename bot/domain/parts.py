"""The parts of the service, which may run in processes of their own."""

from enum import StrEnum


class Part(StrEnum):
    """What `tocsin run --only` can be asked for."""

    CHAT = "chat"  # hears what is said in chats, and answers
    POLL = "poll"
    DELIVER = "deliver"
    WEB = "web"  # is called by platforms and hubs
