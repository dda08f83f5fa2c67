"""Stories: made, brought up to date and merged. Promises: `bot.ports.store.StoryStore`."""

from collections.abc import Iterable, Sequence

from bot.domain.stories import Story
from bot.errors import NotFound
from storage.sql import Connection
from storage.sql.codec import encode_moment


def record_stories(connection: Connection, stories: Sequence[Story], reported: Iterable[str]) -> dict[str, int]:
    """The row numbers of the stories with these keys, by key; those of `stories` are made or brought up to date.

    A story that was merged into another is that other one. Raises NotFound.
    """
    given = {story.key: story for story in stories}
    return {key: _record_story(connection, key, given.get(key)) for key in reported}


def _record_story(connection: Connection, key: str, story: Story | None) -> int:
    row = connection.execute("SELECT id, merged_into FROM stories WHERE key = :key", {"key": key}).fetchone()
    if story is None and row is None:
        raise NotFound(f"There is no story {key}.", "Record it with its first item.")
    if story is None:
        return int(row["merged_into"] or row["id"])
    if row is None:
        return insert_story(connection, story)
    story_id = int(row["merged_into"] or row["id"])
    connection.execute(
        "UPDATE stories SET last_seen = :last_seen WHERE id = :id AND last_seen < :last_seen",
        {"last_seen": encode_moment(story.last_seen), "id": story_id},
    )
    return story_id


def insert_story(connection: Connection, story: Story) -> int:
    """The row number of a new story."""
    row = connection.execute(
        "INSERT INTO stories (key, headline, first_seen, last_seen) VALUES (:key, :headline, :first_seen, :last_seen)"
        " RETURNING id",
        {
            "key": story.key,
            "headline": story.headline,
            "first_seen": encode_moment(story.first_seen),
            "last_seen": encode_moment(story.last_seen),
        },
    ).fetchone()
    return int(row["id"])
