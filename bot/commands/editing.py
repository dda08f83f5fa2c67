"""/edit: a watchlist's YAML out to the chat and back, with what the change would have done before it is made."""

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.commands.answers import build_answer, commands_in, say
from bot.commands.backtest_words import diff_words, story_samples
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.commands.testing import DRAFT, example_blocks, try_list, without
from bot.domain.backtests import RuleDiff
from bot.domain.chat_lists import Draft
from bot.domain.chats import Platform
from bot.domain.dialogs import Dialog, Field
from bot.domain.language import later, retold, tr, trn
from bot.domain.messages import Attachment, Block, Button, Gap, Line, Message, Quote, Text, bold, isolate, line
from bot.domain.wording import local_time, shorten
from bot.errors import NotFound, SettingsError, WatchlistError
from bot.matching.watchlist import Watchlist
from bot.services.list_editing import Proposal
from bot.services.list_parts import cut_part, is_part, list_parts, merge_parts
from bot.services.list_texts import RefusedText, bare_cause, find_list_id, is_watchlist_text, read_list, unfenced

_SEE = {"gone": later("See gone"), "new": later("See new"), "unchanged": later("See unchanged")}
# With the words around it this stays below what Telegram sends in one message.
_LONGEST_TEXT = 3_400
# What stands under a file has less room (telegram.constants.MessageLimit.CAPTION_LENGTH), and more is said there.
_LONGEST_UNDER_FILE = 600
_MOST_SAMPLES = 20
_MOST_PROBLEMS = 5
_MOST_VERSIONS = 10
_BUTTONS_IN_A_ROW = 3
_NAME = later("your text")


async def handle_edit(request: Request) -> Reply:
    """A list's text, an edited text's effect, or with `undo`, `versions`, `remove` what these words say."""
    given = _given_text(request)
    if given:
        return await _take_text(request, given)
    words = [*request.invocation.subject.split(), *request.argument.split()]
    if not words:
        raise SettingsError(tr("Edit which list?"), tr("Example: /edit csto"))
    actions = {"undo": _undo, "versions": _versions, "remove": _remove}
    action = actions.get(words[-1].casefold()) if len(words) > 1 else None
    if action is not None:
        return await action(request, _get_list(request, " ".join(words[:-1])))
    whole = _find_list(request, " ".join(words))
    if whole is None and len(words) > 1:
        return await _show(request, _get_list(request, " ".join(words[:-1])), words[-1])
    return await _show(request, whole or _get_list(request, " ".join(words)), "")


def _find_list(request: Request, name: str) -> Watchlist | None:
    """A list that this chat may see, also one of its own that does not work: editing is how it is mended."""
    broken = request.services.catalog.find_broken_list(name, request.destination.key)
    return request.lists.find(name) or (broken.watchlist if broken else None)


def _get_list(request: Request, name: str) -> Watchlist:
    return _find_list(request, name) or request.lists.get(name)


def _given_text(request: Request) -> str:
    """The YAML behind the command, or sent without naming it."""
    invocation = request.invocation
    text = invocation.argument if request.registry.find(invocation.verb) else invocation.text
    return unfenced(text) if is_watchlist_text(text) else ""


async def _show(request: Request, watchlist: Watchlist, part: str) -> Reply:
    """The text to edit: all of it, or where that does not fit, its parts to choose from."""
    text = await request.services.editor.text_of(watchlist)
    if part:
        cut = cut_part(text, watchlist.id, part)
        if not cut:
            parts = ", ".join(list_parts(text, _LONGEST_TEXT))
            raise NotFound(
                tr("{id} has no part “{part}”.", id=watchlist.id, part=part[:40]), tr("Its parts: {parts}", parts=parts)
            )
        return _text_message(request, watchlist, cut, part)
    if len(text) <= (_LONGEST_UNDER_FILE if _sends_files(request) else _LONGEST_TEXT):
        return _text_message(request, watchlist, text, "")
    buttons = [
        Button(name, "edit", watchlist.id, name)
        for name in list_parts(text, _LONGEST_TEXT)
        if len(cut_part(text, watchlist.id, name)) <= _LONGEST_TEXT
    ]
    rows = tuple(
        tuple(buttons[start : start + _BUTTONS_IN_A_ROW]) for start in range(0, len(buttons), _BUTTONS_IN_A_ROW)
    )
    answer = tr(
        "Here is {id} as a file. Send it back changed, with the caption /edit, or edit one part of it: "
        "/edit {id} match",
        id=watchlist.id,
    )
    message = build_answer(answer, request.destination.platform, rows)
    return Reply(replace(message, attachment=_build_file(watchlist, text)))


def _text_message(request: Request, watchlist: Watchlist, text: str, part: str) -> Reply:
    what = f"{watchlist.id}, {part}" if part else f"{watchlist.id}.yaml"
    name = request.services.editor.file_of(watchlist)
    how = (
        tr("It stands in {name}: I answer with a patch for that file.", name=name)
        if name
        else tr("I show what changes before it does.")
    )
    platform = request.destination.platform
    is_file = not part and _sends_files(request)
    back = tr("Answer this message with the changed text, or send it behind /edit.")
    if is_file:
        back = tr("Answer this message with the changed file or text, or send it behind /edit.")
    blocks: tuple[Block, ...] = (
        line(bold(what)),
        Quote((Text(text.rstrip("\n")),), code=True),
        line(commands_in(f"{back} {how}", platform)),
    )
    file = _build_file(watchlist, text) if is_file else None
    message = Message(blocks, tr("The text of {id}.", id=watchlist.id), attachment=file)
    return Reply(message, dialog=_build_form(watchlist, text, name))


def _sends_files(request: Request) -> bool:
    """Whether people there can send a file back."""
    return request.destination.platform is Platform.TELEGRAM


def _build_file(watchlist: Watchlist, text: str) -> Attachment:
    return Attachment(f"{watchlist.id}.yaml", "application/yaml", text.encode())


def _build_form(watchlist: Watchlist, text: str, file: str) -> Dialog:
    """The text in a form. Platforms show it where it fits."""
    hint = tr("It stands in {file}: I answer with a patch for that file.", file=file) if file else ""
    field = Field("yaml", tr("The list as YAML"), "text", text.rstrip("\n"), hint)
    return Dialog(
        tr("Edit {list}", list=watchlist.id),
        (field,),
        "edit",
        argument="{yaml}",
        submit=tr("Show what changes"),
        close=tr("Cancel"),
        wait=tr("Reading the archive…"),
    )


async def check_edit(request: Request) -> Mapping[str, str]:
    """What is wrong with the text in the form, with its lines."""
    text = unfenced(request.invocation.fields.get("yaml", ""))
    if not is_watchlist_text(text):
        return {"yaml": tr("The text needs its id and at least one other part of a list.")}
    try:
        await read_list(request.services.texts, await _completed(request, text), tr(_NAME))
    except RefusedText as error:
        return {"yaml": " ".join(_problem_words(problem) for problem in error.problems[:_MOST_PROBLEMS])}
    return {}


async def _take_text(request: Request, text: str) -> Reply:
    """What an edited text would change; nothing is changed yet."""
    try:
        text = await _completed(request, text)
        read = await read_list(request.services.texts, text, tr(_NAME))
    except RefusedText as error:
        return Reply(_build_refusal(error.problems, text))
    proposal = await request.services.editor.propose(read, request.destination, request.now)
    if proposal is None:
        return await try_list(request, read)
    if proposal.before == read.watchlist:
        return say(request, tr("That says the same as {id} does now. Nothing to change.", id=read.watchlist.id))
    if proposal.file:
        return Reply(_build_patch_answer(proposal))
    draft = await request.services.store.record_draft(_build_draft(request, proposal))
    number = str(draft.id)
    buttons = (
        _see_buttons(proposal.diff, number),
        (
            Button(tr("Apply"), DRAFT, number, "apply", primary=True),
            Button(tr("Keep old"), DRAFT, number, "cancel"),
        ),
    )
    blocks = _change_blocks(proposal)
    message = Message(tuple(blocks), _summary(proposal), tuple(row for row in buttons if row))
    shown = replace(message, buttons=without(message.buttons, "apply", "cancel"))
    dialog = Dialog(
        tr("Before and after"),
        action=DRAFT,
        subject=number,
        argument="apply",
        parts=(shown,),
        submit=tr("Apply"),
        close=tr("Keep old"),
    )
    return Reply(message, dialog=dialog)


async def _completed(request: Request, text: str) -> str:
    """A text that holds only parts, put into the list it belongs to."""
    if not is_part(text):
        return text
    known = _find_list(request, find_list_id(text))
    return merge_parts(await request.services.editor.text_of(known), text) if known else text


def _build_draft(request: Request, proposal: Proposal) -> Draft:
    diff = proposal.diff
    return Draft(
        destination=request.destination.key,
        watchlist=proposal.before.id,
        based_on=proposal.based_on,
        yaml=proposal.read.yaml,
        content=proposal.read.watchlist,
        author=request.person.key,
        author_name=request.person.name,
        at=request.now,
        samples={
            "gone": story_samples(diff.gone, _MOST_SAMPLES),
            "new": story_samples(diff.new, _MOST_SAMPLES),
            "unchanged": story_samples(diff.unchanged, _MOST_SAMPLES),
        },
    )


def _see_buttons(diff: RuleDiff, draft: str) -> tuple[Button, ...]:
    kinds = (("gone", diff.gone), ("new", diff.new), ("unchanged", diff.unchanged))
    return tuple(Button(tr(_SEE[name]), DRAFT, draft, name) for name, stories in kinds if stories)


def _change_blocks(proposal: Proposal) -> list[Block]:
    return [
        line(bold(tr("Change of {id}", id=proposal.before.id))),
        line(diff_words(proposal.diff, proposal.replay)),
        *example_blocks(proposal.read),
    ]


def _build_patch_answer(proposal: Proposal) -> Message:
    """Lists that stand in files are changed there; the proposal is written out for whoever may do that."""
    name, patch = proposal.file, proposal.patch
    blocks = _change_blocks(proposal)
    blocks.append(Gap())
    if len(patch) > _LONGEST_TEXT:
        patch = patch[:_LONGEST_TEXT].rsplit("\n", 1)[0]
        blocks.append(
            line(tr("The patch is longer than a message; this is its beginning. Edit {name} itself.", name=name))
        )
    else:
        blocks.append(
            line(
                tr(
                    "{id} stands in {name}, so nothing is changed here. The patch for it:",
                    id=proposal.before.id,
                    name=name,
                )
            )
        )
    blocks.append(Quote((Text(patch),), code=True))
    return Message(tuple(blocks), _summary(proposal))


def _summary(proposal: Proposal) -> str:
    return f"{proposal.before.id}: {diff_words(proposal.diff, proposal.replay)}"


def _build_refusal(problems: tuple[WatchlistError, ...], text: str) -> Message:
    """Each mistake by line, with the line itself."""
    rows = text.splitlines()
    blocks: list[Block] = [
        line(
            bold(tr("Not taken:")),
            " ",
            tr(
                "{mistakes}. Nothing was changed.",
                mistakes=trn("{count:,} mistake", "{count:,} mistakes", len(problems)),
            ),
        )
    ]
    for problem in problems[:_MOST_PROBLEMS]:
        blocks.append(_problem_line(problem))
        if 1 <= problem.line <= len(rows):
            blocks.append(line(Text(isolate(shorten(rows[problem.line - 1].strip(), 120)), code=True)))
    if len(problems) > _MOST_PROBLEMS:
        blocks.append(line(tr("and {count} more", count=len(problems) - _MOST_PROBLEMS)))
    return Message(tuple(blocks), tr("Not taken: {cause}", cause=bare_cause(problems[0])))


def _problem_line(problem: WatchlistError) -> Line:
    return line(_problem_words(problem))


def _problem_words(problem: WatchlistError) -> str:
    where = tr("Line {line}, column {column}:", line=problem.line, column=problem.column) if problem.line else ""
    return f"{where} {bare_cause(problem)} {retold(problem.cure)}".strip()


async def _undo(request: Request, watchlist: Watchlist) -> Reply:
    name = request.services.editor.file_of(watchlist)
    if name:
        return await _undo_in_file(request, watchlist, name)
    # By the moment of the request, one that is handled again after a kill is known.
    version = await request.services.editor.undo(watchlist, request.person, request.invocation.at)
    when = local_time(version.at, ZoneInfo(request.destination.timezone))
    by = version.author_name or version.author
    text = tr(
        "{id} is back at version {number}, by {by}, {when}.", id=watchlist.id, number=version.number, by=by, when=when
    )
    return say(request, text, private=False)


async def _undo_in_file(request: Request, watchlist: Watchlist, name: str) -> Reply:
    """The way back for a list that stands in a file: a patch, for whoever may change the file."""
    version, patch = await request.services.editor.patch_back(watchlist)
    when = local_time(version.at, ZoneInfo(request.destination.timezone))
    what = tr("{id} stands in {name}, so nothing is changed here.", id=watchlist.id, name=name)
    if not patch or len(patch) > _LONGEST_TEXT:
        return say(
            request,
            f"{what} {tr('The patch back is longer than a message.')}",
        )
    blocks: tuple[Block, ...] = (
        line(f"{what} {tr('The patch back to version {number} of {when}:', number=version.number, when=when)}"),
        Quote((Text(patch),), code=True),
    )
    return Reply(
        Message(blocks, tr("The patch back to version {number} of {id}.", number=version.number, id=watchlist.id))
    )


async def _remove(request: Request, watchlist: Watchlist) -> Reply:
    await request.services.editor.remove(watchlist, request.person, request.now)
    return say(request, tr("Removed {id}. Its versions are kept.", id=watchlist.id), private=False)


async def _versions(request: Request, watchlist: Watchlist) -> Reply:
    versions = await request.services.store.list_watchlist_versions(watchlist.id)
    made = request.services.catalog.find_chat_list(watchlist.id)
    zone = ZoneInfo(request.destination.timezone)
    blocks: list[Block] = [
        line(bold(f"{watchlist.id}: {trn('{count:,} version', '{count:,} versions', len(versions))}"))
    ]
    for version in versions[:_MOST_VERSIONS]:
        in_use = f" · {tr('in use')}" if made and version.number == made.version.number else ""
        by = version.author_name or version.author
        blocks.append(line(f"{version.number} · {by} · {local_time(version.at, zone)}{in_use}"))
    return Reply(Message(tuple(blocks), tr("{count} versions of {id}.", count=len(versions), id=watchlist.id)))


COMMANDS = (
    Command(
        "edit",
        "Change a watchlist",
        handle_edit,
        usage="<list> [part | undo | versions | remove]",
        details=later(
            "Sends the list as YAML. Send it back changed and I show what would be gone and what "
            "would be new before anything is applied. Lists that stand in files get a patch instead. "
            "Example: /edit csto match"
        ),
        needs_admin=True,
        takes=is_watchlist_text,
        cost=5,
        check=check_edit,
        asks=True,
        for_maker=True,
    ),
)
