"""`tocsin poll` and `tocsin feeds`, as typed, with outlets on loopback."""

from pathlib import Path

import pytest

from tests.integration.publishing import Publisher, build_rss
from tests.integration.typing_verbs import Tocsin, write_feeds


def test_a_first_poll_is_a_baseline_and_the_next_one_alerts(tocsin: Tocsin, lists: Path, publisher: Publisher) -> None:
    publisher.serve("/feed", build_rss("CSTO met last week", "Rain over the hills"))
    write_feeds(lists, wire=publisher.url("/feed"))
    first = tocsin("poll", "--json").json
    assert (first["feeds"], first["fetched"], first["items_new"], first["matches"], first["alerts"]) == (1, 1, 2, 1, 0)
    publisher.serve("/feed", build_rss("CSTO met last week", "Rain over the hills", "CSTO meets in Minsk"))
    second = tocsin("poll", "--all", "--json").json
    assert (second["items_new"], second["matches"], second["alerts"]) == (1, 1, 1)
    totals = tocsin("stats", "--json").json
    assert (totals["feeds"], totals["items"], totals["matches"], totals["alerts"]) == (1, 3, 2, 1)


def test_an_unchanged_feed_is_not_fetched_again(tocsin: Tocsin, lists: Path, publisher: Publisher) -> None:
    publisher.serve("/feed", build_rss("CSTO met last week"), etag='"1"')
    write_feeds(lists, wire=publisher.url("/feed"))
    tocsin("poll", "--json")
    again = tocsin("poll", "--all", "--json").json
    assert (again["fetched"], again["not_modified"], again["items_new"]) == (0, 1, 0)


def test_a_feed_that_is_not_due_is_left_alone(tocsin: Tocsin, lists: Path, publisher: Publisher) -> None:
    publisher.serve("/feed", build_rss("CSTO met last week"))
    write_feeds(lists, wire=publisher.url("/feed"))
    tocsin("poll")
    result = tocsin("poll")
    assert result.out == "No feed is due. `tocsin poll --all` polls every feed.\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!doctype html><html><body>Hello</body></html>", "feed"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><item><title>broken', "wire: "),
    ],
)
def test_a_feed_that_cannot_be_read_is_one_line_and_loses_nothing(
    tocsin: Tocsin, lists: Path, publisher: Publisher, body: bytes, said: str
) -> None:
    publisher.serve("/feed", build_rss("CSTO met last week"))
    write_feeds(lists, wire=publisher.url("/feed"))
    tocsin("poll")
    publisher.serve("/feed", body)
    result = tocsin("poll", "--all")
    assert result.code == 0
    assert len(result.err.splitlines()) == 1
    assert said in result.err
    assert tocsin("stats", "--json").json["items"] == 1
    assert tocsin("search", "csto", "--json").json["found"] == 1


def test_an_unreachable_host_is_one_line(tocsin: Tocsin, lists: Path) -> None:
    write_feeds(lists, wire="http://127.0.0.1:9/feed")
    result = tocsin("poll", "--all")
    assert result.code == 0
    assert result.err.startswith("wire: ")
    assert len(result.err.splitlines()) == 1


def test_a_feed_is_added_listed_checked_exported_and_removed(
    tocsin: Tocsin, tmp_path: Path, publisher: Publisher
) -> None:
    publisher.serve("/feed", build_rss("CSTO meets in Minsk"))
    added = tocsin("feeds", "add", publisher.url("/feed"), "--json").json
    assert (added["items"], added["would_have_rung"]) == (1, 1)
    assert [row["id"] for row in tocsin("feeds", "list", "--json").json] == [added["id"]]
    checked = tocsin("feeds", "check")
    assert (checked.code, checked.out.splitlines()[-1]) == (0, "1 of 1 feed answers.")
    assert "ok, 1 item, newest" in checked.out
    assert tocsin("feeds", "list").out.splitlines()[-1] == "1 feed."
    exported = tmp_path / "feeds.opml"
    assert tocsin("feeds", "export", str(exported)).code == 0
    assert tocsin("feeds", "import", str(exported), "--json").json["known"] == [publisher.url("/feed")]
    again = tocsin("feeds", "add", publisher.url("/feed"))
    assert (again.code, again.err) == (1, f"tocsin: Same feed as {added['id']}.\n")
    assert tocsin("feeds", "remove", added["id"]).code == 0
    assert tocsin("feeds", "list", "--json").json == []


def test_a_feed_that_is_not_there_is_told_alike_by_every_verb(tocsin: Tocsin) -> None:
    for verb in ("check", "remove"):
        answer = tocsin("feeds", verb, "nosuch")
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.startswith("tocsin: There is no feed nosuch. ")


def test_a_broken_feed_is_not_promised_another_try(tocsin: Tocsin, publisher: Publisher) -> None:
    publisher.serve("/feed", b"<rss><channel><item><title>x</rss>", content_type="application/rss+xml")
    answer = tocsin("feeds", "add", publisher.url("/feed"))
    assert answer.code == 1
    assert answer.err.endswith("Nothing was added. Check the address, or try again later.\n")


def test_a_list_of_addresses_is_imported(tocsin: Tocsin, tmp_path: Path) -> None:
    plain = tmp_path / "urls.txt"
    plain.write_text("https://one.example/rss\nhttps://two.example/rss\n", encoding="utf-8")
    assert len(tocsin("feeds", "import", str(plain), "--json").json["added"]) == 2


def test_feeds_are_discovered_on_a_page(tocsin: Tocsin, publisher: Publisher) -> None:
    link = f'<link rel="alternate" type="application/rss+xml" title="News" href="{publisher.url("/feed")}">'
    publisher.serve("/", f"<!doctype html><html><head>{link}</head></html>".encode(), content_type="text/html")
    found = tocsin("feeds", "discover", publisher.url("/"), "--json").json
    assert {"url": publisher.url("/feed"), "title": "News"} in found
