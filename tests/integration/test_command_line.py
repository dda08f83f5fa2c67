"""Every verb, as typed: exit codes, one clear line for what is wrong, and JSON for programs."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE, AfterFailure, DeliveryState, Form
from storage import open_store
from tests.factories import build_outgoing
from tests.fakes.clock import START
from tests.integration.publishing import Publisher, build_rss
from tests.integration.typing_verbs import WATCHLIST, Tocsin, write_feeds


def test_every_verb_explains_itself(tocsin: Tocsin) -> None:
    listed = tocsin("--help")
    assert listed.code == 0
    verbs = [line.split()[0] for line in listed.out.partition("Commands:")[2].splitlines() if line.strip()]
    assert {"demo", "run", "poll", "check", "match", "feeds", "watchlists", "search", "stats", "doctor"} <= set(verbs)
    for verb in verbs:
        assert tocsin(verb, "--help").code == 0


def test_an_unknown_verb_is_bad_usage(tocsin: Tocsin) -> None:
    assert tocsin("pol").code == 2


def test_an_unknown_setting_stops_with_one_line(tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_TIMEZON", "UTC")
    result = tocsin("poll")
    assert result.code == 2
    assert result.err == "tocsin: TOCSIN_TIMEZON is not a setting. Did you mean TOCSIN_TIMEZONE?\n"


def test_check_passes_a_good_folder_and_counts_it(tocsin: Tocsin) -> None:
    result = tocsin("check")
    assert (result.code, result.out) == (0, "1 watchlist, 2 examples, 0 feeds, 0 routes: all good.\n")


def test_check_points_at_a_mistake_with_file_line_and_column(tocsin: Tocsin, lists: Path) -> None:
    (lists / "csto.yaml").write_text(WATCHLIST.replace("priority: high", "priorty: high"), encoding="utf-8")
    result = tocsin("check")
    assert result.code == 1
    assert f"{lists / 'csto.yaml'}:4:1: " in result.err
    assert "Did you mean “priority”?" in result.err


def test_check_runs_the_examples(tocsin: Tocsin, lists: Path) -> None:
    (lists / "csto.yaml").write_text(WATCHLIST.replace("Rain over the hills", "CSTO rain"), encoding="utf-8")
    result = tocsin("check", "--json")
    assert result.code == 1
    assert result.json["failures"][0]["watchlist"] == "csto"


def test_check_takes_one_file(tocsin: Tocsin, lists: Path) -> None:
    (lists / "broken.yaml").write_text("schema: 1\nid: [", encoding="utf-8")
    assert tocsin("check", str(lists / "csto.yaml")).code == 0
    assert tocsin("check", str(lists / "broken.yaml")).code == 1
    assert tocsin("check", str(lists / "absent.yaml")).code == 1


def test_a_yaml_error_leaves_the_good_lists_at_work(tocsin: Tocsin, lists: Path, publisher: Publisher) -> None:
    (lists / "broken.yaml").write_text("schema: 1\nid: [", encoding="utf-8")
    publisher.serve("/feed", build_rss("CSTO met last week"))
    write_feeds(lists, wire=publisher.url("/feed"))
    result = tocsin("poll", "--json")
    assert result.json["matches"] == 1
    assert "broken.yaml:2" in result.err


def test_match_reports_offsets_into_the_original_field(tocsin: Tocsin) -> None:
    title = "Генсек ОДКБ прибыл в Душанбе"
    result = tocsin("match", given=json.dumps({"id": 7, "title": title}) + "\n")
    row = json.loads(result.out)
    (evidence,) = row["matches"][0]["evidence"]
    assert (row["id"], row["matches"][0]["watchlist"], row["matches"][0]["priority"]) == (7, "csto", "high")
    assert title[evidence["start"] : evidence["end"]] == evidence["text"] == "ОДКБ"


def test_match_answers_every_good_line_and_reports_the_bad_ones(tocsin: Tocsin) -> None:
    given = '{"id": 1, "title": "rain"}\nnonsense\n{"id": 2}\n{"id": 3, "title": "CSTO"}\n'
    result = tocsin("match", given=given)
    assert [json.loads(line)["id"] for line in result.out.splitlines()] == [1, 3]
    assert [line.partition(":")[0] for line in result.err.splitlines()] == ["line 2", "line 3"]
    assert result.code == 1


def test_match_reads_past_an_endless_line(tocsin: Tocsin) -> None:
    given = f'{{"id": 1, "title": "{"x" * 20_000_000}"}}\n{{"id": 2, "title": "CSTO"}}\n{"y" * 9_000_000}'
    result = tocsin("match", given=given)
    assert [json.loads(line)["id"] for line in result.out.splitlines()] == [2]
    assert [line.partition(" MB")[0] for line in result.err.splitlines()] == [
        "line 1: the line is over 8",
        "line 3: the line is over 8",
    ]


def test_watchlists_are_listed_and_shown(tocsin: Tocsin) -> None:
    assert [row["id"] for row in tocsin("watchlists", "list", "--json").json] == ["csto"]
    assert "rule name: name" in tocsin("watchlists", "show", "CSTO").out
    unknown = tocsin("watchlists", "show", "cst")
    assert (unknown.code, "csto" in unknown.err) == (1, True)


def test_search_finds_folded_words_and_says_when_there_is_nothing(
    tocsin: Tocsin, lists: Path, publisher: Publisher
) -> None:
    publisher.serve("/feed", build_rss("Тоҷикистон ва ОДКБ"))
    write_feeds(lists, wire=publisher.url("/feed"))
    tocsin("poll")
    assert "Тоҷикистон" in tocsin("search", "точикистон").out
    (found,) = tocsin("search", "одкб", "--json").json["items"]
    assert tocsin("whynot", found["id"]).out.startswith("Тоҷикистон ва ОДКБ")
    assert tocsin("search", "minsk").out.startswith("Nothing among 1 items.")


def test_doctor_names_the_cure_for_what_is_wrong(tocsin: Tocsin, lists: Path) -> None:
    healthy = tocsin("doctor")
    assert healthy.code == 0
    (lists / "csto.yaml").write_text(WATCHLIST.replace("priority: high", "priority: loud"), encoding="utf-8")
    sick = tocsin("doctor", "--json")
    assert sick.code == 1
    assert [row["what"] for row in sick.json if row["ok"] is False] == ["watchlists"]


def test_doctor_tells_of_messages_that_were_given_up(tocsin: Tocsin, tmp_path: Path) -> None:
    async def give_up() -> None:
        store = await open_store(f"sqlite:///{tmp_path}/data/tocsin.db")
        await store.enqueue([build_outgoing()], START)
        (claimed,) = await store.claim_deliveries(Platform.TELEGRAM, START, 1, LEASE, frozenset())
        failed = AfterFailure(DeliveryState.FAILED, START, Form.MINIMAL, possible_duplicate=False, reason="refused")
        await store.record_failure(claimed.id, failed, START)
        await store.close()

    assert "messages" not in {row["what"] for row in tocsin("doctor", "--json").json}
    asyncio.run(give_up())
    told = {row["what"]: row["text"] for row in tocsin("doctor", "--json").json}
    assert told["messages"].startswith("1 message given up: `tocsin deliveries list`")


def test_doctor_finds_what_was_stored_with_another_key(
    tocsin: Tocsin, lists: Path, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.serve("/feed", build_rss("Minsk"))
    write_feeds(lists, wire=publisher.url("/feed") + "?token=s3cret")
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "the key it was before")
    tocsin("poll")
    assert "key" not in {row["what"] for row in tocsin("doctor", "--json").json}
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "another key than before")
    told = {row["what"]: row for row in tocsin("doctor", "--json").json}
    assert told["key"]["ok"] is False
    assert "Set the key it was before" in told["key"]["text"]


def test_doctor_says_what_other_users_can_read(tocsin: Tocsin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tocsin("migrate")
    env_file = tmp_path / ".env"
    env_file.write_text("TOCSIN_TIMEZONE=UTC\n", encoding="utf-8")
    env_file.chmod(0o644)
    told = {row["what"]: row["text"] for row in tocsin("doctor", "--json").json}
    assert told["secrets"] == "other users of this machine can read what is private: `chmod o-rwx .env`"
    env_file.chmod(0o600)
    told = {row["what"]: row["text"] for row in tocsin("doctor", "--json").json}
    assert told["secrets"].startswith("readable by this user alone")


def test_migrating_twice_does_nothing_the_second_time(tocsin: Tocsin) -> None:
    assert tocsin("migrate", "--json").json["applied"] != []
    assert tocsin("migrate", "--json").json["applied"] == []


def test_a_backup_can_be_used_as_the_database(tocsin: Tocsin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = tmp_path / "urls.txt"
    plain.write_text("https://one.example/rss\n", encoding="utf-8")
    tocsin("feeds", "import", str(plain))
    copy = tmp_path / "copy.db"
    assert tocsin("backup", str(copy)).code == 0
    assert tocsin("backup", str(copy)).code == 1
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{copy}")
    assert tocsin("stats", "--json").json["feeds"] == 1


def test_a_file_that_is_no_database_is_refused_with_a_cure(tocsin: Tocsin, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tocsin.db").write_bytes(b"this is not a database, it is a letter" * 100)
    result = tocsin("stats")
    assert result.code == 1
    assert len(result.err.splitlines()) == 1


def test_a_keyword_list_becomes_a_list_that_passes_the_check(tocsin: Tocsin, tmp_path: Path, lists: Path) -> None:
    words = tmp_path / "Border words.txt"
    words.write_text('# ours\nKhorog\n"Islamic State",\nTTP\nКулоб\nkhorog\n201\n-cricket\n', encoding="utf-8")
    result = tocsin("watchlists", "import", str(words), "--json")
    assert (result.json["terms"], result.json["repeated"], len(result.json["skipped"])) == (4, 1, 1)
    assert f"{words}:7: “201” is only a number" in result.err
    assert tocsin("check").code == 0
    found = tocsin("match", given='{"id": 1, "title": "Khorog"}\n{"id": 2, "title": "Khorog cricket"}\n').out
    assert [len(json.loads(line)["matches"]) for line in found.splitlines()] == [1, 0]
    again = tocsin("watchlists", "import", str(words))
    assert (again.code, "is there already" in again.err) == (1, True)
    printed = tocsin("watchlists", "import", str(words), "--stdout", "--id", "khorog", "--lang", "tg").out
    assert "id: khorog\n" in printed
    assert "tg: [Khorog, Islamic State, =TTP, Кулоб]" in printed
    assert [path.name for path in sorted(lists.iterdir())] == ["border-words.yaml", "csto.yaml"]


def test_a_keyword_list_without_terms_is_refused(tocsin: Tocsin, tmp_path: Path) -> None:
    (tmp_path / "none.txt").write_text("# nothing\n201\n")
    result = tocsin("watchlists", "import", str(tmp_path / "none.txt"))
    assert (result.code, "holds no term" in result.err) == (2, True)


def test_routes_are_listed_with_the_file_that_says_so(tocsin: Tocsin, lists: Path) -> None:
    assert tocsin("watchlists", "routes").out.startswith("Nothing goes anywhere yet")
    (lists / "routes.yaml").write_text(
        "schema: 1\nowner: desk\ndestinations:\n  desk: {telegram: 77, clearance: C}\n"
        "routes:\n  - {to: [desk], lists: [csto], min_priority: high}\n"
    )
    (listing,) = tocsin("watchlists", "routes", "--json").json
    assert (listing["destination"], listing["owner"], listing["clearance"]) == ("telegram:77", True, "C")
    assert listing["lists"] == [
        {"watchlist": "csto", "min_priority": "high", "path": str(lists / "routes.yaml"), "line": 6}
    ]
    heading, row = tocsin("watchlists", "routes").out.splitlines()
    assert heading == "desk · telegram:77 · UTC · clearance C · owner"
    assert row.split() == ["csto", "high", "and", "louder", "routes.yaml,", "line", "6"]


def test_doctor_tells_of_a_route_to_a_platform_that_is_not_set_up(tocsin: Tocsin, lists: Path) -> None:
    (lists / "routes.yaml").write_text("schema: 1\ndestinations:\n  soc: {slack: C024BE91L}\n")
    (finding,) = [row for row in tocsin("doctor", "--json").json if row["what"] == "routes"]
    assert finding["ok"] is False
    assert finding["text"].startswith("“soc” is a chat of slack, which is not set up")


def test_the_audit_trail_tells_of_feeds_and_who_added_them(tocsin: Tocsin, tmp_path: Path) -> None:
    assert tocsin("audit").out == "Nothing was changed yet.\n"
    plain = tmp_path / "urls.txt"
    plain.write_text("https://one.example/rss\n", encoding="utf-8")
    tocsin("feeds", "import", str(plain))
    tocsin("feeds", "remove", "one")
    removed, added = tocsin("audit", "--json").json
    assert (added["by"], added["action"], added["subject"], added["id"]) == (
        "console:command-line",
        "added",
        "feed",
        "one",
    )
    assert removed["action"] == "removed"
    assert tocsin("audit", "--limit", "1").out.endswith(
        "command line (console:command-line) removed feed one (https://one.example/rss)\n"
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_match_keeps_the_order_of_its_input_however_many_processes_work(tocsin: Tocsin, jobs: str) -> None:
    titles = ["rain" if number % 3 else "CSTO" for number in range(1200)]
    given = "".join(f"{json.dumps({'id': number, 'title': title})}\n" for number, title in enumerate(titles))
    result = tocsin("match", "--jobs", jobs, given=given + "nonsense\n")
    rows = [json.loads(line) for line in result.out.splitlines()]
    assert [row["id"] for row in rows] == list(range(1200))
    assert [bool(row["matches"]) for row in rows] == [title == "CSTO" for title in titles]
    assert (result.code, result.err.partition(":")[0]) == (1, "line 1201")
