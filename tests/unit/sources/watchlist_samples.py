"""Watchlists that are right, and every way in which one is wrong."""

from pathlib import Path

import pytest

from bot.domain.watchlists import WatchlistCatalog
from bot.sources.watchlist_files import load_watchlists

GROUPS = """\
schema: 1
groups:
  geo.afghanistan:
    _label: Afghanistan
    en: [Afghan*, Kabul]
    fa: [افغان*]
  act.attack:
    en: [attack, raid]
"""
TTP = """\
schema: 1
id: ttp
title: Pakistani Taliban
description: >
  What counts
  and what does not.
priority: high
status: test
tags: [actor]
languages: [en, "no"]
references: [https://example.org/ttp]
author: desk
review: {checked: 2026-11-24, native_check_wanted: [ps], stale_names_after: 2027-05}
sources: {only: [dawn], except: [tass], min_grade: C}
max_age_hours: 48
groups:
  name:
    _label: Tehrik-i-Taliban Pakistan
    en: [Pakistani Taliban]
    ur: [تحریک طالبان]
  acronym: {en: [=TTP]}
match:
  rules:
    - {id: name, any: [name], label: by name}
    - {id: near, all: [acronym, name|geo.afghanistan], within: 60, not: [act.attack], priority: low}
    - {id: free, query: 'title:"army convoy" AND $acronym', }
  exclude:
    - {id: raids, any: [act.attack], in: title, unless: [name]}
  escalate:
    - {id: attack, all: [name|acronym, act.attack], within: 20, to: critical}
notify: [desk]
stix: {type: threat-actor, name: TTP, aliases: [Pakistani Taliban]}
examples:
  positive:
    - {lang: en, title: Pakistani Taliban end truce, summary: It held for a week.}
  negative:
    - {lang: en, title: Ten TTPs to hunt, why: cyber sense}
"""
SMALL = """\
schema: 1
id: small
title: Small
priority: low
groups:
  name: {en: [jirga]}
match:
  rules:
    - {id: name, any: [name]}
"""
# Each case edits SMALL so that one thing is wrong there.
MISTAKES = [
    pytest.param("title: Small", "titel: Small", (3, 1), "no key “titel”", "Did you mean “title”?", id="unknown key"),
    pytest.param("title: Small\n", "", (1, 1), "needs the key “title”", "Add `title", id="missing key"),
    pytest.param("title: Small", "title:", (1, 1), "needs the key “title”", "Add `title", id="key without value"),
    pytest.param("title: Small", f"title: {'x' * 91}", (3, 8), "91 characters", "Shorten", id="long title"),
    pytest.param("title: Small", "title: [Small]", (3, 8), "must be text", "one line", id="list for a text"),
    pytest.param("id: small", "id: Small List", (2, 5), "“Small List”", "small letters", id="bad id"),
    pytest.param("schema: 1", "schema: 2", (1, 9), "schema cannot be “2”", "Known: 1", id="unknown version"),
    pytest.param("priority: low", "priority: hihg", (4, 11), "“hihg”", "Did you mean “high”?", id="unknown priority"),
    pytest.param("priority: low", "priority: on", (4, 11), "“on”", "Known:", id="boolean for a priority"),
    pytest.param("priority: low", "priority: low\nstatus: stale", (5, 9), "“stale”", "stable", id="unknown status"),
    pytest.param(
        "priority: low", "priority: low\ntags: actor", (5, 7), "must be a list", "[actor]", id="word for a list"
    ),
    pytest.param(
        "priority: low", "priority: low\nlanguages: [english]", (5, 13), "“english”", "en or fa", id="language name"
    ),
    pytest.param(
        "priority: low", "priority: low\nmax_age_hours: 2026-11-24", (5, 16), "“2026-11-24”", "number", id="date"
    ),
    pytest.param(
        "priority: low", f"priority: low\nmax_age_hours: {'9' * 5000}", (5, 16), "cannot be", "number", id="huge number"
    ),
    pytest.param("priority: low", "priority: low\nsources: {onyl: [a]}", (5, 11), "“onyl”", "“only”", id="sources key"),
    pytest.param("priority: low", "priority: low\nreview: {seen: x}", (5, 10), "“seen”", "Known", id="review key"),
    pytest.param(
        "priority: low", "priority: low\nreview: {checked: 2026-99-99}", (5, 19), "“2026-99-99”", "2026-11-24", id="day"
    ),
    pytest.param(
        "priority: low", "priority: low\nreview: {stale_names_after: May}", (5, 29), "“May”", "2027-05", id="month"
    ),
    pytest.param(
        "priority: low",
        "priority: low\nreview: {native_check_wanted: [Pashto]}",
        (5, 32),
        "“Pashto”",
        "fa",
        id="tongue",
    ),
    pytest.param(
        "priority: low", "priority: low\nstix: {name: x}", (5, 7), "needs the key “type”", "Add", id="stix key"
    ),
    pytest.param("name: {en: [jirga]}", "Name: {en: [jirga]}", (6, 3), "“Name”", "small letters", id="group name"),
    pytest.param(
        "name: {en: [jirga]}",
        "a.name: {en: [x1]}\n  name: {en: [jirga]}",
        (6, 3),
        "“a.name”",
        "groups.yaml",
        id="dotted group in a list",
    ),
    pytest.param(
        "name: {en: [jirga]}", "name: [jirga]", (6, 9), "must be a mapping", "name", id="group without language"
    ),
    pytest.param(
        "name: {en: [jirga]}", "name: {english: [jirga]}", (6, 10), "“english”", "en, fa", id="group language"
    ),
    pytest.param(
        "name: {en: [jirga]}", "name: {_lable: x, en: [jirga]}", (6, 10), "“_lable”", "_label", id="label key"
    ),
    pytest.param(
        "name: {en: [jirga]}", "name: {en: []}", (6, 3), "has no terms", "Add a line", id="group without terms"
    ),
    pytest.param("[jirga]", "jirga", (6, 14), "must be a list", "[jirga]", id="term outside a list"),
    pytest.param("[jirga]", "[jirga, jirga]", (6, 22), "second time", "Delete", id="term twice"),
    pytest.param("[jirga]", "[jirga, 201]", (6, 22), "only a number", "word", id="number-like term"),
    pytest.param("[jirga]", "[jirga, я]", (6, 22), "one letter", "longer", id="one-letter term"),
    pytest.param("[jirga]", "[jirga, '«»']", (6, 22), "no letter or digit", "Write a word", id="term that vanishes"),
    pytest.param("[jirga]", "[jirga, ab*]", (6, 22), "too short", "three letters|3 letters", id="short prefix"),
    pytest.param("[jirga]", "[jirga, ji*ga]", (6, 22), "star", "end a word", id="star inside a word"),
    pytest.param("any: [name]", "any: [nmae]", (9, 24), "no group “nmae”", "Did you mean “name”?", id="unknown group"),
    pytest.param("any: [name]", "any: [geo.mars]", (9, 24), "no group “geo.mars”", "Known", id="unknown shared group"),
    pytest.param("any: [name]", "all: ['name|']", (9, 24), "beside |", "one|other", id="half an alternative"),
    pytest.param("any: [name]", "any: []", (9, 23), "names no group", "at least one", id="empty condition"),
    pytest.param("any: [name]", "any: name", (9, 23), "must be a list", "[name]", id="group outside a list"),
    pytest.param(", any: [name]", "", (9, 7), "has no condition", "exactly one", id="no condition"),
    pytest.param(
        "any: [name]", "any: [name], all: [name]", (9, 7), "has any and all", "exactly one", id="two conditions"
    ),
    pytest.param("any: [name]", "any: [name], within: 5", (9, 39), "within needs all", "Delete", id="window of one"),
    pytest.param("any: [name]", "all: [name], within: 0", (9, 39), "“0”", "from 1 to", id="window of nothing"),
    pytest.param("any: [name]", "any: [name], in: text", (9, 35), "“text”", "title", id="unknown field"),
    pytest.param(
        "any: [name]", "query: jirga, within: 3", (9, 40), "does not go with query", "NEAR", id="window and query"
    ),
    pytest.param("any: [name]", "query: 'jirga AND $nmae'", (9, 36), "no group “nmae”", "name", id="group in a query"),
    pytest.param("any: [name]", "query: '(jirga'", (9, 32), "I stopped", "Example", id="query that cannot be read"),
    pytest.param(
        "any: [name]", "any: [name], not: [name]", (9, 7), "never fires", "Remove", id="rule that stops itself"
    ),
    pytest.param(
        "any: [name]}", "any: [name]}\n    - {id: name, any: [name]}", (10, 7), "used twice", "own id", id="rule id"
    ),
    pytest.param("    - {id: name, any: [name]}", "    []", (9, 5), "never matches", "Add", id="no rules"),
    pytest.param(
        "any: [name]}",
        "any: [name]}\n  exclude:\n    - {id: veto, any: [name]}",
        (9, 7),
        "veto",
        "out of",
        id="dead rule",
    ),
    pytest.param(
        "any: [name]}", "any: [name]}\n  escalate:\n    - {id: up, any: [name]}", (11, 7), "“to”", "Add", id="to"
    ),
    pytest.param(
        "any: [name]}", "any: [name]}\nexamples: {positive: [{lang: en}]}", (10, 23), "“title”", "Add", id="example"
    ),
]


def load(directory: Path, **files: str | bytes) -> WatchlistCatalog:
    """The catalog of a directory with these files (`ttp=...` is written as ttp.yaml)."""
    for name, content in files.items():
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        (directory / f"{name}.yaml").write_bytes(raw)
    return load_watchlists(directory)
