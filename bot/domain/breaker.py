"""A circuit breaker: whether a platform that has gone silent is tried again. Pure; seconds on a monotonic clock."""

# So many sends in a row without any answer from the platform mean that it is out, not one of its chats.
_SILENCES = 5
_REST_SECONDS = 30.0


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
