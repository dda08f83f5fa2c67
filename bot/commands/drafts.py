"""The buttons under a tested or edited watchlist: watch it, apply it, look at samples, rate them, or let it be."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.commands.answers import commands_in, notice, say
from bot.commands.authorisation import REFUSAL, may_change_list
from bot.commands.backtest_words import rating_words, sample_line
from bot.commands.grammar import read_number
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.commands.testing import DRAFT, outlets_of
from bot.commands.watching import watching_words
from bot.domain.chat_lists import Draft, Sample
from bot.domain.chats import ChatKind
from bot.domain.dialogs import Dialog, build_view
from bot.domain.language import later, tr
from bot.domain.messages import Block, Button, Message, Quote, Text, bold, line, plain_message
from bot.errors import NotFound

_GONE = later("That draft is gone. Start again with /test.")
_HEADINGS = {
    "samples": later("Samples"),
    "gone": later("Gone: these would not ring any more"),
    "new": later("New: these would ring"),
    "unchanged": later("Unchanged: these ring before and after"),
    "near": later("One group short of firing"),
}
_RATING_PAIRS_IN_A_ROW = 2


async def handle_draft(request: Request) -> Reply:
    """What a button of a draft asks for."""
    # Who has no buttons types what the button says: `draft 3 watch`.
    asked = f"{request.invocation.subject} {request.argument}".strip()
    first, _, rest = asked.partition(" ")
    number = read_number(first)
    if number is None:
        raise NotFound(tr(_GONE))
    draft = await request.services.store.get_draft(number, request.destination.key, request.invocation.at)
    action, _, rest = rest.strip().partition(" ")
    if action in _HEADINGS:
        return await _see(request, draft, action)
    handler = _ACTIONS.get(action)
    if handler is None:
        raise NotFound(tr(_GONE))
    if action in _CHANGING and not await may_change_list(request, draft.watchlist):
        return notice(request.invocation, tr(REFUSAL))
    return await handler(request, draft, rest)


async def _watch(request: Request, draft: Draft, _: str) -> Reply:
    obstacle = await request.find_obstacle()
    if obstacle:
        return Reply(plain_message(obstacle))
    made = await request.services.editor.watch_draft(draft, request.person, request.invocation.at)
    watchlist = made.watchlist
    await request.services.store.subscribe(
        request.destination, made.id, request.person.key, request.now, name=request.person.name
    )
    buttons = ((Button(tr("Edit"), "edit", made.id), Button(tr("Stop watching"), "unwatch", made.id)),)
    private = request.destination.kind is ChatKind.PRIVATE
    text = f"{watching_words(request, watchlist, as_id=made.id)} {tr('New stories arrive here from now on.')}"
    return Reply(plain_message(text, buttons), tr("Watching."), private=private)


async def _apply(request: Request, draft: Draft, _: str) -> Reply:
    version = await request.services.editor.apply_draft(draft, request.person, request.invocation.at)
    undo = ((Button(tr("Undo"), "edit", version.watchlist, "undo"),),)
    names = {"list": version.watchlist, "number": version.number, "name": request.person.name or tr("an admin")}
    if request.destination.kind is ChatKind.PRIVATE:
        text = tr("{list} is now version {number}. It is live.", **names)
    else:
        text = tr("{list} is now version {number}, by {name}. It is live.", **names)
    return Reply(plain_message(text, undo), tr("Applied."), private=False)


async def _cancel(request: Request, draft: Draft, _: str) -> Reply:
    await request.services.store.drop_draft(draft.id, request.destination.key)
    return notice(request.invocation, tr("Nothing was changed."))


async def _change(request: Request, draft: Draft, _: str) -> Reply:
    """What was tested, ready to be copied and changed."""
    typed = f"/test {draft.query}" if draft.query else draft.yaml.rstrip("\n")
    words = commands_in(typed, request.destination.platform) if draft.query else typed
    blocks: tuple[Block, ...] = (line(tr("Send it again, changed:")), Quote((Text(words),), code=True))
    return Reply(Message(blocks, tr("Send it again, changed.")))


async def _see(request: Request, draft: Draft, name: str) -> Reply:
    samples = draft.samples.get(name, ())
    if not samples:
        return notice(request.invocation, tr("There is nothing to see."))
    zone, outlets = ZoneInfo(request.destination.timezone), await outlets_of(request)
    blocks: list[Block] = [line(bold(tr(_HEADINGS[name])))]
    for number, sample in enumerate(samples, 1):
        shown = sample_line(number, sample, outlets, zone)
        missing = f" · {tr('lacks {words}', words=sample.note)}" if sample.note else ""
        blocks.append(line(*shown.spans, missing))
    return Reply(Message(tuple(blocks), f"{tr(_HEADINGS[name])}: {len(samples)}."))


async def _rate(request: Request, draft: Draft, verdict: str) -> Reply:
    """The samples with thumbs, or a verdict on one of them: `3 up`."""
    samples = draft.samples.get("samples", ())
    if not verdict:
        return Reply(await _build_rating(request, draft, samples))
    number, _, thumb = verdict.partition(" ")
    place = read_number(number)
    if place is None or not 1 <= place <= len(samples):
        raise NotFound(tr(_GONE))
    rated = await request.services.store.rate_sample(draft.id, request.destination.key, place - 1, useful=thumb == "up")
    samples = rated.samples["samples"]
    done = sum(1 for sample in samples if sample.useful is not None)
    if done == len(samples):
        result = say(request, f"{rating_words(samples)}.")
        return replace(result, dialog=_as_screen(result.message))
    shown = await _build_rating(request, draft, samples)
    told = tr(
        "Sample {place}: {verdict}. {done} of {count}.",
        place=place,
        verdict=tr("useful") if thumb == "up" else tr("not useful"),
        done=done,
        count=len(samples),
    )
    return Reply(notice=told, buttons=shown.buttons, dialog=_as_screen(shown))


def _as_screen(message: Message | None) -> Dialog | None:
    """Where thumbs stand on a screen of their own, what follows takes its place."""
    return build_view(message, tr("Samples"), tr("Back"), in_place=True) if message else None


async def _build_rating(request: Request, draft: Draft, samples: tuple[Sample, ...]) -> Message:
    """The samples with thumbs; the one that was pressed is marked."""
    zone, outlets = ZoneInfo(request.destination.timezone), await outlets_of(request)
    blocks: list[Block] = [line(bold(tr("Would you want to be told of these?")))]
    blocks += [sample_line(number, sample, outlets, zone) for number, sample in enumerate(samples, 1)]
    pairs = [_thumbs(draft, number, sample) for number, sample in enumerate(samples, 1)]
    rows = tuple(
        tuple(button for pair in pairs[start : start + _RATING_PAIRS_IN_A_ROW] for button in pair)
        for start in range(0, len(pairs), _RATING_PAIRS_IN_A_ROW)
    )
    return Message(tuple(blocks), tr("{count} samples to rate.", count=len(samples)), rows)


def _thumbs(draft: Draft, number: int, sample: Sample) -> tuple[Button, Button]:
    marks = ("✓ " if sample.useful is True else "", "✓ " if sample.useful is False else "")
    return (
        Button(f"{marks[0]}{number} 👍", DRAFT, str(draft.id), f"rate {number} up"),
        Button(f"{marks[1]}{number} 👎", DRAFT, str(draft.id), f"rate {number} down"),
    )


_ACTIONS: dict[str, Callable[[Request, Draft, str], Awaitable[Reply]]] = {
    "watch": _watch,
    "apply": _apply,
    "cancel": _cancel,
    "change": _change,
    "rate": _rate,
}
_CHANGING = ("watch", "apply")

COMMANDS = (Command(DRAFT, "A tested or edited list", handle_draft, listed=False),)
