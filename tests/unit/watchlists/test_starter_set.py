"""The watchlists, groups and feeds that ship with Tocsin keep what their README promises."""

import json
import re
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

import watchlists
from bot.domain.feeds import Feed
from bot.domain.watchlists import WatchlistCatalog
from bot.matching.matcher import Matcher
from bot.matching.records import Document, Priority
from bot.matching.watchlist import Group, Watchlist
from bot.services.checking import check_examples
from bot.sources import watchlist_schema
from bot.sources.feed_files import load_feeds
from bot.sources.yaml_fields import KeySet
from tests.plain_yaml import read_plain
from tests.starter_set import load_starter_set

DIRECTORY = Path(watchlists.__file__).parent
YAML_FILES = sorted(DIRECTORY.glob("*.yaml"))
IDS = {
    "afghan-spillover", "aid-worker-security", "al-qaeda", "chinese-nationals", "csto", "csto-exercises",
    "cyber-apt-central-asia", "cyber-kev-zero-day", "cyber-ransomware-ci", "drug-trafficking", "durand-line",
    "etim-tip", "gbao-pamir", "imu", "iskp", "jamaat-ansarullah", "kyrgyz-tajik-border", "russia-201-base", "sco-rats",
    "south-caucasus", "tajik-afghan-border", "termez-crossing", "ttp", "wakhan-corridor",
}  # fmt: skip
FEWEST_EXAMPLES = 6
FEWEST_LANGUAGES = 3
FEWEST_FEEDS = 80

# What one poll may bring of an ordinary day: not one of the lists has business with it.
EVERYDAY = [
    "Парламент Таджикистана принял закон о школьном питании",
    "Узбекистан и Казахстан запустили новый поезд",
    "Кыргызстан: героиня труда отметила столетие",
    "Tajikistan plants a million trees before winter",
    "Afghan carpet makers look for buyers in Dubai",
    "Pakistan Muslim League to hold party election in Lahore",
    "Kazakh and Chinese railways agree on timetable",
    "Russia and Uzbekistan raise number of flights",
    "نرخ ارز در بازار کابل ثابت ماند",
    "بارش برف در تاجیکستان راه‌ها را بست",
    "لاہور میں چینی کی قیمت بڑھ گئی",
    "مسلم لیگ ن کا اجلاس اسلام آباد میں",
    "Дар Душанбе китобхонаи нав кушода шуд",
    "Тошкентда янги метро бекати очилди",
    "Бишкекте жаңы мектеп ачылды",
    "Астанада жаңа аурухана ашылды",
    "Қабули хонандагон дар Тоҷикистон ба марзи нав расид",  # қабул folds to Kabul in small letters
    "Тажикстан чек арада товар киргизүү эрежесин өзгөрттү",  # киргиз- is a verb
    "Тәжікстан астанасында шекарашылар атақты әншіні қарсы алды",  # астанасы is any capital, атақты famous
    "پنج کودک روز دوشنبه در مرز افغانستان و ایران پیدا شدند",  # five, Monday
    "چمن زمین فوتبال بسته شد",  # a lawn
]
# The bloc's members, as nearly every story about it ends, and what Russian law makes media add to a name.
MEMBERS_EN = "Members of the CSTO are Armenia, Belarus, Kazakhstan, Kyrgyzstan, Russia and Tajikistan."
MEMBERS_RU = "В ОДКБ входят Армения, Белоруссия, Казахстан, Киргизия, Россия и Таджикистан."
DISCLAIMED = "Талибы* открыли ярмарку в Кабуле"
DISCLAIMER = "* Организация признана террористической и запрещена в России"


@pytest.fixture(scope="module")
def catalog() -> WatchlistCatalog:
    return load_starter_set()


@pytest.fixture(scope="module")
def matcher(catalog: WatchlistCatalog) -> Matcher:
    return Matcher.build(catalog.watchlists)


@pytest.fixture(scope="module")
def feeds() -> tuple[Feed, ...]:
    return load_feeds(DIRECTORY / "feeds.yaml").feeds


def find_ringing(matcher: Matcher, title: str, summary: str = "") -> set[str]:
    return {match.watchlist for match in matcher.match(Document("x", title, summary)) if match.rings}


def test_the_set_is_complete_and_without_a_problem(catalog: WatchlistCatalog) -> None:
    assert [str(problem) for problem in catalog.problems] == []
    assert {watchlist.id for watchlist in catalog.watchlists} == IDS


def test_every_example_does_what_it_must(catalog: WatchlistCatalog, matcher: Matcher) -> None:
    assert [str(failure) for failure in check_examples(catalog, matcher)] == []


@pytest.mark.parametrize("watchlist_id", sorted(IDS))
def test_a_list_has_enough_examples_in_enough_languages(catalog: WatchlistCatalog, watchlist_id: str) -> None:
    watchlist = get_watchlist(catalog, watchlist_id)
    examples = (*watchlist.positive, *watchlist.negative)
    assert len(watchlist.positive) >= FEWEST_EXAMPLES
    assert len(watchlist.negative) >= FEWEST_EXAMPLES
    assert len({example.lang for example in watchlist.positive}) >= FEWEST_LANGUAGES
    assert len({example.lang for example in watchlist.negative}) >= FEWEST_LANGUAGES
    assert len({(example.title, example.summary) for example in examples}) == len(examples)
    assert all(example.why for example in watchlist.negative)
    assert {example.lang for example in watchlist.positive} <= set(watchlist.languages)


@pytest.mark.parametrize("watchlist_id", sorted(IDS))
def test_a_list_reads_well_on_a_card(catalog: WatchlistCatalog, watchlist_id: str) -> None:
    watchlist = get_watchlist(catalog, watchlist_id)
    assert "Counts:" in watchlist.description
    assert "Does not count:" in watchlist.description
    assert all(rule.label for rule in watchlist.rules)
    unglossed = [group.name for group in watchlist.groups if not group.label and has_foreign_term(group)]
    assert unglossed == []


@pytest.mark.parametrize("watchlist_id", sorted(IDS))
def test_only_an_escalation_makes_a_match_critical(catalog: WatchlistCatalog, watchlist_id: str) -> None:
    watchlist = get_watchlist(catalog, watchlist_id)
    assert watchlist.priority < Priority.CRITICAL
    assert all(rule.priority is None or rule.priority < Priority.CRITICAL for rule in watchlist.rules)
    assert all(escalation.to > watchlist.priority for escalation in watchlist.escalations)


def test_every_group_is_used(catalog: WatchlistCatalog) -> None:
    shared = {group.name for watchlist in catalog.watchlists for group in watchlist.groups if "." in group.name}
    assert set(read_plain((DIRECTORY / "groups.yaml").read_bytes())["groups"]) == shared
    for watchlist in catalog.watchlists:
        used = {group.name for group in watchlist.groups if "." not in group.name}
        assert set(read_plain((DIRECTORY / f"{watchlist.id}.yaml").read_bytes())["groups"]) == used


@pytest.mark.parametrize("title", EVERYDAY)
def test_an_ordinary_headline_rings_nowhere(matcher: Matcher, title: str) -> None:
    assert find_ringing(matcher, title) == set()


@pytest.mark.parametrize("members", [MEMBERS_EN, MEMBERS_RU])
def test_the_sentence_that_lists_the_members_rings_for_nobody(matcher: Matcher, members: str) -> None:
    assert find_ringing(matcher, "Bloc plans border meeting", members) == set()


def test_a_legal_disclaimer_rings_nowhere(matcher: Matcher) -> None:
    assert find_ringing(matcher, DISCLAIMED, DISCLAIMER) == set()
    assert (
        find_ringing(matcher, "Талибы (движение признано террористическим и запрещено в РФ) открыли ярмарку") == set()
    )


def test_at_least_eighty_feeds_are_listed_without_a_problem(feeds: tuple[Feed, ...]) -> None:
    assert load_feeds(DIRECTORY / "feeds.yaml").problems == ()
    assert len(feeds) >= FEWEST_FEEDS


def test_a_feed_is_polled_only_where_a_public_record_stands_behind_it(feeds: tuple[Feed, ...]) -> None:
    proofs = dict(re.findall(r"\{id: ([\w-]+),.*?proof: (\w+)", (DIRECTORY / "feeds.yaml").read_text(), re.DOTALL))
    assert set(proofs) == {feed.id for feed in feeds}
    assert all(proofs[feed.id] in ("dated", "listed") for feed in feeds if feed.enabled)
    assert all(feed.note for feed in feeds if not feed.enabled)


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.name)
def test_editors_accept_every_file_that_ships(path: Path) -> None:
    assert path.read_text().startswith("# yaml-language-server: $schema=schema.json\n")
    jsonschema.validate(read_plain(path.read_bytes()), watchlist_schema.build_schema())


def test_editors_refuse_an_unknown_key() -> None:
    plain = read_plain((DIRECTORY / "ttp.yaml").read_bytes())
    with pytest.raises(jsonschema.ValidationError, match="titel"):
        jsonschema.validate(plain | {"titel": "x"}, watchlist_schema.build_schema())


def test_the_schema_file_is_what_the_readers_accept() -> None:
    jsonschema.Draft202012Validator.check_schema(watchlist_schema.build_schema())
    assert (DIRECTORY / "schema.json").read_text() == watchlist_schema.format_schema(), (
        "Run: python -m bot.sources.watchlist_schema > watchlists/schema.json"
    )
    assert json.loads(watchlist_schema.format_schema()) == watchlist_schema.build_schema()


def test_every_key_is_documented_for_editors_and_in_the_readme() -> None:
    readme = (DIRECTORY / "README.md").read_text()
    key_sets = [value for value in vars(watchlist_schema).values() if isinstance(value, KeySet)]
    assert len(key_sets) > FEWEST_LANGUAGES
    keys = {key.name: key.help for key_set in key_sets for key in key_set.keys}
    assert [name for name, text in keys.items() if not text] == []
    assert [name for name in keys if not re.search(rf"`{name}\b", readme)] == []


def get_watchlist(catalog: WatchlistCatalog, watchlist_id: str) -> Watchlist:
    return next(watchlist for watchlist in catalog.watchlists if watchlist.id == watchlist_id)


def has_foreign_term(group: Group) -> bool:
    return any(not term.text.isascii() for term in group.terms)
