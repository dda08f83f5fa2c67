"""Corrections of how reports were grouped, as the store records them."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.deliveries import PlannedCard
from bot.domain.polls import PlannedAlert
from bot.domain.stories import Story


@dataclass(frozen=True, slots=True)
class Correction:
    """Who corrects (the key of a person), from which destination, and when."""

    person: str
    destination: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Split:
    """Items that leave the story of an alert for a new `story`, with the alerts and cards that follow from it."""

    alert_id: str
    story: Story
    items: tuple[str, ...]
    alerts: tuple[PlannedAlert, ...] = ()
    cards: tuple[PlannedCard, ...] = ()
