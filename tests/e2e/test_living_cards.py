"""A story goes on: later reports change its card in both chats, and what matters is said under it."""

from tests.e2e.scene import CHANNEL, OLD_NEWS, READER, build_rss, is_card, watch_csto
from tests.e2e.service import Home
from tests.fakes.feed_server import FeedServer
from tests.fakes.slack import SlackFake
from tests.fakes.telegram import TelegramFake

ATTACK = ("CSTO says gunmen attacked road workers near Darvoz on the Tajik border", "Shots were heard at night.")
CONFIRMED = ("CSTO says gunmen attacked workers near Darvoz on Tajik border", "Villagers saw smoke over the road.")
TOLL = ("CSTO says gunmen attacked road workers near Darvoz on the Tajik border, 3 killed, 5 wounded", ATTACK[1])


async def test_a_second_report_edits_the_card_and_a_new_toll_is_said_under_it(
    home: Home, telegram: TelegramFake, slack: SlackFake, publisher: FeedServer
) -> None:
    service = await home.start_service()
    try:
        await watch_csto(telegram, slack)
        publisher.serve("/agency", build_rss(OLD_NEWS, ATTACK))
        card = await telegram.wait_for_message(READER, is_card, timeout=15)
        posted = await slack.wait_for_message(CHANNEL, lambda message: "Why:" in message.visible, timeout=15)

        publisher.serve("/daily", build_rss(OLD_NEWS, CONFIRMED))
        reply = await telegram.wait_for_message(READER, lambda message: "Confirmed by" in message.text, timeout=15)
        assert reply.reply_to == card.message_id
        assert reply.is_silent
        assert reply.text.splitlines()[0].endswith("· now 2 outlets, 2 origins")

        await home.pass_waits()
        publisher.serve("/agency", build_rss(OLD_NEWS, ATTACK, TOLL))
        await telegram.wait_for_message(READER, lambda message: "→ “3 killed, 5 wounded”" in message.text, timeout=15)
        threaded = await slack.wait_for_message(
            CHANNEL, lambda message: "3 killed, 5 wounded" in message.visible, timeout=15
        )
        assert threaded.thread_ts == posted.ts
        edited = await telegram.wait_for_edit(card, lambda message: "2 outlets, 2 origins" in message.text, timeout=15)
        assert "🧵" in edited.keyboard[0][2]["text"]
        await slack.wait_for_edit(posted, lambda message: "2 outlets, 2 origins" in message.visible, timeout=15)
    finally:
        code = await service.stop()
    assert code == 0
    assert sum(is_card(message) for message in telegram.messages(READER)) == 1
    assert telegram.too_many_requests == slack.too_many_requests == 0
