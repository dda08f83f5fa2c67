"""/help: five things people do, all commands, one command; and what is said to words that are no command."""

import re

from bot.commands.answers import build_answer, commands_in, say
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Registry, Request
from bot.domain.chats import Platform
from bot.domain.language import later, tr
from bot.domain.messages import Block, Gap, Message, Text, bold, isolate, line

_SHORT_HELP = later("""I read security news and send one card per story on the lists you choose.

/watch: choose what to be alerted about
Reply `why` to an alert: which words made it ring
👍 or 👎 under an alert: say whether it was useful
/recent: the latest alerts here
/search border: look through everything that was read
All commands: /help all""")

# What can be said in answer to a card, in the words that are quickest to type. Translations keep the words.
_REPLY_WORDS = "why, more, story, mute 1d, ack, +, -, save, note: …"

# What usages leave to be filled in; all other words in them are typed as they stand.
_FILLED_IN = frozenset(
    (
        later("address"), later("alert"), later("alert id"), later("alert id or S18"), later("city or IANA name"),
        later("code"), later("command"), later("country"), later("days"), later("duration"), later("feed"),
        later("language"), later("letter"), later("list"), later("number"), later("page"), later("part"),
        later("query"), later("reason"), later("report numbers"), later("text"), later("value"), later("words"),
    )
)  # fmt: skip
_SIGNS = re.compile(r"( ?[<>\[\]|] ?)")


async def handle_help(request: Request) -> Reply:
    """Eight lines; `all`: every command; a name: that command."""
    topic = request.argument.split()[0].lstrip("/") if request.argument else ""
    if not topic:
        return say(request, _short_help(request))
    if topic.casefold() == "all":
        return Reply(_all_commands(request))
    command = request.registry.find(topic)
    if command is None:
        unknown = tr("No command called {name}.", name=topic[:32])
        return say(request, f"{unknown} {_closest(request.registry, topic)}".strip())
    return Reply(_one_command(command, request))


def unknown_command(registry: Registry, verb: str) -> str:
    """`I don't know /wach. Close: /watch.`"""
    unknown = tr("I don't know {command}.", command=f"/{verb[:32]}")
    return f"{unknown} {_closest(registry, verb) or tr('/help shows what I know.')}"


def unknown_reply() -> str:
    """`I know: why, more, …`: what can be said in answer to a card."""
    return tr("I know: {words}", words=_REPLY_WORDS)


def _closest(registry: Registry, name: str) -> str:
    near = registry.suggest(name)
    return tr("Close: {names}.", names=", ".join(f"/{one}" for one in near)) if near else ""


def _all_commands(request: Request) -> Message:
    platform = request.destination.platform
    blocks: list[Block] = [line(bold(tr("All commands")))]
    blocks += [
        # Plain, so that a tap sends it where the platform makes commands live.
        line(isolate(commands_in(_usage(command), platform)), f" · {tr(command.summary)}")
        for command in request.registry.listed
    ]
    blocks += [Gap(), line(tr("In answer to an alert: {words}", words=_REPLY_WORDS))]
    return Message(tuple(blocks), tr("{count} commands.", count=len(request.registry.listed)))


def _one_command(command: Command, request: Request) -> Message:
    platform = request.destination.platform
    blocks: list[Block] = [
        line(Text(commands_in(_usage(command), platform), code=True)),
        *build_answer(f"{tr(command.summary)}. {_details(command)}".strip(), platform).blocks,
    ]
    if command.aliases:
        blocks.append(
            line(
                tr(
                    "Also: {names}",
                    names=commands_in(", ".join(f"/{alias}" for alias in command.aliases), platform),
                )
            )
        )
    if command.reply_words:
        blocks.append(line(tr("In answer to an alert: {words}", words=", ".join(command.reply_words))))
    if command.needs_admin:
        blocks.append(line(tr("In groups and channels: admins only.")))
    return Message(tuple(blocks), f"{command.name}: {tr(command.summary)}.")


def _details(command: Command) -> str:
    return tr(command.details) if command.details else ""


def _short_help(request: Request) -> str:
    """A terminal has no thumbs: its cards are rated by a sign and their id."""
    text = tr(_SHORT_HELP)
    return text.replace("👍", "`+ 7Q2M`").replace("👎", "`- 7Q2M`") if _is_console(request) else text


def _is_console(request: Request) -> bool:
    return request.destination.platform is Platform.CONSOLE


def _usage(command: Command) -> str:
    """A command with its arguments; what somebody fills in is named in the chat's language."""
    parts = (tr(part) if part in _FILLED_IN else part for part in _SIGNS.split(command.usage))
    return f"/{command.name} {''.join(parts)}".strip()


COMMANDS = (
    Command(
        "help",
        "What I can do",
        handle_help,
        usage="[command | all]",
        details=later("Without a word: the things people do most. With a command's name: how it is used."),
    ),
)
