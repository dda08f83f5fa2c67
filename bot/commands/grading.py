"""/grade: how reliable an outlet is. The bot's owner says it, others propose it."""

from bot.commands.answers import say
from bot.commands.authorisation import is_owner
from bot.commands.invocation import Reply, Via
from bot.commands.registry import Command, Request
from bot.domain.language import later, tr
from bot.domain.messages import plain_message
from bot.domain.wording import RELIABILITY, UNRATED
from bot.errors import SettingsError
from bot.services.grading import GRADE, get_feed, propose_grade, set_grade

_EXAMPLE = later("Example: /grade asiaplus-ru B")


async def handle_grade(request: Request) -> Reply:
    """The letter of a feed, a new one, or one that is proposed to the owner."""
    words = f"{request.invocation.subject} {request.argument}".split()
    grade = words[1].upper() if words[1:] else ""
    if not words or len(words) > 2 or (grade and grade not in RELIABILITY):  # noqa: PLR2004  a feed and a letter
        letters = ", ".join(RELIABILITY)
        raise SettingsError(tr("Which feed, and which letter? Letters: {letters}.", letters=letters), tr(_EXAMPLE))
    store, services = request.services.store, request.services
    feed = await get_feed(store, words[0])
    if not grade:
        standing = feed.grade or UNRATED
        return say(request, _standing(feed.outlet, standing))
    if is_owner(request):
        await set_grade(store, feed, grade, by=request.person, now=request.invocation.at)
        in_place = request.invocation.via is Via.BUTTON
        return Reply(plain_message(_standing(feed.outlet, grade)), in_place=in_place)
    await propose_grade(
        store,
        feed,
        grade,
        services.ownership.destination,
        by=request.person,
        chat=request.destination.key,
        now=request.invocation.at,
    )
    return say(request, f"{_standing(feed.outlet, feed.grade or UNRATED)} {proposed_words(grade)}")


def _standing(outlet: str, grade: str) -> str:
    return tr("{outlet}: reliability {grade} ({words}).", outlet=outlet, grade=grade, words=tr(RELIABILITY[grade]))


def proposed_words(grade: str) -> str:
    """That a letter waits for the owner."""
    return tr("Your {grade} is a proposal: the bot's owner decides on letters.", grade=grade)


COMMANDS = (
    Command(
        GRADE,
        later("How reliable an outlet is"),
        handle_grade,
        usage="<feed> <letter>",
        details=later(
            "The letter of the Admiralty code, A (completely reliable) to E (unreliable), or F for an outlet that was "
            "not rated yet. It holds in every chat, so the bot's owner decides; what anybody else says is proposed to "
            "the owner. Without a letter: the one that stands."
        ),
        needs_admin=True,
        cost=2,
    ),
)
