"""What runs after an edit, and what is told of it."""

from dataclasses import replace

from bot.domain.messages import plain_text
from bot.domain.reloads import (
    Effect,
    FileTrouble,
    build_trouble_notice,
    changed_lists,
    find_news,
    keep_last_good,
    merge_troubles,
    short_words,
)
from bot.domain.watchlists import Place, WatchlistCatalog
from bot.errors import WatchlistError
from bot.matching.watchlist import Watchlist
from tests.factories import build_watchlist

CSTO, TTP = build_watchlist("csto"), build_watchlist("ttp")


def catalog_of(*watchlists: Watchlist, unusable: tuple[str, ...] = ()) -> WatchlistCatalog:
    """A catalog whose lists stand in files of their names."""
    places = {one.id: {"": Place(f"{one.id}.yaml", 1, 1)} for one in watchlists}
    return WatchlistCatalog(watchlists, places=places, unusable=frozenset(unusable))


def test_a_list_that_did_not_change_stays_the_same_object() -> None:
    again = build_watchlist("csto")
    present = keep_last_good(catalog_of(CSTO), catalog_of(again, TTP))
    assert present.watchlists[0] is CSTO
    assert changed_lists(catalog_of(CSTO), present) == (TTP,)


def test_a_file_that_became_unusable_keeps_its_list_in_its_place() -> None:
    present = keep_last_good(catalog_of(CSTO, TTP), catalog_of(TTP, unusable=("csto.yaml",)))
    assert [one.id for one in present.watchlists] == ["csto", "ttp"]
    assert present.outdated == {"csto"}


def test_a_deleted_file_takes_its_list_along() -> None:
    assert keep_last_good(catalog_of(CSTO, TTP), catalog_of(TTP)).watchlists == (TTP,)


def test_a_list_that_moved_to_another_file_is_not_held_twice() -> None:
    moved = replace(catalog_of(CSTO), places={"csto": {"": Place("moved.yaml", 1, 1)}})
    present = keep_last_good(catalog_of(CSTO), replace(moved, unusable=frozenset({"csto.yaml"})))
    assert (present.watchlists, present.outdated) == ((CSTO,), frozenset())


def test_a_file_that_names_another_list_now_has_given_up_the_first() -> None:
    renamed = replace(catalog_of(TTP), places={"ttp": {"": Place("csto.yaml", 1, 1)}})
    assert keep_last_good(catalog_of(CSTO), renamed).watchlists == (TTP,)


def test_while_no_list_is_left_everything_runs_on() -> None:
    present = keep_last_good(catalog_of(CSTO, TTP), WatchlistCatalog())
    assert present.watchlists == (CSTO, TTP)
    assert present.outdated == {"csto", "ttp"}


def test_a_list_held_back_twice_is_still_the_last_good_one() -> None:
    broken = catalog_of(TTP, unusable=("csto.yaml",))
    once = keep_last_good(catalog_of(CSTO, TTP), broken)
    assert keep_last_good(once, broken).watchlists == (CSTO, TTP)


def test_only_what_means_something_else_for_what_runs_is_news() -> None:
    held, unused = FileTrouble("csto.yaml", Effect.HELD, ("a",)), FileTrouble("csto.yaml", Effect.UNUSED, ("b",))
    assert find_news({}, [held]) == ((held,), ())
    assert find_news({"csto.yaml": "held"}, [held]) == ((), ())
    assert find_news({"csto.yaml": "held"}, [unused]) == ((unused,), ())
    assert find_news({"csto.yaml": "held", "ttp.yaml": "held"}, [held]) == ((), ("ttp.yaml",))


def test_a_file_has_one_trouble_with_all_its_mistakes() -> None:
    names = FileTrouble("csto.yaml", Effect.NAMES, ("a",))
    assert merge_troubles([names, FileTrouble("csto.yaml", Effect.EXAMPLES, ("b",))]) == [
        FileTrouble("csto.yaml", Effect.NAMES, ("a", "b"))
    ]


def test_a_mistake_is_told_without_the_folders_above_its_file() -> None:
    error = WatchlistError("/srv/lists/csto.yaml", 4, 1, "there is no such key.", "Did you mean “priority”?")
    assert short_words(error) == "csto.yaml:4:1: there is no such key. Did you mean “priority”?"
    whole = WatchlistError("C:\\lists\\csto.yml", 0, 0, "this file is not read.")
    assert short_words(whole) == "csto.yml: this file is not read."


def test_a_notice_stays_short_however_much_is_wrong() -> None:
    mistakes = tuple(f"0.yaml:{number}:1: no" for number in range(50))
    troubles = [FileTrouble(f"{number}.yaml", Effect.HELD, mistakes) for number in range(50)]
    message = build_trouble_notice(troubles, ())
    rows = plain_text(message).splitlines()
    assert rows[:2] == ["⚠️ 0.yaml has a mistake. Its last good version runs on.", "0.yaml:0:1: no"]
    assert "And 45 more mistakes: tocsin check shows all." in rows
    assert rows[-1] == "And 45 more files: tocsin check shows all."
    assert len(plain_text(message)) < 2_000
    assert message.summary.startswith("Mistakes in 0.yaml, 1.yaml")
