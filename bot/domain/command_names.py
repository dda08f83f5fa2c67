"""How commands are typed on each platform. Slack has one command for everything, whose name its operator chooses."""

from contextvars import ContextVar

from bot.domain.chats import Platform
from bot.domain.language import tr

_SLACK_COMMAND: ContextVar[str] = ContextVar("slack_command", default="/tocsin")


def name_slack_command(name: str) -> None:
    """Says how Slack's command is called, for everything that this task and those it begins say from now on."""
    _SLACK_COMMAND.set(name)


def slack_command() -> str:
    """How Slack's command is called."""
    return _SLACK_COMMAND.get()


def typed_command(words: str, platform: Platform) -> str:
    """`/watch csto`, in Slack `/tocsin watch csto`."""
    return f"{slack_command()} {words}" if platform is Platform.SLACK else f"/{words}"


def number_words(platform: Platform) -> str:
    """How a story is opened by its number in a message. In Slack's channels the bot reads nothing but its mentions."""
    if platform is Platform.SLACK:
        return tr("Mention me in the thread with a number to open one.")
    return tr("Reply with a number to open one.")
