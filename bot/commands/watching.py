"""/watch, /unwatch, /watchlists: which lists this chat follows."""

from zoneinfo import ZoneInfo

from bot.commands.answers import STALE_PAGE, commands_in, cut_page, is_page, pager, say, take_page
from bot.commands.hearing_words import build_hearing
from bot.commands.invocation import Reply
from bot.commands.ready_lists import count_ready, number_rows, short_volume_words, show_ready_lists, volume_words
from bot.commands.registry import Command, Request
from bot.commands.testing import is_query, refuse_lost, try_new_list
from bot.domain.chats import ChatKind, Level
from bot.domain.hearing import measure_hearing
from bot.domain.language import later, retold, tr, trn
from bot.domain.messages import Block, Button, Gap, Message, Quote, Text, bold, isolate, line, plain_message
from bot.domain.mute_times import until_words
from bot.domain.onboarding import Volume
from bot.domain.wording import DISCS, language_name, priority_name, priority_word, shorten
from bot.matching.records import Priority
from bot.matching.watchlist import Status, Watchlist
from bot.services.routing import watched_ids
from bot.services.subscribing import Watched, find_level, list_watched, place_words, unwatch, watch
from bot.services.volumes import measure_lists

_LIST_PAGE = 10
_DESCRIPTION_LIMIT = 600
_REASON_LIMIT = 200
# Said behind a list's name, or by a button under its preview, to watch it without being asked again.
_HERE = "here"
_LEVELS = {_HERE: Level.ALL, "high": Level.HIGH, "high+": Level.HIGH, "digest": Level.DIGEST}


async def handle_watch(request: Request) -> Reply:
    """The ready lists, the preview of one, or (with `here`) the beginning of a subscription."""
    name, level = _read_choice(request)
    if not name:
        return await show_ready_lists(request, pager_verb="watch", pager_argument="")
    watchlist = request.lists.find(name)
    if watchlist is None:
        await refuse_lost(request, name)
        if is_query(name, request.lists):
            return await try_new_list(request, name)
    watchlist = watchlist or request.lists.get(name)
    if level is not None:
        return await begin_watching(request, watchlist, level)
    watched = await watched_ids(request.services.store, request.services.catalog, request.destination)
    known = await find_level(request.services.store, request.destination, watchlist.id)
    volume = (await measure_lists(request.services.store, [watchlist], request.now))[watchlist.id]
    return Reply(_preview(request, watchlist, known, volume, watched=watchlist.id in watched))


def _read_choice(request: Request) -> tuple[str, Level | None]:
    """What is to be watched, and at which level; None where that was not said."""
    subject = request.invocation.subject
    if is_page(subject or request.argument):
        return "", None
    if subject:
        return subject, _LEVELS.get(request.argument)
    words = request.argument.split()
    level = _LEVELS.get(words[-1].casefold()) if len(words) > 1 else None
    name = " ".join(words[:-1])
    # Behind a query they are words to look for.
    if level is None or (level is not Level.ALL and request.lists.find(name) is None):
        return request.argument, None
    return name, level


async def begin_watching(request: Request, watchlist: Watchlist, level: Level = Level.ALL) -> Reply:
    """Watches a list here and says so; in a group to everyone."""
    obstacle = await request.find_obstacle()
    if obstacle:
        return Reply(plain_message(obstacle))
    store = request.services.store
    known = await find_level(store, request.destination, watchlist.id)
    if not await watch(store, watchlist, request.destination, request.person, request.now, level=level):
        return say(request, _already_words(watchlist, level), _stop_button(watchlist))
    undo = ((Button(tr("Undo"), "unwatch", watchlist.id),),)
    if known is not None:
        undo = ((Button(tr("Undo"), "watch", watchlist.id, _word_of(known)),),)
    promise = commands_in(_promise(watchlist, level), request.destination.platform)
    # What a part of a list would bring is not measured.
    volumes = await measure_lists(store, [watchlist], request.now) if level is Level.ALL else {}
    text = f"{watching_words(request, watchlist, volume=volumes.get(watchlist.id))} {promise}"
    if request.destination.kind is ChatKind.PRIVATE:
        return Reply(plain_message(text, undo), tr("Watching."))
    return Reply(plain_message(text, undo), tr("Watching."), private=False)


def watching_words(request: Request, watchlist: Watchlist, *, as_id: str = "", volume: Volume | None = None) -> str:
    """`Watching CSTO (high, ≈0.9 a day).`, with who added it where others read along, and the id of a list that is new.

    Its volume is said where it was measured.
    """
    rate = short_volume_words(watchlist, volume) if volume else ""
    names = {
        "title": watchlist.title,
        "priority": ", ".join(filter(None, (priority_word(watchlist.priority), rate))),
        "name": request.person.name or tr("An admin"),
        "list": as_id,
    }
    if request.destination.kind is ChatKind.PRIVATE:
        if as_id:
            return tr("Watching {title} ({priority}), as {list}.", **names)
        return tr("Watching {title} ({priority}).", **names)
    if request.destination.kind is ChatKind.CHANNEL:
        if as_id:
            return tr("{name} added {title} to this channel ({priority}), as {list}.", **names)
        return tr("{name} added {title} to this channel ({priority}).", **names)
    if as_id:
        return tr("{name} added {title} to this group ({priority}), as {list}.", **names)
    return tr("{name} added {title} to this group ({priority}).", **names)


def _word_of(level: Level) -> str:
    return next(word for word, one in _LEVELS.items() if one is level)


def _already_words(watchlist: Watchlist, level: Level) -> str:
    names = {"id": watchlist.id, "word": priority_word(watchlist.priority)}
    if level is Level.HIGH:
        return tr("Already watching {id} ({word}), only high and critical.", **names)
    if level is Level.DIGEST:
        return tr("Already watching {id} ({word}), in the digest only.", **names)
    return tr("Already watching {id} ({word}).", **names)


def _promise(watchlist: Watchlist, level: Level = Level.ALL) -> str:
    if watchlist.status is Status.STABLE and level is Level.HIGH:
        return tr("Only high and critical stories arrive here from now on.")
    if watchlist.status is Status.STABLE and level is Level.DIGEST:
        return tr("Its stories come in the digest only, critical ones too. When it comes: /digest")
    if watchlist.status is Status.TEST:
        return tr("It is a test list: matches are recorded, never sent.")
    if watchlist.status is Status.OFF:
        return tr("It is switched off in its file: nothing is matched.")
    if watchlist.priority is Priority.LOW:
        return tr("Low priority sends no messages of its own.")
    return tr("New stories arrive here from now on.")


def _stop_button(watchlist: Watchlist) -> tuple[tuple[Button, ...], ...]:
    return ((Button(tr("Stop watching"), "unwatch", watchlist.id),),)


def _preview(request: Request, watchlist: Watchlist, known: Level | None, volume: Volume, *, watched: bool) -> Message:
    number = request.lists.watchlists.index(watchlist) + 1
    languages = ", ".join(language_name(code) for code in watchlist.languages)
    made = request.services.catalog.find_chat_list(watchlist.id)
    owner = tr("made here by {owner_name}", owner_name=made.owner_name or made.owner) if made else ""
    facts = [watchlist.id, tr("list {number}", number=number), languages, owner]
    blocks: list[Block] = []
    if watched:
        blocks.append(line(_already_words(watchlist, known or Level.ALL)))
    blocks += [
        line(
            f"{DISCS[watchlist.priority]} ",
            bold(f"{priority_name(watchlist.priority)} · {watchlist.title}"),
            style="head",
        ),
        line(" · ".join(fact for fact in facts if fact), style="context"),
    ]
    description = " ".join(watchlist.description.split())
    if description:
        blocks += [Gap(), line(isolate(shorten(description, _DESCRIPTION_LIMIT)))]
    if watchlist.positive:
        example = isolate(shorten(watchlist.positive[0].title, 200))
        blocks += [Gap(), line(tr("A headline that rings:")), Quote((Text(example),))]
    expected = volume_words(watchlist, volume)
    if expected:
        days = trn("{count} day", "{count} days", volume.days)
        blocks += [Gap(), line(tr("{volume}, measured on {days}.", volume=expected, days=days))]
    if watchlist.status is not Status.STABLE or watchlist.priority is Priority.LOW:
        blocks += [Gap(), line(_promise(watchlist))]
    test = Button(tr("Test"), "test", watchlist.id)
    first = (
        _stop_button(watchlist)[0] if watched else (Button(tr("Watch"), "watch", watchlist.id, _HERE, primary=True),)
    )
    buttons = ((*first, *_level_buttons(watchlist, known)), (test,))
    state = tr("already watched") if watched else tr("not watched yet")
    return Message(tuple(blocks), f"{watchlist.title}, {priority_word(watchlist.priority)}, {state}.", buttons)


def _level_buttons(watchlist: Watchlist, known: Level | None) -> tuple[Button, ...]:
    """The other ways to watch a list. One of low priority is in the digest only anyway."""
    if watchlist.priority is Priority.LOW:
        return ()
    texts = {Level.HIGH: tr("Only high+"), Level.DIGEST: tr("Digest only")}
    if known not in {None, Level.ALL}:
        texts = {Level.ALL: tr("All of it"), **texts}
    return tuple(
        Button(text, "watch", watchlist.id, _word_of(level)) for level, text in texts.items() if level is not known
    )


async def handle_unwatch(request: Request) -> Reply:
    """Stops a list and offers to undo it; without a name, offers the lists watched here."""
    name = request.invocation.subject or request.argument
    services = request.services
    if not name:
        watched = await list_watched(services.store, services.catalog, request.destination, request.now)
        if not watched:
            return _nothing_watched(request)
        buttons = tuple((Button(shorten(one.title, 40), "unwatch", one.id),) for one in watched[:_LIST_PAGE])
        return say(request, tr("Which one? Example: /unwatch {id}", id=watched[0].id), buttons)
    stopped = await unwatch(
        services.store, services.catalog, request.destination, name, person=request.person, now=request.now
    )
    stories = trn("{count:,} story", "{count:,} stories", stopped.stories)
    undo = ((Button(tr("Undo"), "watch", stopped.id, _word_of(stopped.level)),),)
    private = request.destination.kind is ChatKind.PRIVATE
    return Reply(
        plain_message(tr("Stopped {title}. {stories} in 7 days.", title=stopped.title, stories=stories), undo),
        tr("Stopped."),
        private=private,
    )


async def handle_watchlists(request: Request) -> Reply:
    """The lists watched here with their stories and ratings; `all` shows every list, a name what that list hears."""
    number, wanted = take_page(request)
    if wanted.casefold() == "all":
        return await show_ready_lists(request, pager_verb="watchlists", pager_argument="all")
    if wanted:
        return await _show_hearing(request, request.lists.get(wanted))
    services = request.services
    watched = await list_watched(services.store, services.catalog, request.destination, request.now)
    if not watched:
        return _nothing_watched(request)
    page = cut_page(watched, number, _LIST_PAGE)
    blocks: list[Block] = [line(tr(STALE_PAGE))] if page.moved else []
    chosen = "" if any(one.routed for one in watched) else f", {tr('chosen here')}"
    blocks.append(
        line(bold(tr("Watching {lists}", lists=trn("{count:,} list", "{count:,} lists", len(watched)))), chosen)
    )
    zone = ZoneInfo(request.destination.timezone)
    platform = request.destination.platform
    blocks += [line(commands_in(_watched_words(one, zone, origin=not chosen), platform)) for one in page.rows]
    numbers = tuple(Button(str(one.number), "watch", one.id) for one in page.rows if one.watchlist)
    summary = tr(
        "Watching {lists}: {names}.",
        lists=trn("{count:,} list", "{count:,} lists", len(watched)),
        names=", ".join(one.title for one in page.rows),
    )
    buttons = (*number_rows(numbers), *pager("watchlists", "", page.number, page.pages))
    return Reply(Message(tuple(blocks), summary, buttons))


async def _show_hearing(request: Request, watchlist: Watchlist) -> Reply:
    hearings = measure_hearing(watchlist, await request.services.store.list_feeds())
    zone = ZoneInfo(request.destination.timezone)
    return Reply(build_hearing(watchlist, hearings, zone, request.destination.platform))


def _watched_words(one: Watched, zone: ZoneInfo, *, origin: bool) -> str:
    """One line of the listing; `origin` adds where the list comes from."""
    if one.made and not one.made.works:
        reason = isolate(shorten(retold(one.made.fault), _REASON_LIMIT))
        return tr("• {list} · does not work: {reason} /edit {list}", list=one.id, reason=reason)
    if one.watchlist is None:
        return tr("• {list} · its file is missing", list=one.id)
    facts = [
        one.title,
        priority_word(one.watchlist.priority),
        trn("{count:,} story in 7 days", "{count:,} stories in 7 days", one.stories),
    ]
    facts += _level_facts(one)
    if one.rated:
        facts.append(tr("{useful} of {rated} rated useful", useful=one.useful, rated=one.rated))
    if one.watchlist.status is not Status.STABLE:
        facts.append(one.watchlist.status.value)
    if one.mute:
        facts.append(
            tr("🔕 muted until {until}", until=until_words(one.mute.until, zone)) if one.mute.until else tr("🔕 muted")
        )
    if one.outdated:
        facts.append(tr("its file has a mistake, the last good version runs"))
    if one.made:
        facts.append(tr("made here by {owner_name}", owner_name=one.made.owner_name or one.made.owner))
    if one.made and one.made.fault:
        reason = isolate(shorten(one.made.fault, _REASON_LIMIT))
        facts.append(tr("runs as it was before: {reason} /edit {list}", list=one.id, reason=reason))
    if origin:
        facts += _origin_words(one)
    return f"{one.number}. {' · '.join(facts)}"


def _level_facts(one: Watched) -> list[str]:
    """How much of the list is wanted, where that is not all."""
    if one.chosen is None or one.chosen.level is Level.ALL or one.routed:
        return []
    return [tr("only high and critical") if one.chosen.level is Level.HIGH else tr("in the digest only")]


def _origin_words(one: Watched) -> list[str]:
    """Chosen in this chat, sent here by a file, or both."""
    words = [tr("chosen here")] if one.chosen else []
    if one.routed:
        some = one.routed.least is not Priority.LOW and not one.chosen
        louder = f" ({tr('{priority} and louder', priority=priority_word(one.routed.least))})" if some else ""
        words.append(tr("from {file}", file=place_words(one.routed.place)) + louder)
    return words


def _nothing_watched(request: Request) -> Reply:
    ready = count_ready(request)
    return say(
        request,
        tr("No watchlists yet. /watch shows {ready} ready ones.", ready=ready),
        ((Button(tr("Choose lists"), "watch"),),),
    )


COMMANDS = (
    Command(
        "watch",
        "Choose what to be alerted about",
        handle_watch,
        usage="[list [here | high | digest] | query]",
        details=later(
            "Without a name: the ready lists by theme. With a list's id, title or number: what it "
            "covers, with buttons to watch it here. /watch csto here watches it at once, /watch csto high "
            "only its high and critical stories, /watch csto digest all of it in the digest. With words "
            "or a query: a list of your own, tested on the archive first. Example: /watch tajik* "
            "NEAR/10 border -football"
        ),
        needs_admin=True,
        cost=2,
    ),
    Command(
        "unwatch",
        "Stop a watchlist",
        handle_unwatch,
        usage="<list>",
        details=later("Stops a list here. Its stories stay in the archive and the answer has an Undo button."),
        needs_admin=True,
        for_maker=True,
    ),
    Command(
        "watchlists",
        "What this chat watches",
        handle_watchlists,
        usage="[all | list]",
        details=later(
            "The lists watched here and where each comes from, with their stories of the last seven "
            "days and how people rated them. With `all`: every list there is. "
            "With the name of a list: which of its feeds and languages are healthy."
        ),
        aliases=("lists",),
    ),
)
