"""How much one person or chat may ask in a while, so that nobody takes the bot from everyone else. Pure."""

from dataclasses import dataclass

_PRUNED_FROM = 10_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """A bucket of `burst` tokens, to which one comes back every `refill` seconds."""

    burst: int
    refill: float


# A person presses through long lists without noticing a limit; a script notices within seconds. Answers to a private
# chat cannot leave faster than one a second anyway (bot/domain/pacing.py).
PERSON = Allowance(burst=60, refill=1.0)
CHAT = Allowance(burst=120, refill=0.5)


class Buckets:
    """What each key has left of one allowance. All times are seconds on one monotonic clock."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._full_at: dict[str, float] = {}

    def wait_for(self, key: str, cost: int, now: float) -> float:
        """Seconds until the bucket holds `cost` tokens; 0 if it does now."""
        missing = max(self._full_at.get(key, now) - now, 0.0) / self._allowance.refill
        short = min(cost, self._allowance.burst) - (self._allowance.burst - missing)
        return max(short, 0.0) * self._allowance.refill

    def take(self, key: str, cost: int, now: float) -> None:
        """Takes `cost` tokens out."""
        if len(self._full_at) >= _PRUNED_FROM:
            self._full_at = {known: full_at for known, full_at in self._full_at.items() if full_at > now}
        self._full_at[key] = max(self._full_at.get(key, now), now) + cost * self._allowance.refill


class Allowances:
    """The buckets of persons and chats, and who was told already that one of theirs is empty."""

    def __init__(self, person: Allowance = PERSON, chat: Allowance = CHAT) -> None:
        self._persons = Buckets(person)
        self._chats = Buckets(chat)
        self._told: set[tuple[str, str]] = set()

    def take(self, person: str, chat: str, cost: int, now: float) -> float:
        """Takes `cost` tokens of both and gives 0, or takes nothing and gives the seconds to wait."""
        wait = max(self._persons.wait_for(person, cost, now), self._chats.wait_for(chat, cost, now))
        if not wait:
            self._persons.take(person, cost, now)
            self._chats.take(chat, cost, now)
            self._told.discard((person, chat))
        return wait

    def tell(self, person: str, chat: str) -> bool:
        """Whether the person has yet to be told to wait in this chat; true once until they may go on."""
        if (person, chat) in self._told:
            return False
        if len(self._told) >= _PRUNED_FROM:
            self._told.clear()
        self._told.add((person, chat))
        return True
