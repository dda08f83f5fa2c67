"""The whole thread: feeds over HTTP, `tocsin run` as a process, alerts in both chats, answers, and a restart."""

import pytest

from tests.e2e.scene import (
    ANALYST,
    CHANNEL,
    OLD_NEWS,
    READER,
    WARNING,
    alert_id,
    build_rss,
    find_button,
    is_card,
    watch_csto,
)
from tests.e2e.service import Home
from tests.fakes.feed_server import FeedServer
from tests.fakes.slack import SlackFake
from tests.fakes.telegram import TelegramFake

CYBER = ("Ten TTPs every blue team should hunt for", "MITRE ATT&CK detections for this quarter.")
WARNING_COPIED = ("CSTO warns of <armed> groups & drug routes near the Tajik border", "Copied from the agency.")


async def test_alerts_reach_both_chats_and_buttons_answer(
    home: Home, telegram: TelegramFake, slack: SlackFake, publisher: FeedServer
) -> None:
    home.forks = False  # as installed, with everything to load
    service = await home.start_service()
    try:
        await watch_csto(telegram, slack)
        publisher.serve("/agency", build_rss(OLD_NEWS, WARNING, CYBER))
        publisher.serve("/daily", build_rss(OLD_NEWS, WARNING_COPIED))

        card = await telegram.wait_for_message(READER, is_card, timeout=15)
        assert card.text.splitlines()[1] == WARNING[0]
        posted = await slack.wait_for_message(CHANNEL, lambda message: "Why:" in message.visible, timeout=15)
        assert WARNING[0] in posted.visible
        assert posted.mentions == []

        press = telegram.user_presses(card, find_button(card, "Why"), READER)
        await telegram.wait_for_answer(press)
        explained = await telegram.wait_for_message(
            READER, lambda message: message.text.startswith("Why "), after=card.message_id
        )
        assert "CSTO" in explained.text.splitlines()[2]
        assert "TTP" not in explained.text

        telegram.user_says(READER, READER, f"/why {alert_id(card)}")
        by_command = await telegram.wait_for_message(
            READER, lambda message: message.text.startswith("Why "), after=explained.message_id
        )
        assert by_command.text == explained.text
        slack.user_commands(ANALYST, CHANNEL, "/tocsin", f"why {alert_id(card)}")
        await slack.wait_for_ephemeral(CHANNEL, ANALYST, lambda message: message.visible.startswith("Why "))
        press = telegram.user_presses(card, find_button(card, "Useful"), READER)
        assert (await telegram.wait_for_answer(press)).text == "Noted. CSTO: 1 of 1 rated alerts useful."
        assert slack.late == []
    finally:
        code = await service.stop()
    assert code == 0
    assert telegram.too_many_requests == slack.too_many_requests == 0


async def test_who_takes_a_story_in_one_chat_stands_on_the_card_of_the_other(
    home: Home, telegram: TelegramFake, slack: SlackFake, publisher: FeedServer
) -> None:
    service = await home.start_service()
    try:
        await watch_csto(telegram, slack)
        publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
        card = await telegram.wait_for_message(READER, is_card, timeout=15)
        posted = await slack.wait_for_message(CHANNEL, lambda message: "Why:" in message.visible, timeout=15)

        slack.user_presses(posted, "ack", ANALYST)
        in_telegram = await telegram.wait_for_edit(card, lambda edited: "✅ " in edited.text)
        assert in_telegram.text.splitlines()[1] == WARNING[0]
        await slack.wait_for_edit(posted, lambda edited: "✅ " in edited.visible)

        telegram.user_says(READER, READER, f"/unack {alert_id(card)}")
        refused = await telegram.wait_for_message(READER, lambda message: "has it since" in message.text)
        assert refused.text.endswith("admins can give it back.")
        slack.user_commands(ANALYST, CHANNEL, "/tocsin", f"unack {alert_id(card)}")
        await telegram.wait_for_edit(card, lambda edited: telegram.edits[-1] is edited and "✅" not in edited.text)

        telegram.user_says(READER, READER, f"/ack {alert_id(card)}")
        name = (await telegram.wait_for_message(READER, lambda message: message.text.startswith("✅ "))).text
        await slack.wait_for_edit(posted, lambda edited: name in edited.visible)
    finally:
        await service.stop()


async def test_a_restart_sends_nothing_twice_and_forgets_nothing(
    home: Home, telegram: TelegramFake, slack: SlackFake, publisher: FeedServer
) -> None:
    service = await home.start_service()
    await watch_csto(telegram, slack)
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    await telegram.wait_for_message(READER, is_card, timeout=15)
    await slack.wait_for_message(CHANNEL, lambda message: "Why:" in message.visible, timeout=15)
    assert await service.stop() == 0
    telegram.user_says(READER, READER, "/recent")

    again = await home.start_service()
    try:
        await telegram.wait_for_message(
            READER, lambda message: not is_card(message) and WARNING[0][:20] in message.text, timeout=15
        )
        publisher.serve(
            "/daily", build_rss(OLD_NEWS, ("CSTO summit ends in Minsk without a statement", "Treaty talks."))
        )
        await telegram.wait_for_message(READER, lambda message: "Minsk" in message.text, timeout=15)
        await slack.wait_for_message(CHANNEL, lambda message: "Minsk" in message.visible, timeout=15)
    finally:
        await again.stop()
    cards = [message for message in telegram.messages(READER) if is_card(message)]
    assert len(cards) == 2
    posted = [message for message in slack.messages(CHANNEL) if "Why:" in message.visible]
    assert len(posted) == 2


async def test_a_wrong_token_stops_the_start_with_the_cure(home: Home) -> None:
    home.settings["TELEGRAM_BOT_TOKEN"] = "7000000001:AAHwrongwrongwrongwrongwrongwrongwron"
    code, _, err = await home.call("run")
    assert code == 2
    last = err.splitlines()[-1]
    assert last.startswith("tocsin: Telegram")
    assert "BotFather" in last
    assert "AAHwrong" not in err


async def test_platforms_out_of_reach_do_not_stop_the_start(home: Home, telegram: TelegramFake) -> None:
    await telegram.stop()
    service = await home.start_service()
    assert any("platform_out_of_reach" in line for line in service.log)
    assert await service.stop() == 0


async def test_a_kill_in_the_middle_of_sending_loses_nothing_and_repeats_at_most_once(
    home: Home, telegram: TelegramFake, slack: SlackFake, publisher: FeedServer
) -> None:
    service = await home.start_service()
    await watch_csto(telegram, slack)
    telegram.fail_next("sendMessage", "hang")
    publisher.serve("/agency", build_rss(OLD_NEWS, WARNING))
    await slack.wait_for_message(CHANNEL, lambda message: "Why:" in message.visible, timeout=15)
    await service.kill()
    telegram.clear_faults()  # the kill may have come before Telegram was called at all
    await home.expire_leases()

    again = await home.start_service()
    try:
        await telegram.wait_for_message(READER, is_card, timeout=15)
    finally:
        await again.stop()
    assert sum(is_card(message) for message in telegram.messages(READER)) == 1
    first, *repeats = [message for message in slack.messages(CHANNEL) if "Why:" in message.visible]
    assert "Possibly a repeat" not in first.visible
    assert len(repeats) <= 1
    assert all("Possibly a repeat" in message.visible for message in repeats)


@pytest.mark.parametrize("token", ["TELEGRAM_BOT_TOKEN", "SLACK_BOT_TOKEN"])
async def test_a_token_of_the_wrong_shape_is_a_wrong_setting(home: Home, token: str) -> None:
    home.settings[token] = "abc"
    code, _, err = await home.call("run")
    assert code == 2
    assert err.splitlines()[-1].startswith("tocsin: ")
