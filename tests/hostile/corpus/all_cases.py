"""Every hostile input, of every kind."""

from collections.abc import Iterator

from tests.hostile.corpus.answers import list_answers
from tests.hostile.corpus.cases import Case
from tests.hostile.corpus.feeds import list_feeds
from tests.hostile.corpus.texts import list_html, list_patterns, list_yaml


def list_cases() -> Iterator[Case]:
    """All of them, made one at a time."""
    yield from list_feeds()
    yield from list_html()
    yield from list_answers()
    yield from list_yaml()
    yield from list_patterns()
