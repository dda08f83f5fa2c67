"""/new: a watchlist by filling in a form, tested before it is watched; from a message, with its names proposed."""

from collections.abc import Mapping

from bot.commands.answers import say
from bot.commands.authorisation import REFUSAL, may_change
from bot.commands.invocation import Reply, Via
from bot.commands.registry import Command, Request
from bot.commands.testing import try_list
from bot.domain.chats import ChatKind
from bot.domain.dialogs import Choice, Dialog, Field
from bot.domain.language import tr
from bot.domain.proposals import propose_terms, propose_title
from bot.matching.records import Priority
from bot.services.list_texts import RefusedText
from bot.services.new_lists import TITLE_LIMIT, WantedList, build_wanted_list, find_faults, refusal_words

NEW = "new"
_FIELDS = {"title": "title", "words": "any", "near": "near", "unwanted": "not"}
_PLACE = "dest"


async def handle_new(request: Request) -> Reply:
    """The form; filled in, the test of the list it makes, with a button to watch it."""
    if request.invocation.via is not Via.DIALOG:
        return _ask(request)
    if not await may_change(request):
        return say(request, tr(REFUSAL))
    try:
        read = await build_wanted_list(request.services.texts, _read_form(request))
    except RefusedText as error:
        return say(request, refusal_words(error))
    return await try_list(request, read)


def _ask(request: Request) -> Reply:
    terms = propose_terms(request.argument)
    title = propose_title(request.argument, terms) if request.argument else ""
    private = request.destination.kind is ChatKind.PRIVATE
    hint = tr('One per line. word, "a phrase", stem*, =CASE.')
    if terms:
        hint = f"{hint} {tr('Taken from the message you picked.')}"
    fields = (
        Field("title", tr("Name"), value=title[:TITLE_LIMIT], longest=TITLE_LIMIT),
        Field("any", tr("Alert when the text has any of these"), "text", "\n".join(terms), hint),
        Field(
            "near",
            tr("…and near them (optional)"),
            "text",
            hint=tr("Context words within 30 words. Use for ambiguous acronyms."),
            optional=True,
        ),
        Field("not", tr("Never when it has (optional)"), "text", optional=True),
        Field("prio", tr("Priority"), "choice", Priority.HIGH.word, choices=_priorities()),
        Field(
            _PLACE,
            tr("Post to"),
            "chat",
            hint=tr("Empty: to you alone, here.") if private else "",
            optional=private,
        ),
    )
    dialog = Dialog(
        tr("New watchlist"),
        fields,
        NEW,
        submit=tr("Test first"),
        close=tr("Cancel"),
        wait=tr("Reading the archive…"),
    )
    text = tr(
        "Write /watch and the words to watch for, like /watch tajik* NEAR/10 border. /watch alone shows the lists."
    )
    return Reply(say(request, text).message, dialog=dialog)


def _priorities() -> tuple[Choice, ...]:
    return (
        Choice(Priority.CRITICAL.word, tr("Critical: post at once, ignore quiet hours")),
        Choice(Priority.HIGH.word, tr("High: post at once")),
        Choice(Priority.MEDIUM.word, tr("Medium: post at once, without a sound")),
        Choice(Priority.LOW.word, tr("Low: digest only")),
    )


def _read_form(request: Request) -> WantedList:
    fields = request.invocation.fields
    try:
        priority = Priority.from_word(fields.get("prio", ""))
    except KeyError:
        priority = Priority.MEDIUM
    return WantedList(
        fields.get("title", ""), fields.get("any", ""), fields.get("near", ""), fields.get("not", ""), priority
    )


async def check_new(request: Request) -> Mapping[str, str]:
    """What is wrong in the form, by field: terms with their lines, a channel that the bot cannot post to."""
    wanted = _read_form(request)
    faults = {_FIELDS[part]: words for part, words in find_faults(wanted).items()}
    if not faults:
        try:
            await build_wanted_list(request.services.texts, wanted)
        except RefusedText as error:
            faults["any"] = refusal_words(error)
    obstacle = await request.find_obstacle() if await may_change(request) else tr(REFUSAL)
    return {**faults, _PLACE: obstacle} if obstacle else faults


COMMANDS = (
    Command(
        NEW,
        "A new watchlist by a form",
        handle_new,
        listed=False,
        check=check_new,
        asks=True,
        cost=5,
    ),
)
