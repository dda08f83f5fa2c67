"""/mute, /unmute, /pause, /resume: less for a while, by command, by button, or in answer to a card."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commands.alerts import find_answered_card, find_subject
from bot.commands.answers import commands_in, fits_button, notice, say
from bot.commands.authorisation import REFUSAL, may_change
from bot.commands.card_dialogs import build_mute_dialog
from bot.commands.card_menus import buttons_after
from bot.commands.grammar import read_number, split_arguments
from bot.commands.invocation import Reply, Via
from bot.commands.registry import Command, Request
from bot.domain.card_buttons import MORE
from bot.domain.language import later, tr, trn
from bot.domain.messages import Block, Button, Message, bold, line
from bot.domain.mute_times import HOW_LONG, is_duration, read_until, until_words
from bot.domain.mutes import Mute, MuteKind
from bot.domain.wording import shorten
from bot.errors import NotFound, SettingsError
from bot.services import muting
from bot.services.chat_settings import get_settings
from bot.services.explaining import find_shown_alert
from bot.services.holding import list_held_for
from bot.services.muting import Target
from bot.services.routing import watched_ids

_CRITICAL = "critical"
_ID_MARK = "m"  # m17 is the mute with that number, 3 the third in the list
_DURATIONS = (
    (later("1 hour"), "1h"),
    (later("8 hours"), "8h"),
    (later("1 day"), "1d"),
    (later("7 days"), "7d"),
    (later("Until I unmute"), "inf"),
)
_KEYBOARD_ROW = 3
_MOST_LISTED = 20
_MOST_NAMED = 3


async def handle_mute(request: Request) -> Reply:
    """Mutes what was named for as long as was said; alone, lists what is muted."""
    words = list(split_arguments(request.argument))
    named = bool(request.invocation.subject) or request.invocation.via is Via.REPLY
    # In the threads of Slack the bot is called by its name, and a command can be written in answer to a card, too.
    on_card = named or await find_answered_card(request) is not None
    if not words and not on_card:
        return await _list(request)
    if words and words[0].casefold() == _CRITICAL:
        return await _mute_critical_too(request, words[1:])
    if not words and request.invocation.via is Via.BUTTON:
        return await _ask_what(request)
    duration = words.pop() if words and is_duration(words[-1]) else ""
    target = await _read_target(request, words, on_card=on_card)
    return await _mute(request, target, duration) if duration else _ask_how_long(request, target)


async def _mute(request: Request, target: Target, duration: str) -> Reply:
    until = _read_until(request, duration)
    may_mute = await _may_mute(request)
    if not may_mute and target.kind is not MuteKind.STORY:
        return notice(request.invocation, tr(REFUSAL))
    record = muting.mute if may_mute else muting.propose_story_mute
    made = await record(
        request.services.store, target, request.destination, until=until, by=request.person, now=request.now
    )
    subject = request.invocation.subject
    if made.proposed:
        subject = subject or await _find_card_of(request, target)
        agree = ((Button(tr("I agree"), "mute", subject, f"story {duration}"),),) if subject else ()
        asked = tr("{what} is muted once one more member agrees within 10 minutes.", what=target.what)
        return say(request, asked, agree, private=False)
    done = _muted(request, made)
    if request.invocation.via is not Via.BUTTON or not subject:
        return done
    view, _ = await find_subject(_without_argument(request))
    return replace(done, buttons=await buttons_after(request, view))


async def _find_card_of(request: Request, target: Target) -> str:
    """The alert whose card was answered, if it is its story that was named; else empty."""
    if await find_answered_card(request) is None:
        return ""
    view, _ = await find_subject(_without_argument(request))
    return view.alert.id if muting.target_story(view) == target else ""


async def _may_mute(request: Request) -> bool:
    """Administrators may, and members where the chat's setting says so."""
    if await may_change(request):
        return True
    return (await get_settings(request.services.store, request.destination)).members_can_mute


async def _ask_what(request: Request) -> Reply:
    """The story of a card, its list, or its outlet."""
    view, _ = await find_subject(_without_argument(request))
    watched = await watched_ids(request.services.store, request.services.catalog, request.destination)
    kinds = (MuteKind.STORY, MuteKind.LIST, MuteKind.SOURCE)
    targets = [(kind, muting.target_of_card(kind, view, watched)) for kind in kinds]
    buttons = tuple(Button(f"🔕 {shorten(one.what, 40)}", "mute", view.alert.id, kind.value) for kind, one in targets)
    asked = say(request, tr("What should be muted?"), (buttons,))
    dialog = build_mute_dialog(
        view.alert.id,
        [(kind.value, one.what) for kind, one in targets],
        [(word, tr(text)) for text, word in _DURATIONS],
    )
    return Reply(buttons=(buttons, (_back(view.alert.id),)), otherwise=asked.message, dialog=dialog)


def _back(alert_id: str) -> Button:
    return Button(tr("‹ Back"), MORE, alert_id)


def _muted(request: Request, made: Mute) -> Reply:
    undo = Button(tr("Undo"), "unmute", "", f"{_ID_MARK}{made.id}")
    until = until_words(made.until, _zone(request)) if made.until else ""
    if made.critical:
        text = tr("🔕 {what} muted until you unmute it, critical too.", what=made.what)
        if until:
            text = tr("🔕 {what} muted until {time}, critical too.", what=made.what, time=until)
        return say(request, text, ((undo,),), private=False)
    louder = Button(tr("Mute critical too"), "mute", "", f"{_CRITICAL} {_ID_MARK}{made.id}")
    text = tr("🔕 {what} muted until you unmute it. Critical still comes through.", what=made.what)
    if until:
        text = tr("🔕 {what} muted until {time}. Critical still comes through.", what=made.what, time=until)
    return say(request, text, ((undo, louder),), private=False)


async def _mute_critical_too(request: Request, words: list[str]) -> Reply:
    if not await may_change(request):
        return say(request, tr(REFUSAL))
    number = read_number(words[0].removeprefix(_ID_MARK)) if words else None
    if number is None:
        raise SettingsError(tr("Which mute?"), tr("Press the button under a mute."))
    store, destination = request.services.store, request.destination
    made = await muting.mute_critical_too(store, number, destination, by=request.person, now=request.now)
    return _muted(request, made)


async def _read_target(request: Request, words: list[str], *, on_card: bool) -> Target:
    """What is meant by the words behind the verb, without the duration. Raises NotFound and SettingsError."""
    store = request.services.store
    kinds = {kind.value: kind for kind in MuteKind}
    kind = kinds.get(words[0].casefold()) if words else None
    value = " ".join(words[1:] if kind else words)
    if kind is MuteKind.ALL:
        return muting.target_all()
    if kind is MuteKind.WORD:
        return muting.target_words(value)
    if kind is MuteKind.SOURCE and value:
        return await muting.target_outlet(store, value)
    if kind is MuteKind.STORY and value:
        view = await find_shown_alert(store, value.lstrip("#"), request.destination, request.now)
        return muting.target_story(view)
    if value:
        return muting.target_list(request.lists, value)
    if not on_card:
        raise SettingsError(
            tr("What should be muted?"), tr("Example: /mute csto 1d, /mute source Kloop 7d, /mute all 2h")
        )
    view, _ = await find_subject(_without_argument(request))
    watched = await watched_ids(store, request.services.catalog, request.destination)
    return muting.target_of_card(kind or MuteKind.LIST, view, watched)


def _without_argument(request: Request) -> Request:
    return replace(request, invocation=replace(request.invocation, argument=""))


def _ask_how_long(request: Request, target: Target) -> Reply:
    subject = request.invocation.subject
    named = target.kind.value if subject else f"{target.kind.value} {target.value}".strip()
    buttons = [
        Button(tr(text), "mute", subject, f"{named} {word}")
        for text, word in _DURATIONS
        if fits_button("mute", subject, f"{named} {word}")
    ]
    # A story is named by a key that no button can carry unless the card is known.
    if target.kind is MuteKind.STORY and not subject:
        buttons = []
    rows = tuple(tuple(buttons[at : at + _KEYBOARD_ROW]) for at in range(0, len(buttons), _KEYBOARD_ROW))
    asked = say(request, tr("{what}: for how long? {durations}", what=target.what, durations=HOW_LONG), rows)
    if request.invocation.via is not Via.BUTTON:
        return asked
    return Reply(buttons=(*rows, (_back(subject),)), otherwise=asked.message)


def _read_until(request: Request, duration: str) -> datetime | None:
    try:
        return read_until(duration, request.now, _zone(request))
    except (ValueError, OverflowError) as error:
        raise SettingsError(
            tr("For how long?"), tr("{durations}, or until:2026-11-30T07:00", durations=HOW_LONG)
        ) from error


async def _list(request: Request) -> Reply:
    mutes = await muting.list_mutes(request.services.store, request.destination, request.now)
    if not mutes:
        return say(request, tr("Nothing is muted. `/mute csto 1d` mutes a list, `/mute all 2h` everything."))
    blocks: list[Block] = [line(bold(tr("Muted here")), style="head")]
    for number, one in enumerate(mutes[:_MOST_LISTED], 1):
        until = tr("until {until}", until=until_words(one.until, _zone(request))) if one.until else tr("until unmuted")
        facts = [until]
        facts += [tr("critical too")] if one.critical else []
        facts += [tr("by {name}", name=one.name)] if one.name else []
        blocks.append(line(f"{number}. {one.what} · {' · '.join(facts)}"))
    if len(mutes) > _MOST_LISTED:
        blocks.append(line(tr("And {count} more.", count=len(mutes) - _MOST_LISTED)))
    hint = commands_in("/unmute 1, /unmute all", request.destination.platform)
    blocks.append(line(hint, style="context"))
    buttons = tuple(
        (Button(tr("Unmute {number}. {what}", number=number, what=one.what)[:40], "unmute", "", f"{_ID_MARK}{one.id}"),)
        for number, one in enumerate(mutes[:_MOST_LISTED], 1)
    )
    return Reply(Message(tuple(blocks), tr("{count} muted here.", count=len(mutes)), buttons))


async def handle_unmute(request: Request) -> Reply:
    """Takes one mute back, or all."""
    store, destination = request.services.store, request.destination
    mutes = await muting.list_mutes(store, destination, request.now)
    wanted = request.argument.strip()
    if not mutes:
        return say(request, tr("Nothing is muted."))
    if not wanted:
        return await _list(request)
    chosen = mutes if wanted.casefold() == "all" else [_choose(mutes, wanted, request)]
    own = all(one.by == request.person.key for one in chosen)
    if not own and not await may_change(request):
        return say(request, tr(REFUSAL))
    await muting.unmute(store, chosen, destination, by=request.person, now=request.now)
    names, more = ", ".join(one.what for one in chosen[:_MOST_NAMED]), len(chosen) - _MOST_NAMED
    if more > 0:
        names = tr("{names} and {count} more", names=names, count=more)
    return say(request, trn("{names} is on again.", "{names} are on again.", len(chosen), names=names), private=False)


def _choose(mutes: list[Mute], wanted: str, request: Request) -> Mute:
    number = read_number(wanted)
    mute_id = read_number(wanted.removeprefix(_ID_MARK)) if wanted.startswith(_ID_MARK) else None
    watchlist = None if number or mute_id else request.lists.find(wanted)
    for place, one in enumerate(mutes, 1):
        named = watchlist is not None and one.kind is MuteKind.LIST and one.value == watchlist.id
        if place == number or one.id == mute_id or named or one.what.strip("“”").casefold() == wanted.casefold():
            return one
    raise NotFound(tr("That is not muted."), tr("/mute lists what is."))


async def handle_pause(request: Request) -> Reply:
    """Stops everything, critical alerts too."""
    word = request.argument.strip() or "forever"
    until = _read_until(request, word)
    await muting.mute(
        request.services.store,
        muting.target_all(),
        request.destination,
        until=until,
        critical=True,
        by=request.person,
        now=request.now,
    )
    end = until_words(until, _zone(request)) if until else "/resume"
    said = tr("Paused until {end}, critical too.", end=end)
    held = await list_held_for(request.services.store, request.destination)
    if held:
        waiting = trn(
            "{count:,} alert that quiet hours hold waits as long.",
            "{count:,} alerts that quiet hours hold wait as long.",
            len(held),
        )
        said = f"{said} {waiting}"
    return say(request, said, ((Button(tr("Resume"), "resume"),),), private=False)


async def handle_resume(request: Request) -> Reply:
    """Goes on after a pause."""
    store, destination = request.services.store, request.destination
    pauses = [one for one in await muting.list_mutes(store, destination, request.now) if one.kind is MuteKind.ALL]
    if not pauses:
        return say(request, tr("Nothing is paused here."))
    await muting.unmute(store, pauses, destination, by=request.person, now=request.now)
    return say(request, tr("Alerts come again. What was held back meanwhile: /digest now"), private=False)


def _zone(request: Request) -> ZoneInfo:
    return ZoneInfo(request.destination.timezone)


def _is_mute_text(text: str) -> bool:
    """Whether an answer to a card asks for a mute; `mute your phones` is talk."""
    words = text.casefold().split()
    kinds = {kind.value for kind in MuteKind}
    return words[:1] == ["mute"] and (words[1:2] == [] or words[1] in kinds or is_duration(words[-1]))


COMMANDS = (
    Command(
        "mute",
        "Less for a while",
        handle_mute,
        usage="[story | source | word | list | all] [value] [duration]",
        details=later(
            "`/mute csto 1d` a list, `/mute source Kloop 7d` an outlet, `/mute word treaty 8h` a "
            "word, `/mute story 7Q2M forever` a story, `/mute all 2h` everything. Durations: m, h, "
            "d, w, until:2026-11-30T07:00, forever. Critical alerts still come through unless you "
            "mute them, too. Alone it lists what is muted. In groups, two members can mute a story; "
            "the rest is for admins."
        ),
        reply_words=("mute",),
        takes=_is_mute_text,
        asks=True,
    ),
    Command(
        "unmute",
        "Hear it again",
        handle_unmute,
        usage="[number | list | all]",
        details=later("The number is that of /mute. In groups: admins, and whoever muted it."),
    ),
    Command(
        "pause",
        "Stop everything, critical too",
        handle_pause,
        usage="[duration]",
        details=later("What comes meanwhile is counted in the next digest, which waits until you go on: /resume"),
        needs_admin=True,
    ),
    Command("resume", "Go on after a pause", handle_resume, needs_admin=True),
)
