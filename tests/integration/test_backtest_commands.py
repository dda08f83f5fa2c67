"""`tocsin backtest`, `whynot` and `watchlists export` as typed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.chat_lists import Draft
from bot.domain.chats import Destination, Platform
from bot.domain.policy import UNWATCHED
from bot.services.catalog import Catalog
from bot.services.list_loading import record_file_versions
from bot.sources.watchlist_files import load_watchlists
from bot.sources.watchlist_texts import FolderTexts
from storage import open_store
from tests import factories
from tests.integration.typing_verbs import WATCHLIST, Tocsin

NOW = datetime.now(UTC)


@pytest.fixture
async def archive(tmp_path: Path) -> None:
    """Four items of the last days in the database that the command line opens."""
    store = await open_store(f"sqlite:///{tmp_path}/data/tocsin.db")
    await store.migrate()
    await store.sync_feeds([factories.build_feed("wire", url="https://www.wire.example/rss")], NOW)
    titles = ("CSTO meets in Minsk", "ОДКБ проведёт учения", "A drill of guards in Osh", "Rain over the hills")
    items = [
        factories.build_item(
            f"n{day}", feed_id="wire", title=title, summary="", link=f"https://wire.example/{day}", link_key="",
            lang="ru" if "ОДКБ" in title else "en", published=when, first_seen=when,
        )
        for day, title in enumerate(titles, 1)
        for when in (NOW - timedelta(days=day - 0.1),)
    ]  # fmt: skip
    match = factories.build_item_match("n1", outcome=UNWATCHED)
    poll = factories.build_poll("wire", items=tuple(items), matches=(match,), stories=(factories.build_story("n1"),))
    await store.record_polls([poll], NOW)
    await store.close()


@pytest.fixture
async def in_use(tmp_path: Path, archive: None, lists: Path) -> None:
    """The service took the lists of the folder into use."""
    store = await open_store(f"sqlite:///{tmp_path}/data/tocsin.db")
    catalog = Catalog(load_watchlists(lists))
    await record_file_versions(store, catalog, FolderTexts(lists), NOW)
    await store.close()


@pytest.fixture
async def made(tmp_path: Path, archive: None) -> None:
    """A chat made a list."""
    chat = Destination(Platform.TELEGRAM, "1001")
    store = await open_store(f"sqlite:///{tmp_path}/data/tocsin.db")
    await store.ensure_destination(chat)
    content = factories.build_watchlist("guards", "guards")
    draft = Draft(chat.key, "", 0, WATCHLIST.replace("id: csto", "id: guards"), content, "telegram:7", "Dana\n#x", NOW)
    await store.add_chat_list(await store.record_draft(draft), "guards", NOW)
    await store.close()


@pytest.mark.usefixtures("archive")
class TestBacktest:
    def test_a_query_a_file_and_an_id_are_tested(self, tocsin: Tocsin, tmp_path: Path) -> None:
        result = tocsin("backtest", "guards", "NEAR/5", "osh")
        assert result.code == 0
        assert "I hold 4 days of items, so this tests 4 days." in result.out
        assert "1 match -> 1 story -> 1 alert (0.2 a day)" in result.out
        assert tocsin("backtest", "csto", "--json").json["matches"] == 2
        path = tmp_path / "mine.yaml"
        path.write_text(WATCHLIST.replace("id: csto", "id: mine").replace("=CSTO", "rain"), encoding="utf-8")
        found = tocsin("backtest", str(path), "--json").json
        assert (found["matches"], found["covered_by"], found["languages"]) == (2, {"csto": 1}, {"ru": 1, "en": 1})

    def test_a_query_is_said_in_plain_words_with_a_hint_for_small_operators(self, tocsin: Tocsin) -> None:
        lines = tocsin("backtest", "guards or osh").out.splitlines()
        assert lines[-2:] == [
            "I look for: headline or text has “guards”, “or” and “osh”.",
            "“or” is read as a word; write OR.",
        ]

    @pytest.mark.usefixtures("in_use")
    def test_the_id_of_a_list_whose_file_is_gone_is_not_taken_for_a_word(self, tocsin: Tocsin, lists: Path) -> None:
        (lists / "other.yaml").write_text(
            WATCHLIST.replace("id: csto", "id: other").replace("title: CSTO", "title: Other"), encoding="utf-8"
        )
        (lists / "csto.yaml").unlink()
        result = tocsin("backtest", "csto")
        assert (result.code, result.out) == (1, "")
        assert "There was a watchlist called csto; it is gone. To look for the word, put it in quotes" in result.err
        assert tocsin("backtest", '"csto"', "--json").json["matches"] == 1

    def test_days_narrow_the_test(self, tocsin: Tocsin) -> None:
        assert tocsin("backtest", "csto", "--days", "1", "--json").json["items"] == 1
        assert tocsin("backtest", "csto", "--days", "2", "--json").json["matches"] == 2
        assert tocsin("backtest", "csto", "--days", "0").code == 2

    def test_near_misses_are_grouped_by_what_was_missing(self, tocsin: Tocsin) -> None:
        result = tocsin("backtest", "guards AND minsk", "--near-misses")
        assert "Without minsk · 1 item" in result.out
        assert "Without guards · 1 item" in result.out
        assert list(tocsin("backtest", "guards AND minsk", "--json").json["near_misses"]) == ["guards", "minsk"]

    def test_a_word_to_leave_out_is_no_option(self, tocsin: Tocsin) -> None:
        assert tocsin("backtest", "csto", "OR", "drill", "--json").json["matches"] == 2
        assert tocsin("backtest", "(csto", "OR", "drill)", "-hospital", "-osh", "--json").json["matches"] == 1

    def test_mistakes_are_one_line(self, tocsin: Tocsin, tmp_path: Path) -> None:
        stopped = tocsin("backtest", "guards NEAR/ osh")
        assert (stopped.code, stopped.err.count("\n")) == (2, 1)
        assert "I stopped at “NEAR/”" in stopped.err
        assert tocsin("backtest", "no-such-file.yaml").code == 2
        (tmp_path / "bad.yaml").write_text("id: [", encoding="utf-8")
        assert "Line " in tocsin("backtest", str(tmp_path / "bad.yaml")).err

    def test_the_mistake_in_a_lists_file_is_told_instead_of_testing_its_name(self, tocsin: Tocsin, lists: Path) -> None:
        (lists / "csto.yaml").write_text(WATCHLIST.replace("priority: high", "priority: loud"), encoding="utf-8")
        (lists / "other.yaml").write_text(WATCHLIST.replace("id: csto", "id: other"), encoding="utf-8")
        result = tocsin("backtest", "csto")
        assert (result.code, result.out) == (1, "")
        assert "csto.yaml:4:11: priority cannot be “loud”" in result.err

    @pytest.mark.usefixtures("in_use")
    def test_an_edited_list_is_compared_with_what_ran_before(self, tocsin: Tocsin, lists: Path) -> None:
        assert "Compared with" not in tocsin("backtest", "csto").out
        text = WATCHLIST.replace("=CSTO", "drill")
        (lists / "csto.yaml").write_text(text, encoding="utf-8")
        result = tocsin("backtest", "csto")
        compared = result.out.partition("Compared with version 1 of ")[2].splitlines()
        assert compared[1] == "Before: 2 alerts in 4 days. After: 2. Gone: 1. New: 1. Unchanged: 1."
        assert compared[2] == "Gone:"
        assert compared[3].startswith("1. CSTO meets in Minsk")
        found = tocsin("backtest", "csto", "--json").json
        assert (found["before"], found["after"], found["gone"], found["new"], found["unchanged"]) == (2, 2, 1, 1, 1)


def test_an_empty_archive_says_so(tocsin: Tocsin) -> None:
    assert tocsin("backtest", "csto").out == "I read nothing in the last 30 days, so there is nothing to test on yet.\n"


@pytest.mark.usefixtures("archive")
class TestWhyNot:
    def test_each_step_is_told(self, tocsin: Tocsin) -> None:
        rows = tocsin("whynot", "https://wire.example/1").out.splitlines()
        assert rows[0] == "CSTO meets in Minsk (https://wire.example/1)"
        assert rows[-1] == f"6. Sent: no. {UNWATCHED}"
        found = tocsin("whynot", "https://wire.example/2", "--json").json["items"][0]
        assert (found["matches"], found["matches_now"], found["story"]) == ([], ["csto"], None)

    def test_an_unknown_address_names_the_feeds_of_its_site(self, tocsin: Tocsin) -> None:
        answer = tocsin("whynot", "https://wire.example/99")
        assert answer.code == 0
        assert "• Wire (wire): works, read" in answer.out
        assert tocsin("whynot", "what is this").code == 2

    def test_a_story_an_alert_or_an_item_that_does_not_exist_is_said_to_be_none(self, tocsin: Tocsin) -> None:
        for asked, said in (
            ("S99", "There is no story S99."),
            ("7Q2M", "There is no alert 7Q2M."),
            ("0" * 32, "There is no item with that id in the archive."),
        ):
            answer = tocsin("whynot", asked)
            assert (answer.code, answer.out) == (1, "")
            assert said in answer.err


@pytest.mark.usefixtures("made")
class TestExport:
    def test_a_list_made_in_a_chat_is_listed_with_its_owner(self, tocsin: Tocsin) -> None:
        last = tocsin("watchlists", "list").out.splitlines()[-1]
        assert last.startswith("guards ")
        assert " · made in telegram:1001 by Dana #x (telegram:7), version 1 of " in last

    def test_it_is_written_as_yaml_that_checks(self, tocsin: Tocsin, tmp_path: Path) -> None:
        folder = tmp_path / "out"
        assert tocsin("watchlists", "export", "--to", str(folder)).out == f"{folder / 'guards.yaml'}\n"
        assert tocsin("check", str(folder)).code == 0
        assert tocsin("watchlists", "export", "--to", str(folder)).code == 1
        assert tocsin("watchlists", "export", "guards").out == (folder / "guards.yaml").read_text(encoding="utf-8")
        assert tocsin("watchlists", "export", "nothing").code == 1
        assert json.loads(tocsin("watchlists", "export", "--json").out)[0]["owner"] == "telegram:7"

    def test_it_is_shown_like_any_other(self, tocsin: Tocsin) -> None:
        assert tocsin("watchlists", "show", "guards").out.startswith("GUARDS (guards), high, stable")

    def test_it_is_tested_by_its_id(self, tocsin: Tocsin) -> None:
        assert tocsin("backtest", "guards", "--json").json["matches"] == 1
