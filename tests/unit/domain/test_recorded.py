"""What was recorded in English is said in the language of who asks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.feed_notices import build_health_notice, build_network_notice, build_novelty_notices, notice_words
from bot.domain.health import Health, HealthChange
from bot.domain.language import install, speaking
from bot.domain.novelty import Novelty
from bot.domain.outcomes import outcome_words
from bot.domain.policy import LATE_FIND
from bot.domain.recorded import recorded_words
from bot.domain.updates import TOO_MANY
from bot.sources.catalogues import load_catalogues

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def russian() -> Iterator[None]:
    install(load_catalogues())
    with speaking("ru"):
        yield
    install({})


@pytest.mark.parametrize(
    ("recorded", "said"),
    [
        (LATE_FIND, "поздняя находка: опубликовано больше чем за 48 ч до обнаружения"),
        (TOO_MANY, "сегодня обновлений сюжета: 4; последнее оставлено на случай критичного"),
        ("muted: CSTO, by Dana", "заглушено: CSTO, Dana"),
        ("muted: CSTO", "заглушено: CSTO"),
        ("merged into S12", "объединено с S12"),
    ],
)
def test_outcomes_are_said_in_the_language_of_the_reader(recorded: str, said: str) -> None:
    assert outcome_words(recorded) == said
    with speaking("en"):
        assert outcome_words(recorded) == recorded


def test_what_a_platform_said_stays_as_it_is() -> None:
    assert outcome_words("Telegram: {chat} not found") == "Telegram: {chat} not found"
    assert outcome_words("") == ""


def test_parts_of_a_recorded_text_are_said_in_the_language_of_the_reader() -> None:
    assert recorded_words("nobody: low", ("nobody: {what}", "low")) == "nobody: низкий"


def test_notices_about_feeds_are_said_in_the_language_of_the_reader() -> None:
    with speaking("en"):  # the loop that records them speaks to no chat
        ill = build_health_notice(HealthChange("kloop", Health.OK, Health.QUIET, NOW), "Kloop", NOW)
        well = build_health_notice(HealthChange("kloop", Health.QUIET, Health.OK, NOW), "Kloop", NOW)
    assert ill.text == "Kloop: nothing new for unusually long."
    assert notice_words(ill) == "Kloop: необычно долго нет нового."
    assert notice_words(well).startswith("Kloop: снова исправна (до сих пор: ")
    network = build_network_notice(down_since=NOW, ended=None, now=NOW)
    assert notice_words(network) == "Ни одна лента не отвечает: похоже, нет сети."
    novelty = Novelty((), rewritten=True, flood=40, gap=True)
    notices = build_novelty_notices(
        novelty, feed_id="kloop", outlet="Kloop", previous=NOW - timedelta(hours=3), now=NOW
    )
    said = [notice_words(one) for one in notices]
    assert said[1] == "Kloop: сразу старых или неизвестных записей: 40. Они сохранены, не отправлены."
    assert not any("Kloop changed" in one or "possible gap" in one for one in said)
