"""The questions of /start in a private chat: five taps, and an example at the end. Each takes the place of the last."""

from collections.abc import Awaitable, Callable

from bot.commands.answers import build_answer, commands_in, notice, say
from bot.commands.backtest_words import rate_words
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.chats import ChatKind, Level, Platform
from bot.domain.language import LANGUAGES, later, speaking, tr, trn
from bot.domain.messages import Block, Button, Gap, Message, bold, line
from bot.domain.onboarding import DIGEST_AT, PLACES, QUIET, is_role
from bot.domain.wording import duration_words, shorten, zone_words
from bot.matching.watchlist import Status
from bot.services.chat_settings import find_zone, set_language, set_timezone
from bot.services.onboarding import Begun, Offer, Onboarder

BEGIN = "begin"
_TITLE_LIMIT = 30
_BUTTONS_IN_A_ROW = 2
_CITIES_IN_A_ROW = 4

Rows = tuple[tuple[Button, ...], ...]


async def handle_begin(request: Request) -> Reply:
    """What follows an answer; the first open question for what is none."""
    if request.destination.kind is not ChatKind.PRIVATE:
        return say(request, tr("That works in a private chat with me. Here: /watch"))
    step, _, answer = request.argument.partition(" ")
    follow = _STEPS.get(step)
    reply = await follow(request, answer) if follow else None
    return reply or await ask_first(request)


async def ask_first(request: Request) -> Reply:
    """The first question that is still open."""
    onboarder = _onboarder(request)
    if (await onboarder.begin()).role:
        return _in_place(_checklist(await onboarder.resume()))
    ready = sum(watchlist.status is Status.STABLE for watchlist in request.lists.watchlists)
    words = tr(
        "I read security news and send one card per story on the lists you choose, with the words that matched.\n"
        "News only. Follow your organisation's security plan.\n"
        "\n"
        "Choose a language.\n"
        "\n"
        "Without questions: /watch shows {ready} ready lists.",
        ready=ready,
    )
    languages = [Button(name, BEGIN, argument=f"language {code}") for code, name in LANGUAGES.items()]
    buttons = _in_rows(languages, _BUTTONS_IN_A_ROW)
    return Reply(build_answer(words, request.destination.platform, buttons), in_place=True)


async def _take_language(request: Request, code: str) -> Reply | None:
    if code not in LANGUAGES:
        return None
    await set_language(request.services.store, request.destination, code, by=request.person, now=request.now)
    with speaking(code):
        return _place_question(request)


def _place_question(request: Request) -> Reply:
    words = tr("Where are you? Times and the morning digest use it.")
    cities = [Button(tr(city), BEGIN, argument=f"place {city}") for city in PLACES]
    buttons = _in_rows([*cities, Button(tr("Other"), BEGIN, argument="other")], _CITIES_IN_A_ROW)
    return Reply(build_answer(words, request.destination.platform, buttons), in_place=True)


async def _take_place(request: Request, city: str) -> Reply | None:
    if city not in PLACES:
        return None
    services, zone = request.services, find_zone(city)
    await set_timezone(services.store, services.catalog, request.destination, zone, by=request.person, now=request.now)
    return _in_place(_role_question(tr("Times are now {zone}.", zone=zone_words(zone, request.now))))


async def _ask_for_city(request: Request, _: str) -> Reply:
    words = tr("Write the nearest big city, for example: /timezone Samarkand\nThen go on.")
    if request.destination.platform is Platform.TELEGRAM:
        words = tr("Write the nearest big city, for example: /timezone Samarkand, or send your location.\nThen go on.")
    buttons = ((Button(tr("Go on"), BEGIN, argument="what", primary=True),),)
    return Reply(build_answer(words, request.destination.platform, buttons), in_place=True)


async def _ask_for_role(_: Request, __: str) -> Reply:
    return _in_place(_role_question(""))


async def _take_role(request: Request, role: str) -> Reply | None:
    return _in_place(_checklist(await _onboarder(request).choose_role(role))) if is_role(role) else None


async def _take_list(request: Request, _: str) -> Reply:
    return _in_place(_checklist(await _onboarder(request).toggle(request.invocation.subject)))


async def _take_fewer(request: Request, _: str) -> Reply:
    return _in_place(_checklist(await _onboarder(request).choose_fewer()))


async def _take_more(request: Request, _: str) -> Reply:
    return _in_place(_checklist(await _onboarder(request).choose_more()))


async def _ask_for_quiet(_: Request, __: str) -> Reply:
    return _in_place(_quiet_question())


def _role_question(before: str) -> Message:
    question = tr("What do you do?")
    blocks: tuple[Block, ...] = (line(before), Gap()) if before else ()
    roles = (
        ("ngo", tr("NGO / aid")),
        ("embassy", tr("Embassy / UN")),
        ("journalist", tr("Journalist")),
        ("research", tr("Research")),
        ("cyber", tr("Cyber")),
        ("looking", tr("Just looking")),
    )
    buttons = _in_rows([Button(label, BEGIN, argument=f"role {role}") for role, label in roles], _BUTTONS_IN_A_ROW)
    return Message((*blocks, line(question)), question, buttons)


def _checklist(offer: Offer) -> Message:
    """The lists with their volumes, and what those chosen bring together."""
    chosen = frozenset(offer.onboarding.lists)
    blocks: list[Block] = [line(bold(tr("Which lists?"))), Gap()]
    for watchlist in offer.watchlists:
        if watchlist.id in chosen:
            volume = offer.by_list[watchlist.id]
            rate = tr(" ≈{rate}/day", rate=rate_words(volume.stories)) if volume.days else ""
            blocks.append(line(f"☑ {watchlist.title}{rate}"))
    if not chosen:
        blocks.append(line(tr("None yet. Tap the lists that concern you.")))
    total = _total_words(offer)
    blocks += [Gap(), line(total)]
    toggles = [
        Button(f"{'☑' if one.id in chosen else '☐'} {shorten(one.title, _TITLE_LIMIT)}", BEGIN, one.id, "list")
        for one in offer.watchlists
    ]
    last = [Button(tr("Fewer"), BEGIN, argument="fewer"), Button(tr("More"), BEGIN, argument="more")]
    if chosen:
        last.insert(0, Button(tr("Start"), BEGIN, argument="start", primary=True))
    return Message(tuple(blocks), total, (*_in_rows(toggles, _BUTTONS_IN_A_ROW), tuple(last)))


def _total_words(offer: Offer) -> str:
    if not offer.total.days:
        return tr("I have not read long enough to say how many alerts that makes a day.")
    return tr(
        "Total ≈{rate} alerts a day, {sounding} with sound (measured on {days}).",
        rate=rate_words(offer.total.stories),
        sounding=rate_words(offer.total.sounding),
        days=trn("{count} day", "{count} days", offer.total.days),
    )


def _quiet_question() -> Message:
    question = tr("Quiet {quiet}, digest {digest}. OK?", quiet=str(QUIET), digest=f"{DIGEST_AT:%H:%M}")
    meaning = tr("While it is quiet, alerts wait for the morning; critical ones ring all the same.")
    buttons = (
        (Button(tr("OK"), BEGIN, argument="ok", primary=True), Button(tr("No quiet hours"), BEGIN, argument="loud")),
        (Button(tr("‹ Back"), BEGIN, argument="lists"),),
    )
    return Message((line(question), line(meaning, style="context")), question, buttons)


async def _finish_quietly(request: Request, _: str) -> Reply:
    return await _finish(request, quiet=True)


async def _finish_loudly(request: Request, _: str) -> Reply:
    return await _finish(request, quiet=False)


async def _finish(request: Request, *, quiet: bool) -> Reply:
    begun = await _onboarder(request).finish(request.person, quiet=quiet)
    if begun is None:
        said = commands_in(tr("Done already. /watchlists shows what you watch."), request.destination.platform)
        return notice(request.invocation, said)
    return Reply(build_answer(_done_words(begun, request), request.destination.platform), in_place=True)


def _done_words(begun: Begun, request: Request) -> str:
    watching = trn("You watch {count} list.", "You watch {count} lists.", len(begun.watchlists))
    if begun.level is Level.DIGEST:
        watching = f"{watching} {tr('Their stories come in the digest only, critical ones too. When: /digest')}"
    hint = tr("Reply `why` to any alert. /help for the rest.")
    if begun.example_at is None:
        soon = "" if begun.level is Level.DIGEST else f" {tr('The next story on them comes here.')}"
        return f"{watching}{soon}\n{hint}"
    age = duration_words(request.now - begun.example_at)
    return f"{watching}\n{hint}\n\n{tr('Example, from {age} ago:', age=age)}"


def _in_place(message: Message) -> Reply:
    return Reply(message, in_place=True)


def _in_rows(buttons: list[Button], width: int) -> Rows:
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


def _onboarder(request: Request) -> Onboarder:
    services = request.services
    return Onboarder(services.store, services.catalog, request.destination, request.now)


_STEPS: dict[str, Callable[[Request, str], Awaitable[Reply | None]]] = {
    "language": _take_language,
    "place": _take_place,
    "other": _ask_for_city,
    "what": _ask_for_role,
    "role": _take_role,
    "list": _take_list,
    "fewer": _take_fewer,
    "more": _take_more,
    "start": _ask_for_quiet,
    "ok": _finish_quietly,
    "loud": _finish_loudly,
}

COMMANDS = (
    Command(
        BEGIN,
        "The questions of /start",
        handle_begin,
        details=later("Where you are, what you do, which lists follow from that, when it is quiet."),
        listed=False,
    ),
)
