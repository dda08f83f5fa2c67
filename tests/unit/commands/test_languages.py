"""/language, and in which language a chat is answered before it chose one."""

from collections.abc import Iterator
from gettext import NullTranslations

import pytest

from bot.commands.chat_app import Received
from bot.commands.invocation import Invocation, Via
from bot.domain.chats import ChatKind, Destination, ReplyAddress
from bot.domain.language import install
from bot.domain.messages import Message
from bot.ports.store import Store
from tests import factories
from tests.unit.commands.desk import NILUFAR, PRIVATE, Desk, buttons_of, text_of

GROUP = factories.build_destination("-100", kind=ChatKind.GROUP, title="Desk")


class _Russian(NullTranslations):
    def gettext(self, message: str) -> str:
        return {
            "From now on I speak English here.": "Теперь я говорю здесь по-русски.",
            "I speak {language} here. Which language do you want?": "Здесь я говорю по-русски ({language}).",
        }.get(message, message)


@pytest.fixture(autouse=True)
def _catalogues() -> Iterator[None]:
    install({"ru": _Russian()})
    yield
    install({})


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, factories.build_watchlist("csto"))


@pytest.mark.parametrize("name", ["ru", "Русский", "russian"])
async def test_the_answer_is_in_the_new_language_already(desk: Desk, name: str) -> None:
    assert text_of(await desk.write(f"/language {name}")) == "Теперь я говорю здесь по-русски."
    assert text_of(await desk.write("/language")) == "Здесь я говорю по-русски (Русский)."
    assert text_of(await desk.write("/language en")) == "From now on I speak English here."
    assert text_of(await desk.write("/language")) == "I speak English here. Which language do you want?"


async def test_a_button_offers_each_language_in_its_own_words(desk: Desk) -> None:
    assert buttons_of(await desk.write("/language")) == ["English", "Русский", "فارسی/دری", "Тоҷикӣ"]


async def test_an_unknown_language_is_refused_with_the_known_ones(desk: Desk) -> None:
    assert text_of(await desk.write("/language klingon")) == "I do not speak “klingon”. Write one of en, ru, fa, tg."


async def test_a_private_chat_begins_in_the_language_of_the_app(desk: Desk) -> None:
    assert text_of(await ask(desk, "ru-RU")) == "Здесь я говорю по-русски (Русский)."
    attention = await desk.store.list_attention(PRIVATE.key)
    assert attention[PRIVATE.key].settings.language == "ru"
    await desk.write("/language en")
    assert text_of(await ask(desk, "ru-RU")).startswith("I speak English here.")


async def test_a_private_chat_begins_in_the_language_that_the_platform_tells_when_asked(desk: Desk) -> None:
    desk.app.locales[NILUFAR.key] = "ru-RU"
    assert text_of(await desk.write("/language")) == "Здесь я говорю по-русски (Русский)."
    await desk.write("/language en")
    assert text_of(await desk.write("/language")).startswith("I speak English here.")


async def test_a_group_does_not_take_the_language_of_whoever_wrote_first(desk: Desk) -> None:
    assert text_of(await ask(desk, "ru", GROUP)).startswith("Only admins of this group can do that.")
    assert GROUP.key not in await desk.store.list_attention(GROUP.key)


async def ask(desk: Desk, language: str, destination: Destination = PRIVATE) -> Message | None:
    """The answer to a person whose app speaks a language."""
    invocation = Invocation(
        destination, factories.build_person(), "language", "", Via.COMMAND, desk.clock.now(), language=language
    )
    return await desk.handle(desk.app.update(Received(invocation, ReplyAddress())))


async def test_a_card_is_answered_in_the_language_of_the_chat(desk: Desk) -> None:
    await desk.store.sync_feeds([factories.build_feed()], desk.clock.now())
    await desk.watch("csto")
    _, card = await desk.ring(factories.build_ringing_poll("item-1", PRIVATE))
    await desk.write("/language ru")
    assert "Priority:" in text_of(await desk.answer("почему?", card))
