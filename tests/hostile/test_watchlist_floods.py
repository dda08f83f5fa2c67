"""A file with thousands of mistakes costs bounded time and tells only the first of them."""

import time
from pathlib import Path

import pytest

from bot.sources.feed_files import load_feeds
from bot.sources.watchlist_files import load_watchlists
from bot.sources.yaml_fields import MOST_PROBLEMS

HEAD = "schema: 1\nid: flood\ntitle: Flood\npriority: low\n"
GROUPS = "groups:\n" + "".join(f"  group_{n}: {{en: [word{n}]}}\n" for n in range(500))
RULE = "match: {{rules: [{{id: a, any: [{}]}}]}}\n"
FLOODS = [
    pytest.param(HEAD + "".join(f"key{n}: x\n" for n in range(9000)), id="unknown keys"),
    pytest.param(HEAD + GROUPS + RULE.format(", ".join(f"gruop_{n}" for n in range(9000))), id="unknown groups"),
    pytest.param(HEAD + RULE.format("a") + "groups:\n  a:\n    en: [" + ", ".join(map(str, range(10, 9000))) + "]\n",
                 id="terms that are numbers"),
    pytest.param(HEAD + "groups:\n  a: {ru: [" + ", ".join(f"слово{n}" for n in range(9000)) + "]}\n", id="many terms"),
    pytest.param(HEAD + "tags: [" + "[x], " * 6000 + "]\n", id="lists for texts"),
    pytest.param(HEAD + "match: {rules: [" + "{id: a, any: [a]}, " * 2500 + "]}\n", id="one id for all rules"),
    pytest.param(HEAD + RULE.format("'" + "|" * 9000 + "'"), id="bars"),
    pytest.param(HEAD + "match: {rules: [{id: a, query: '" + "«$a" * 3000 + "'}]}\n", id="quotes that never close"),
]  # fmt: skip


@pytest.mark.parametrize("text", FLOODS)
def test_a_flood_of_mistakes_is_cut_short(tmp_path: Path, text: str) -> None:
    (tmp_path / "flood.yaml").write_text(text)
    started = time.process_time()
    catalog = load_watchlists(tmp_path)
    assert time.process_time() - started < 5
    assert catalog.watchlists == ()
    assert 0 < len(catalog.problems) <= MOST_PROBLEMS
    assert all(len(str(problem)) < 1000 for problem in catalog.problems)


def test_feeds_after_a_flood_of_wrong_ones_are_still_judged_one_by_one(tmp_path: Path) -> None:
    wrong = "".join(f"  - {{id: w{n}, name: W, url: nowhere, lang: en}}\n" for n in range(1500))
    good = '  - {id: good, name: Good, url: "https://good.example/rss", lang: en}\n'
    (tmp_path / "feeds.yaml").write_text(f"schema: 1\nfeeds:\n{wrong}{good}")
    loaded = load_feeds(tmp_path / "feeds.yaml")
    assert [feed.id for feed in loaded.feeds] == ["good"]
    assert len(loaded.problems) == MOST_PROBLEMS
