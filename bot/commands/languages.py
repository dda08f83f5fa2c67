"""/language: which language the bot speaks in this chat."""

from bot.commands.answers import say
from bot.commands.invocation import Reply
from bot.commands.registry import Command, Request
from bot.domain.language import LANGUAGES, find_language, later, speaking, spoken, tr
from bot.domain.messages import Button
from bot.errors import SettingsError
from bot.services.chat_settings import set_language


async def handle_language(request: Request) -> Reply:
    """Tells the language of this chat, or takes another; the answer is in that one already."""
    wanted = request.invocation.subject or request.argument
    if not wanted:
        text = tr("I speak {language} here. Which language do you want?", language=LANGUAGES[spoken()])
        return say(request, text, (language_buttons(),))
    language = find_language(wanted)
    if not language:
        cause = tr("I do not speak “{language}”.", language=wanted[:40])
        raise SettingsError(cause, tr("Write one of {languages}.", languages=", ".join(LANGUAGES)))
    await set_language(request.services.store, request.destination, language, by=request.person, now=request.now)
    with speaking(language):
        return say(request, tr("From now on I speak English here."), private=False)


def language_buttons() -> tuple[Button, ...]:
    """One button for each language, in its own words."""
    return tuple(Button(name, "language", code) for code, name in LANGUAGES.items())


COMMANDS = (
    Command(
        "language",
        "The language I speak here",
        handle_language,
        usage="[en | ru | fa | tg]",
        details=later(
            "Cards, answers and digests come in this language; headlines and quotes stay as they were published. "
            "Example: /language ru"
        ),
        needs_admin=True,
    ),
)
