"""Files that people send: fetched within bounds, read as what they would have typed."""

import json
from collections.abc import AsyncIterator

import pytest

from bot.chat.telegram.connect import TelegramChat, open_telegram
from bot.commands.chat_app import Received, ReceivedFile
from bot.commands.invocation import Via
from bot.domain.chats import InboundUpdate
from bot.errors import NotFound, SettingsError
from tests.factories import build_update
from tests.fakes.clock import FakeClock
from tests.fakes.server import FaultKind
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_files import Upload

DANA, GROUP = 100, -100500
YAML = b"id: csto\ntitle: CSTO\n"


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as server:
        server.add_user(DANA, "Dana")
        server.add_chat(GROUP, "supergroup", title="Desk", admins=[DANA])
        yield server


@pytest.fixture
async def telegram(fake: TelegramFake) -> AsyncIterator[TelegramChat]:
    async with open_telegram(fake.token, fake.origin, FakeClock()) as opened:
        yield opened


def newest(fake: TelegramFake, telegram: TelegramChat) -> Received | None:
    update: InboundUpdate = build_update(payload=json.dumps(fake.api.updates.pending[-1]))
    content = telegram.app.read(update)
    assert content is None or isinstance(content, Received)
    return content


async def test_a_yaml_file_in_a_private_chat_is_read(fake: TelegramFake, telegram: TelegramChat) -> None:
    fake.user_sends_file(DANA, DANA, Upload("csto.yaml", b"\xef\xbb\xbf" + YAML))
    received = newest(fake, telegram)
    assert received is not None
    assert received.file is not None
    assert (received.file.name, received.file.size) == ("csto.yaml", len(YAML) + 3)
    assert await telegram.app.read_file(received.file) == YAML.decode()


async def test_a_caption_says_which_command_it_is_for(fake: TelegramFake, telegram: TelegramChat) -> None:
    fake.user_sends_file(GROUP, DANA, Upload("csto.YML", YAML), caption="/edit@tocsin_test_bot")
    received = newest(fake, telegram)
    assert received is not None
    assert (received.invocation.verb, received.invocation.via) == ("edit", Via.COMMAND)
    assert received.file is not None


@pytest.mark.parametrize("name", ["holiday.jpg", "report.pdf", "yaml", ""])
async def test_other_files_ask_for_nothing(fake: TelegramFake, telegram: TelegramChat, name: str) -> None:
    fake.user_sends_file(DANA, DANA, Upload(name, YAML))
    assert newest(fake, telegram) is None


async def test_a_file_that_is_too_large_is_not_fetched(fake: TelegramFake, telegram: TelegramChat) -> None:
    with pytest.raises(SettingsError, match="100,001 bytes; I read at most 100,000"):
        await telegram.app.read_file(ReceivedFile("any", "csto.yaml", 100_001))
    assert fake.calls == []
    file_id = fake.api.files.add(Upload("csto.yaml", b"x" * 100_001))
    with pytest.raises(SettingsError, match="100,001"):
        await telegram.app.read_file(ReceivedFile(file_id, "csto.yaml", 5))


async def test_a_file_that_is_no_text_is_refused(fake: TelegramFake, telegram: TelegramChat) -> None:
    file_id = fake.api.files.add(Upload("csto.yaml", "Ленск".encode("cp1251")))
    with pytest.raises(SettingsError, match="UTF-8"):
        await telegram.app.read_file(ReceivedFile(file_id, "csto.yaml", 5))


@pytest.mark.parametrize("kind", ["reset_before", "500", "429", "html_200", "400"])
async def test_a_file_that_cannot_be_fetched_is_asked_for_again(
    fake: TelegramFake, telegram: TelegramChat, kind: FaultKind
) -> None:
    fake.fail_next("getFile", kind)
    file_id = fake.api.files.add(Upload("csto.yaml", YAML))
    with pytest.raises(NotFound, match="Send it again") as caught:
        await telegram.app.read_file(ReceivedFile(file_id, "csto.yaml", 5))
    assert fake.token not in str(caught.value)
    with pytest.raises(NotFound):
        await telegram.app.read_file(ReceivedFile("unknown", "csto.yaml", 5))
