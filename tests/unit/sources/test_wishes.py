"""What documents ask for."""

from datetime import timedelta

import pytest

from bot.domain.wishes import LONGEST_WAIT, NO_WISHES, Wishes
from bot.sources.wishes import read_wishes

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("channel", "wishes"),
    [
        ("", NO_WISHES),
        ("<ttl>60</ttl>", Wishes(HOUR)),
        ("<ttl> 60 </ttl>", Wishes(HOUR)),
        ("<ttl>100000</ttl>", Wishes(LONGEST_WAIT)),
        ("<ttl>0</ttl>", NO_WISHES),
        ("<ttl>soon</ttl>", NO_WISHES),
        ("<sy:updatePeriod>\n hourly </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", Wishes(HOUR / 2)),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", Wishes(LONGEST_WAIT)),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", NO_WISHES),
        ("<ttl>15</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", Wishes(HOUR)),
        ("<skipHours><hour>1</hour><hour>24</hour></skipHours>", Wishes(skip_hours=(0, 1))),
        ("<skipDays><day>Saturday</day><day>Sunday</day></skipDays>", Wishes(skip_days=(5, 6))),
        ("<skipDays><day>Caturday</day></skipDays>", NO_WISHES),
        (f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in range(24))}</skipHours>", NO_WISHES),
    ],
)
def test_the_channel_says_when_to_come_again(channel: str, wishes: Wishes) -> None:
    assert read_wishes(f"<rss><channel>{channel}<item><ttl>9</ttl></item></channel></rss>".encode()) == wishes


def test_an_entry_cannot_ask() -> None:
    assert read_wishes(b"<rss><channel><item><ttl>600</ttl></item></channel></rss>") == NO_WISHES
