"""Stories: items about one event. Decides whether an item joins a story that is already known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WINDOW = timedelta(hours=72)
# A wrong merge hides news while a missed one only repeats it, so the bar is high.
_SAME_EVENT = 0.6
_FEWEST_SHARED_WORDS = 4
_SHORTEST_TELLING_WORD = 3


@dataclass(frozen=True, slots=True)
class Story:
    """Items about one event. `key` is the key of its first item; `id` is its number (None until recorded).

    `headline` is the first item's title; `words` are the telling folded words of all its headlines,
    by which later reports find it.
    """

    key: str
    headline: str
    words: frozenset[str]
    first_seen: datetime
    last_seen: datetime
    id: int | None = None

    @property
    def label(self) -> str:
        """The short name shown to people: `S18`."""
        return f"S{self.id}" if self.id is not None else "S?"


def telling_words(folded: Sequence[str]) -> frozenset[str]:
    """The words of a folded headline that help to recognise its event."""
    return frozenset(word for word in folded if len(word) >= _SHORTEST_TELLING_WORD or word.isdigit())


def find_story(words: frozenset[str], candidates: Sequence[Story], *, now: datetime) -> Story | None:
    """The candidate that reports the same event as a headline with these words, or None.

    Jaccard similarity of headline words, at least 0.6 with at least four words shared, within 72 hours of the
    story's last report.
    """
    best: Story | None = None
    best_similarity = 0.0
    for story in candidates:
        if now - story.last_seen > WINDOW:
            continue
        shared = len(words & story.words)
        similarity = shared / len(words | story.words) if shared >= _FEWEST_SHARED_WORDS else 0.0
        if similarity >= _SAME_EVENT and similarity > best_similarity:
            best, best_similarity = story, similarity
    return best


def join_story(story: Story, *, now: datetime) -> Story:
    """The story with one more report seen `now`."""
    return replace(story, last_seen=max(story.last_seen, now))
