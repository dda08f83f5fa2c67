"""/help: five things people do, all commands, one command; and what is said to words that are no command."""

from bot.commands.answers import build_answer, commands_in, say
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Registry, Request
from bot.domain.language import tr
from bot.domain.messages import Block, Gap, Message, Text, bold, line

_SHORT_HELP = """I read security news and send one card per story on the lists you choose.

/watch: choose what to be alerted about
Reply `why` to an alert: which words made it ring
👍 or 👎 under an alert: say whether it was useful
/recent: the latest alerts here
/search border: look through everything that was read
All commands: /help all"""

# What can be said in answer to a card, in the words that are quickest to type. Translations keep the words.
_REPLY_WORDS = "why, more, story, mute 1d, ack, +, -, save, note: …"


async def handle_help(request: Request) -> Reply:
    """Eight lines; `all`: every command; a name: that command."""
    topic = request.argument.split()[0].lstrip("/") if request.argument else ""
    if not topic:
        return say(request, _SHORT_HELP)
    if topic.casefold() == "all":
        return Reply(_all_commands(request))
    command = request.registry.find(topic)
    if command is None:
        return say(request, f"No command called {topic[:32]}.{_closest(request.registry, topic)}")
    return Reply(_one_command(command, request))


def unknown_command(registry: Registry, verb: str) -> str:
    """`I don't know /wach. Close: /watch.`"""
    return f"I don't know /{verb[:32]}.{_closest(registry, verb) or ' /help shows what I know.'}"


def unknown_reply() -> str:
    """`I know: why, more, …`: what can be said in answer to a card."""
    return tr("I know: {words}", words=_REPLY_WORDS)


def _closest(registry: Registry, name: str) -> str:
    near = registry.suggest(name)
    return f" Close: {', '.join(f'/{one}' for one in near)}." if near else ""


def _all_commands(request: Request) -> Message:
    platform = request.destination.platform
    blocks: list[Block] = [line(bold("All commands"))]
    blocks += [
        # Plain, so that a tap sends it where the platform makes commands live.
        line(f"{commands_in(_usage(command), platform)} · {command.summary}")
        for command in request.registry.listed
    ]
    blocks += [Gap(), line(tr("In answer to an alert: {words}", words=_REPLY_WORDS))]
    return Message(tuple(blocks), f"{len(request.registry.listed)} commands.")


def _one_command(command: Command, request: Request) -> Message:
    platform = request.destination.platform
    blocks: list[Block] = [
        line(Text(commands_in(_usage(command), platform), code=True)),
        *build_answer(f"{command.summary}. {command.details}".strip(), platform).blocks,
    ]
    if command.aliases:
        blocks.append(line(f"Also: {commands_in(', '.join(f'/{alias}' for alias in command.aliases), platform)}"))
    if command.reply_words:
        blocks.append(line(f"In answer to an alert: {', '.join(command.reply_words)}"))
    if command.needs_admin:
        blocks.append(line("In groups and channels: admins only."))
    return Message(tuple(blocks), f"{command.name}: {command.summary}.")


def _usage(command: Command) -> str:
    return f"/{command.name} {command.usage}".strip()


COMMANDS = (
    Command(
        "help",
        "What I can do",
        handle_help,
        usage="[command | all]",
        details="Without a word: the things people do most. With a command's name: how it is used.",
    ),
)
