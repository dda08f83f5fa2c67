"""How fast a platform lets us write."""

import pytest

from bot.domain.chats import ChatKind, Platform
from bot.domain.pacing import Pacer
from tests.factories import build_destination

GROUP = build_destination("-1001", kind=ChatKind.GROUP)
PRIVATE = build_destination("1001")


def test_a_chat_rests_for_a_second_after_a_message_and_others_do_not() -> None:
    pacer = Pacer(Platform.TELEGRAM)
    pacer.record_send(PRIVATE, 10.0)
    assert pacer.resting(10.5) == {PRIVATE.key: 11.05}
    assert pacer.resting(11.05) == {}


def test_a_group_gets_at_most_nineteen_messages_in_any_minute() -> None:
    pacer = Pacer(Platform.TELEGRAM)
    sent = []
    now = 0.0
    while now < 300:
        now = pacer.resting(now).get(GROUP.key, now)
        pacer.record_send(GROUP, now)
        sent.append(now)
    busiest = max(sum(start <= at < start + 60 for at in sent) for start in sent)
    assert busiest == 19


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.03, 0.2])
def test_the_whole_bot_sends_28_messages_a_second_however_late_each_one_starts(delay: float) -> None:
    pacer = Pacer(Platform.TELEGRAM)
    sent = [5.0]
    pacer.record_send(PRIVATE, 5.0)
    while sent[-1] < 15:
        sent.append(max(pacer.next_slot(), sent[-1]) + (delay if len(sent) % 7 == 0 else 0.0))
        pacer.record_send(build_destination(str(len(sent))), sent[-1])
    busiest = max(sum(start <= at < start + 1 for at in sent) for start in sent)
    assert busiest <= 30
    if delay < 0.017:
        assert len(sent) >= 28.6 * 10


def test_the_console_never_waits() -> None:
    pacer = Pacer(Platform.CONSOLE)
    console = build_destination("local", platform=Platform.CONSOLE)
    pacer.record_send(console, 5.0)
    assert pacer.resting(5.0) == {}
    assert pacer.next_slot() == 5.0


def test_destinations_that_were_quiet_for_a_minute_are_forgotten() -> None:
    pacer = Pacer(Platform.SLACK)
    for number in range(100):
        pacer.record_send(build_destination(str(number), platform=Platform.SLACK), float(number))
    pacer.resting(1000.0)
    assert not pacer._sent
