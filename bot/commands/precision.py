"""/precision: how precise lists are by what people said, and the buttons of what would make them more so."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.commands.answers import commands_in, notice, say
from bot.commands.authorisation import REFUSAL, may_change_list
from bot.commands.fix_words import FIX, build_ledger_message, build_proposal, headline_words
from bot.commands.grammar import read_number, split_arguments
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.alerts import AlertView
from bot.domain.chats import ChatKind
from bot.domain.fixes import KINDS, LOOK_BACK, Fix, FixKind
from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Button, Gap, Message, Quote, Text, bold, line
from bot.domain.precision import build_ledger, measure_list
from bot.errors import NotFound
from bot.matching.watchlist import Watchlist
from bot.services.feedback import loudest_match
from bot.services.fixing import find_repeated
from bot.services.list_parts import cut_part
from bot.services.routing import watched_ids

_LONGEST_TEXT = 3_400
_OLD = "old"


async def handle_precision(request: Request) -> Reply:
    """The lists of the chat, one list by rule, term and outlet, or what would make it more precise."""
    words = split_arguments(f"{request.invocation.subject} {request.argument}".strip())
    wants_fix = len(words) > 1 and words[-1].casefold() == FIX
    name = " ".join(words[:-1] if wants_fix else words)
    if not name:
        return await _show_lists(request)
    watchlist = request.lists.get(name)
    if wants_fix:
        return await _show_fix(request, watchlist)
    rated = await request.services.store.list_rated(request.now - LOOK_BACK, watchlist.id)
    return Reply(build_ledger_message(build_ledger(watchlist.title, rated, watchlist.id), watchlist))


async def _show_lists(request: Request) -> Reply:
    services = request.services
    watched = await watched_ids(services.store, services.catalog, request.destination)
    rated = await services.store.list_rated(request.now - LOOK_BACK)
    found = [
        measure_list(watchlist.title, rated, watchlist.id)
        for watchlist in request.lists.watchlists
        if watchlist.id in watched
    ]
    if not found:
        ready = len(request.lists.watchlists)
        return say(request, tr("No watchlists yet. /watch shows {count} ready ones.", count=ready))
    known = [one for one in found if one.all.rated]
    head = tr("Precision, the last 30 days")
    blocks: list[Block] = [line(bold(head), style="head")]
    blocks += [line(f"• {one.name}: {headline_words(one)}") for one in known]
    unrated = len(found) - len(known)
    if unrated:
        blocks.append(line(trn("{count} list is not rated yet.", "{count} lists are not rated yet.", unrated)))
    hint = tr("By rule, term and outlet: /precision {list}", list=min(watched))
    blocks += [Gap(), line(commands_in(hint, request.destination.platform), style="context")]
    return Reply(Message(tuple(blocks), f"{head}."))


async def _show_fix(request: Request, watchlist: Watchlist) -> Reply:
    """The best proposal for the reasons that people gave."""
    for reason in KINDS:
        fix = await request.services.fixer.find_fix(watchlist, reason, request.destination, request.now, least=1)
        if fix is not None:
            return Reply(build_proposal(fix, watchlist, await _named(request, fix)))
    return say(request, tr("Nothing to suggest for {list}. Rate its alerts with 👍 and 👎.", list=watchlist.title))


async def _named(request: Request, fix: Fix) -> str:
    """The name that people know the outlet or the place by that a fix is about; empty for other fixes."""
    if fix.kind is FixKind.PLACE:
        groups = (group for one in request.lists.watchlists for group in one.groups)
        return next((group.label for group in groups if group.name == fix.value), "")
    if fix.kind is not FixKind.SOURCE:
        return ""
    feeds = await request.services.store.list_feeds()
    return next((status.feed.outlet for status in feeds if status.feed.id == fix.value), "")


async def propose_fix(request: Request, view: AlertView, reason: str) -> Message | None:
    """What follows from a reason that was given just now, if anything: the proposal of a fix, or of a merge."""
    services, destination = request.services, request.destination
    if reason == _OLD:
        repeated = await find_repeated(services.store, view, destination, request.now)
        return _propose_merge(view, repeated) if repeated else None
    match = await loudest_match(services.store, services.catalog, view, destination)
    watchlist = next((one for one in request.lists.watchlists if one.id == match.watchlist), None)
    if watchlist is None:
        return None
    fix = await services.fixer.find_fix(watchlist, reason, destination, request.now)
    return build_proposal(fix, watchlist, await _named(request, fix)) if fix else None


def _propose_merge(view: AlertView, earlier: AlertView) -> Message:
    asked = tr("Is {alert} the story of {earlier}? Merged, later reports find one card.",
               alert=view.alert.id, earlier=earlier.alert.id)  # fmt: skip
    merge = Button(tr("Merge"), "merge", "", f"{earlier.alert.id} {view.alert.id}", primary=True)
    return Message((line("🔧 ", asked),), asked, ((merge,),))


async def handle_fix(request: Request) -> Reply:
    """What a button of a proposal asks for; who has no buttons types `fix 3 apply`."""
    first, _, action = f"{request.invocation.subject} {request.argument}".strip().partition(" ")
    number = read_number(first)
    handler = _ACTIONS.get(action.strip().casefold())
    if number is None or handler is None:
        raise NotFound(tr("That proposal is gone."), tr("/precision shows what there is."))
    fix = await request.services.store.get_fix(number, request.destination.key)
    watchlist = request.lists.get(fix.watchlist)
    if not await may_change_list(request, watchlist.id):
        return notice(request.invocation, tr(REFUSAL))
    return await handler(request, fix, watchlist)


async def _apply(request: Request, fix: Fix, watchlist: Watchlist) -> Reply:
    applied = await request.services.fixer.apply(fix, watchlist, request.person, request.now)
    if applied.file:
        said = tr("{list} stands in {file}, so nothing is changed here. The patch for it:",
                  list=watchlist.id, file=applied.file)  # fmt: skip
        patch = Quote((Text(applied.patch[:_LONGEST_TEXT]),), code=True)
        return Reply(Message((line(said), patch), tr("The patch for {list}.", list=watchlist.id)), private=False)
    by = "" if request.destination.kind is ChatKind.PRIVATE else request.person.name
    done = tr("{list} is now version {number}. It is live.", list=watchlist.id, number=applied.fix.version)
    if by:
        done = tr("{list} is now version {number}, by {name}. It is live.",
                  list=watchlist.id, number=applied.fix.version, name=by)  # fmt: skip
    undo = ((Button(tr("Undo"), FIX, str(fix.id), "undo"),),)
    answer = say(request, done, undo, private=False)
    return Reply(answer.message, tr("Applied."), private=False, buttons=())


async def _edit(request: Request, fix: Fix, watchlist: Watchlist) -> Reply:
    """The changed text, to be changed further and sent back."""
    read = await request.services.fixer.write_fix(fix, watchlist)
    text = read.yaml if len(read.yaml) <= _LONGEST_TEXT else cut_part(read.yaml, watchlist.id, "match")
    if not text or len(text) > _LONGEST_TEXT:
        raise NotFound(tr("{list} is longer than a message.", list=watchlist.id), tr("/edit sends its parts."))
    how = tr("Answer this message with the changed text, or send it behind /edit. I show what changes before it does.")
    blocks: tuple[Block, ...] = (
        Quote((Text(text.rstrip("\n")),), code=True),
        line(commands_in(how, request.destination.platform)),
    )
    return Reply(Message(blocks, tr("The text of {id}.", id=watchlist.id)))


async def _refuse(request: Request, fix: Fix, watchlist: Watchlist) -> Reply:
    await request.services.fixer.refuse(fix, request.now)
    said = tr("Nothing was changed. I will not ask that again for {list}.", list=watchlist.title)
    return replace(notice(request.invocation, said), buttons=())


async def _undo(request: Request, fix: Fix, watchlist: Watchlist) -> Reply:
    await request.services.fixer.undo(fix, watchlist, request.person, request.now)
    return say(request, tr("{list} is as it was before.", list=watchlist.id), private=False)


_ACTIONS: dict[str, Callable[[Request, Fix, Watchlist], Awaitable[Reply]]] = {
    "apply": _apply,
    "edit": _edit,
    "no": _refuse,
    "undo": _undo,
}

COMMANDS = (
    Command(
        "precision",
        "How precise the lists are, and what would help",
        handle_precision,
        usage="[list] [fix]",
        details=later(
            "Useful alerts of those that were rated, with the interval in which the true share "
            "likely lies. Once 20 answers to the digests' questions are there, only those count, for "
            "they were asked at random. With a list: by rule, term and outlet. `/precision ttp fix` "
            "proposes a change, with what it would have cost."
        ),
        cost=2,
    ),
    Command(FIX, "A proposed change of a list", handle_fix, usage="<number> <apply | edit | no>", listed=False, cost=2),
)
