"""From a fresh installation to an owner with lists, through a webhook: the process as an operator runs it."""

import json
import socket

from tests.e2e.service import Home
from tests.fakes.feed_server import FeedServer
from tests.fakes.telegram import TelegramFake

READER = 4001


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_fresh_bot_is_claimed_and_set_up_over_its_webhook(
    home: Home, telegram: TelegramFake, publisher: FeedServer
) -> None:
    del publisher
    port = free_port()
    home.settings |= {
        "PORT": str(port),
        "TELEGRAM_WEBHOOK_URL": "https://tocsin.example.org/telegram",
        "SLACK_BOT_TOKEN": "",
        "SLACK_APP_TOKEN": "",
    }
    service = await home.start_service()
    try:
        invitation = json.loads(await service.wait_for_log('"no_owner"'))["text"]
        code = invitation.split("/start ")[1].split()[0]
        await telegram.wait_until(lambda: telegram.api.setup.webhook or None, "a webhook", 10.0)

        async def answer_to(text: str, expected: str) -> None:
            newest = max((message.message_id for message in telegram.sent), default=0)
            telegram.user_says(READER, READER, text)
            assert await telegram.api.setup.call_webhook(f"http://127.0.0.1:{port}") == 1
            await telegram.wait_for_message(
                READER, lambda message: message.text.startswith(expected), after=newest, timeout=10
            )

        await answer_to(f"/start {code}", "You are the owner of this bot now.")
        await answer_to("/watch csto here", "Watching CSTO")
        await answer_to("/start", "Watching 1 list here")
        menu = telegram.api.setup.menu("all_group_chats")
        assert menu == ["recent", "story", "search", "status", "help"]
        assert len(telegram.api.setup.menu("all_private_chats", "ru")) == 12
        assert len(telegram.api.setup.menu("all_chat_administrators")) == 12
    finally:
        await service.stop()
    assert (await home.call("owner"))[1].startswith(f"telegram:{READER}")
    assert telegram.api.setup.webhook, "what happens until the next start would be lost"
    assert not any(call.method == "getUpdates" for call in telegram.calls)
