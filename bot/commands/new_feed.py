"""/addfeed: a look at what an address carries, what is known of its outlet, and reading it from then on."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.commands.answers import build_answer, commands_in, fits_button, say
from bot.commands.authorisation import is_owner
from bot.commands.grading import proposed_words
from bot.commands.grammar import read_number
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.chats import ChatKind
from bot.domain.dialogs import Choice, Dialog, Field
from bot.domain.feed_drafts import GONE, LOOK_AGAIN, FeedDraft
from bot.domain.language import error_words, later, tr, trn
from bot.domain.messages import Block, Button, Gap, Message, Text, bold, isolate, line, plain_message
from bot.domain.redaction import hide_secrets
from bot.domain.wording import OWNERS, RELIABILITY, UNRATED, language_name, owner_name, short_time, shorten
from bot.errors import FeedError, FetchProblem, NotFound, SettingsError
from bot.services.feed_admin import WebPage
from bot.services.feed_drafting import add_draft, look_at_feed
from bot.services.grading import propose_grade
from bot.services.routing import watched_ids

NEW_FEED = "newfeed"
_ADD, _CANCEL, _UNKNOWN = "add", "cancel", "unknown"
_TITLE_LIMIT = 60
_MOST_BUTTONS = 5
_OWNERS_IN_A_ROW = 3
_REFUSED = (FetchProblem.BLOCKED, FetchProblem.UNAUTHORISED, FetchProblem.BOT_WALL)

Rows = tuple[tuple[Button, ...], ...]


async def handle_addfeed(request: Request) -> Reply:
    """Looks at the address, shows what its feed carries, and asks who controls the outlet and how reliable it is."""
    if not request.argument:
        raise SettingsError(tr("Which feed?"), tr("Example: /addfeed https://example.org/rss.xml"))
    services = request.services
    try:
        draft = await look_at_feed(
            services.store,
            services.catalog,
            services.fetcher,
            services.parser,
            url=request.argument,
            person=request.person,
            destination=request.destination,
            now=request.now,
        )
    except WebPage as page:
        return Reply(_offer(page, request))
    except FeedError as error:
        return say(request, _failure_words(error))
    return await _show(request, draft)


async def handle_new_feed(request: Request) -> Reply:
    """What was said of a feed that waits: `3 state`, `3 B`, `3 state B add`, `3 cancel`."""
    # Who has no buttons types what the button says.
    first, _, said = f"{request.invocation.subject} {request.argument}".strip().partition(" ")
    number = read_number(first)
    if number is None:
        raise NotFound(GONE, LOOK_AGAIN)
    store, words = request.services.store, said.casefold().split()
    draft = await store.get_feed_draft(number, request.destination.key, request.invocation.at)
    if _CANCEL in words:
        await store.drop_feed_draft(draft.id, draft.destination)
        return Reply(plain_message(tr("Nothing was added.")), in_place=True)
    described = _describe(draft, words)
    if _ADD in words:
        return await _add(request, described)
    if described != draft:
        await store.describe_feed_draft(draft.id, draft.destination, described.owner, described.grade)
    return await _show(request, described)


def _describe(draft: FeedDraft, words: list[str]) -> FeedDraft:
    """The draft with the owner and the letter among the words. Raises SettingsError for a word that is neither."""
    for word in words:
        if word in OWNERS:
            draft = replace(draft, owner=word)
        elif word == _UNKNOWN:
            draft = replace(draft, owner="")
        elif word.upper() in RELIABILITY:
            draft = replace(draft, grade=word.upper())
        elif word != _ADD:
            raise SettingsError(
                tr("“{word}” is neither an owner nor a letter.", word=shorten(word, 40)),
                tr("Owners: {owners}. Letters: {letters}.", owners=", ".join(OWNERS), letters=", ".join(RELIABILITY)),
            )
    return draft


async def _add(request: Request, draft: FeedDraft) -> Reply:
    store, now = request.services.store, request.invocation.at
    grade = draft.grade or UNRATED
    is_proposal = grade != UNRATED and not is_owner(request)
    feed = await add_draft(store, replace(draft, grade=UNRATED) if is_proposal else draft, request.person, now)
    if is_proposal:
        owner, chat = request.services.ownership.destination, request.destination.key
        await propose_grade(store, feed, grade, owner, by=request.person, chat=chat, now=now)
    text = tr(
        "Added {outlet} ({id}): {items} read, none sent. {ringing} would have matched in 7 days.",
        outlet=feed.outlet,
        id=feed.id,
        items=_items_words(draft),
        ringing=draft.ringing,
    )
    text += f" {proposed_words(grade)}" if is_proposal else ""
    is_private = request.destination.kind is ChatKind.PRIVATE
    return Reply(plain_message(text), tr("Added."), private=is_private, in_place=True)


async def _show(request: Request, draft: FeedDraft) -> Reply:
    """What was seen, with the two questions: as a form where the platform has one, else as buttons."""
    newest = tr("no dates")
    if draft.newest is not None:
        newest = tr("newest {time}", time=short_time(draft.newest, ZoneInfo(request.destination.timezone)))
    language = language_name(draft.lang) or tr("language not said")
    seen: tuple[Block, ...] = (
        line(bold(isolate(draft.title))),
        line(Text(hide_secrets(draft.url), code=True)),
        line(f"{language} · {_items_words(draft)} · {newest}"),
        line(tr("{ringing} would have matched in 7 days.", ringing=draft.ringing)),
    )
    services = request.services
    if not await watched_ids(services.store, services.catalog, request.destination):
        hint = tr("This chat watches nothing yet: /watch")
        seen += (line(commands_in(hint, request.destination.platform), style="context"),)
    grade = draft.grade or UNRATED
    known = tr(
        "Owner: {owner}. Reliability: {grade} ({words}).",
        owner=owner_name(draft.owner) or tr("not said"),
        grade=grade,
        words=tr(RELIABILITY[grade]),
    )
    asked = (Gap(), line(_question()), line(known))
    summary = f"{draft.title}: {tr('{ringing} would have matched in 7 days.', ringing=draft.ringing)} {_question()}"
    message = Message((*seen, *asked), summary, _buttons(draft))
    return Reply(message, dialog=_build_form(draft, Message(seen, summary)), in_place=True)


def _question() -> str:
    return tr("Who controls this outlet, and how reliable is it?")


def _items_words(draft: FeedDraft) -> str:
    return trn("{count:,} item", "{count:,} items", draft.items)


def _buttons(draft: FeedDraft) -> Rows:
    """Owners in rows of three, the letters in one, and the decision."""
    number, grade = str(draft.id), draft.grade or UNRATED
    owners = [
        Button(_marked(_capital(owner_name(owner)), chosen=owner == draft.owner), NEW_FEED, number, owner)
        for owner in OWNERS
    ]
    letters = [Button(_marked(letter, chosen=letter == grade), NEW_FEED, number, letter) for letter in RELIABILITY]
    decision = (
        Button(tr("Add"), NEW_FEED, number, _ADD, primary=True),
        Button(tr("Cancel"), NEW_FEED, number, _CANCEL),
    )
    rows = (tuple(owners[at : at + _OWNERS_IN_A_ROW]) for at in range(0, len(owners), _OWNERS_IN_A_ROW))
    return (*rows, tuple(letters), decision)


def _marked(label: str, *, chosen: bool) -> str:
    return f"✓ {label}" if chosen else label


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def _build_form(draft: FeedDraft, seen: Message) -> Dialog:
    owners = (Choice(_UNKNOWN, tr("I do not know")), *(Choice(owner, _capital(owner_name(owner))) for owner in OWNERS))
    letters = tuple(Choice(letter, f"{letter} ({tr(words)})") for letter, words in RELIABILITY.items())
    fields = (
        Field("owner", tr("Who controls this outlet?"), "choice", draft.owner or _UNKNOWN, choices=owners),
        Field("grade", tr("How reliable is it?"), "choice", draft.grade or UNRATED, choices=letters),
    )
    return Dialog(
        tr("New feed"),
        fields,
        NEW_FEED,
        subject=str(draft.id),
        argument=f"{{owner}} {{grade}} {_ADD}",
        parts=(seen,),
        submit=tr("Add"),
        close=tr("Cancel"),
    )


def _failure_words(error: FeedError) -> str:
    """Why a feed was not added, and what its adder can do."""
    if error.problem in _REFUSED:
        status = f"{error.status}: " if error.status else ""
        return status + tr("the site refuses bots. Nothing was added.")
    return error_words(error)


def _offer(page: WebPage, request: Request) -> Message:
    """The feeds that a web page names, each with a button where its address fits into one."""
    if not page.found:
        return build_answer(str(page), request.destination.platform)
    blocks: list[Block] = [line(tr("That address returns a web page, not a feed. I found:"))]
    for number, feed in enumerate(page.found, 1):
        command = commands_in("/addfeed ", request.destination.platform) + feed.url
        title = isolate(shorten(feed.title or feed.url, _TITLE_LIMIT))
        blocks += [line(f"{number}. ", title), line(Text(command, code=True))]
    fitting = [pair for pair in enumerate(page.found, 1) if fits_button("addfeed", "", pair[1].url)]
    buttons = tuple(
        Button(tr("Add {number}", number=number), "addfeed", "", feed.url) for number, feed in fitting[:_MOST_BUTTONS]
    )
    summary = tr(
        "{url} is a web page with {feeds}.",
        url=page.url,
        feeds=trn("{count:,} feed", "{count:,} feeds", len(page.found)),
    )
    return Message(tuple(blocks), summary, (buttons,) if buttons else ())


COMMANDS = (
    Command(
        "addfeed",
        "Read another feed",
        handle_addfeed,
        usage="<address>",
        details=later(
            "The address of an RSS, Atom or JSON feed, or of a web page that names one. I show what it carries and "
            "ask who controls the outlet and how reliable it is before I add it; the bot's owner decides on the "
            "letter. What it carries now is not sent; only what comes after is."
        ),
        needs_admin=True,
        cost=5,
    ),
    Command(NEW_FEED, "A feed that waits to be added", handle_new_feed, needs_admin=True, listed=False),
)
