"""Whether a platform that has gone silent is tried again, and whether one floods all of us. Pure; seconds on a
monotonic clock.
"""

# So many sends in a row without any answer from the platform mean that it is out, not one of its chats.
_SILENCES = 5
_REST_SECONDS = 30.0
# Flood control of so many chats within so many seconds means the bot: alone, a chat is refused for its own messages.
_FLOODED_CHATS = 3
_FLOOD_SECONDS = 10.0


class Breaker:
    """Closed while a platform answers. Open after five silences in a row: then only a probe every 30 s goes out."""

    def __init__(self) -> None:
        self._silences = 0
        self._probe_at: float | None = None

    @property
    def probe_at(self) -> float | None:
        """From when on the platform may be probed; None while it is used as usual."""
        return self._probe_at

    def record_answer(self) -> None:
        """The platform answered, whatever it said."""
        self._silences, self._probe_at = 0, None

    def record_silence(self, now: float) -> None:
        """A send went without an answer. The fifth in a row opens the breaker; its first probe may go at once."""
        self._silences += 1
        if self._silences >= _SILENCES and self._probe_at is None:
            self._probe_at = now

    def record_failed_probe(self, now: float) -> None:
        """The platform did not answer a probe."""
        self._probe_at = now + _REST_SECONDS


class FloodWatch:
    """Tells flood control of the whole bot from that of one chat, which the answer itself does not say."""

    def __init__(self) -> None:
        self._refused: dict[str, tuple[float, float]] = {}

    def record_refusal(self, destination: str, now: float, wait: float) -> float | None:
        """A destination is to be left alone for `wait` seconds; for how long all of them are, if for any time."""
        recent = {key: one for key, one in self._refused.items() if now - one[0] <= _FLOOD_SECONDS}
        self._refused = recent | {destination: (now, wait)}
        if len(self._refused) < _FLOODED_CHATS:
            return None
        return min(wait for _, wait in self._refused.values())
