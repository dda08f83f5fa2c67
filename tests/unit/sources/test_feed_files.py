"""Reading feeds.yaml: the feeds in it, and the place of every slip."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.feeds import Feed, FeedOrigin
from bot.sources.feed_files import LoadedFeeds, load_feeds

FULL = """\
schema: 1
feeds:
  - {id: asia-plus, name: Asia-Plus, url: "https://asiaplustj.info/ru/rss.xml", lang: ru, country: TJ,
     owner: independent, grade: B, origin_group: asia, topics: [tajikistan, border], proof: listed,
     boilerplate: [ОДКБ], poll_minutes: 30, enabled: false, note: "see: the site"}
"""
TWO = """\
schema: 1
feeds:
  - {id: one, name: One, url: "https://one.example/rss", lang: en}
  - {id: two, name: Two, url: "https://two.example/rss", lang: "no"}
"""


def load(directory: Path, content: str | bytes) -> LoadedFeeds:
    path = directory / "feeds.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_feeds(path)


def test_everything_an_entry_says_is_in_its_feed(tmp_path: Path) -> None:
    loaded = load(tmp_path, FULL)
    assert loaded.problems == ()
    assert loaded.feeds == (
        Feed(
            id="asia-plus",
            url="https://asiaplustj.info/ru/rss.xml",
            outlet="Asia-Plus",
            lang="ru",
            country="TJ",
            owner="independent",
            grade="B",
            origin_group="asia",
            topics=("tajikistan", "border"),
            boilerplate=("ОДКБ",),
            interval=timedelta(minutes=30),
            enabled=False,
            note="see: the site",
            origin=FeedOrigin.FILE,
        ),
    )


def test_what_an_entry_leaves_out_has_honest_defaults(tmp_path: Path) -> None:
    one, two = load(tmp_path, TWO).feeds
    assert (one.enabled, one.interval, one.grade, one.country) == (True, None, "F", "")
    assert two.lang == "no"


MISTAKES = [
    pytest.param("id: two", "id: one", (4, 5), "used twice (first in line 3)", "another id", id="id twice"),
    pytest.param("two.example/rss", "one.example/rss", (4, 5), "feed “one” has the same url", "Delete", id="url twice"),
    pytest.param("id: two", "id: Two!", (4, 10), "“Two!”", "small letters", id="bad id"),
    pytest.param("name: Two, ", "", (4, 5), "needs the key “name”", "Add `name", id="missing name"),
    pytest.param("name: Two", "nmae: Two", (4, 15), "no key “nmae”", "Did you mean “name”?", id="unknown key"),
    pytest.param("https://two", "file:///two", (4, 31), "not a web address", "https://", id="file address"),
    pytest.param("https://two.example/rss", "null", (4, 31), "not a web address", "https://", id="quoted null address"),
    pytest.param('"https://two.example/rss"', "null", (4, 5), "needs the key “url”", "Add", id="null address"),
    pytest.param("https://two.example", "https://[two", (4, 31), "not a web address", "https://", id="half an IPv6"),
    pytest.param('lang: "no"', "lang: Norsk", (4, 64), "“Norsk”", "en or fa", id="language name"),
    pytest.param('lang: "no"', "lang: en, country: tj", (4, 77), "“tj”", "capitals", id="country in small letters"),
    pytest.param('lang: "no"', "lang: en, owner: stat", (4, 75), "“stat”", "“state”", id="unknown owner"),
    pytest.param('lang: "no"', "lang: en, grade: G", (4, 75), "“G”", "Known: A, B", id="unknown grade"),
    pytest.param('lang: "no"', "lang: en, proof: sure", (4, 75), "“sure”", "dated", id="unknown proof"),
    pytest.param('lang: "no"', "lang: en, enabled: no", (4, 77), "“no”", "true, false", id="Norway boolean"),
    pytest.param('lang: "no"', "lang: en, poll_minutes: 12:30", (4, 82), "“12:30”", "whole number", id="sexagesimal"),
    pytest.param('lang: "no"', "lang: en, poll_minutes: 0", (4, 82), "“0”", "from 1 to 1440", id="no interval"),
    pytest.param('lang: "no"', "lang: en, topics: tj", (4, 76), "must be a list", "[tj]", id="word for a list"),
]


@pytest.mark.parametrize(("old", "new", "place", "cause", "cure"), MISTAKES)
def test_a_mistake_is_told_with_its_place_and_hides_no_other_feed(
    tmp_path: Path, *, old: str, new: str, place: tuple[int, int], cause: str, cure: str
) -> None:
    assert old in TWO
    loaded = load(tmp_path, TWO.replace(old, new, 1))
    assert [feed.id for feed in loaded.feeds] == ["one"]
    problem = loaded.problems[0]
    assert (problem.line, problem.column) == place, str(problem)
    assert cause in problem.cause
    assert cure in problem.cure


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param("schema: 1\n", "needs the key “feeds”", id="no feeds"),
        pytest.param("- a\n- b\n", "must be a mapping", id="a list"),
        pytest.param("schema: 1\nfeeds: {a: b}\n", "must be a list", id="feeds by name"),
        pytest.param(TWO.replace("schema: 1", "schema: 7"), "“7”", id="unknown version"),
        pytest.param("schema: 1\nfeeds: &f []\n", "anchor", id="anchor"),
        pytest.param("[" * 100_000, "nested", id="deep nesting"),
        pytest.param(b"\xff\xfe", "UTF-8", id="not UTF-8"),
    ],
)
def test_a_file_of_another_shape_is_a_problem_with_a_cure(tmp_path: Path, content: str | bytes, words: str) -> None:
    problem = load(tmp_path, content).problems[0]
    assert words in problem.cause
    assert problem.cure


def test_a_missing_file_is_one_clear_problem(tmp_path: Path) -> None:
    loaded = load_feeds(tmp_path / "feeds.yaml")
    assert loaded.feeds == ()
    (problem,) = loaded.problems
    assert "no such file" in problem.cause
