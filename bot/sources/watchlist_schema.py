"""The keys of every kind of file in `watchlists/`: what the readers accept, and the JSON Schema editors complete from.

`python -m bot.sources.watchlist_schema > watchlists/schema.json` writes that schema anew.
"""

import json

from bot.domain import wording
from bot.domain.quiet import Override
from bot.matching.records import Priority
from bot.matching.watchlist import Mentions, Status
from bot.sources.yaml_fields import Key, KeySet

SCHEMA_VERSION = "1"
PRIORITIES = tuple(priority.word for priority in reversed(Priority))
STATUSES = tuple(status.value for status in Status)
MENTIONS = tuple(one.value for one in Mentions)
GRADES = tuple(wording.RELIABILITY)
OWNERS = tuple(wording.OWNERS)
PROOFS = ("dated", "listed", "clash", "pattern", "dead")

ID_PATTERN = "[a-z0-9][a-z0-9-]{0,39}"
GROUP_PATTERN = "[a-z][a-z0-9_]*"
SHARED_GROUP_PATTERN = r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*"
LANGUAGE_PATTERN = "[a-z]{2,3}"
COUNTRY_PATTERN = "[A-Z]{2}"
MONTH_PATTERN = "[0-9]{4}-(?:0[1-9]|1[0-2])"
DATE_PATTERN = f"{MONTH_PATTERN}-(?:0[1-9]|[12][0-9]|3[01])"
TELEGRAM_PATTERN = "-?[1-9][0-9]{0,18}"
# Among several workspaces a channel stands behind its own: docs/slack.md.
SLACK_PATTERN = "(?:T[A-Z0-9]{2,20}/)?[CGDU][A-Z0-9]{2,20}"
CLOCK_PATTERN = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
LABEL_KEY = "_label"

TITLE_LENGTH = 90
LONGEST_TERM = 200
MOST_HOURS = 24 * 365
MOST_WORDS = 1000
MOST_MINUTES = 24 * 60
HIGHEST_TOPIC = 999_999_999

Schema = dict[str, object]

_TEXT: Schema = {"type": "string", "minLength": 1}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_PRIORITY: Schema = {"enum": list(PRIORITIES)}
_GROUP_NAMES: Schema = {"type": "array", "minItems": 1, "items": _TEXT}


def _pattern(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _number(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def _address(pattern: str) -> Schema:
    """A number that editors may see as one, or as text in quotes."""
    return {"anyOf": [{"type": "integer"}, _pattern(pattern)]}


def _list_of(name: str) -> Schema:
    return {"type": "array", "items": _ref(name)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


_VERSION = Key("schema", "The version of this format: 1.", {"const": int(SCHEMA_VERSION)}, required=True)
_ID = "A short stable name: small letters, digits and hyphens."
_CONDITION = (
    Key("any", "Groups of which one must occur.", _GROUP_NAMES),
    Key("all", "Groups which must all occur; `a|b` means either.", _GROUP_NAMES),
    Key("query", "A condition in the query language instead of any/all; $name stands for a group.", _TEXT),
    Key("within", "With all: one hit of each group inside a window of this many words.", _number(1, MOST_WORDS)),
    Key("in", "`title`: look at the title only.", {"enum": ["title"]}),
)

WATCHLIST = KeySet(
    "a watchlist",
    (
        _VERSION,
        Key("id", f"{_ID} Used in commands, buttons and exports.", _pattern(ID_PATTERN), required=True),
        Key("title", "The name people read.", {**_TEXT, "maxLength": TITLE_LENGTH}, required=True),
        Key("description", "What counts and what does not.", _TEXT),
        Key("priority", "How loud a plain match is.", _PRIORITY, required=True),
        Key(
            "status",
            "`stable` sends, `test` only records, `off` is not matched. Default: stable.",
            {"enum": list(STATUSES)},
        ),
        Key(
            "mentions",
            "`digest`: what stands below the headline goes to the digest unless it escalates. Default: ring.",
            {"enum": list(MENTIONS)},
        ),
        Key("tags", "Words to sort lists by.", _TEXTS),
        Key(
            "languages",
            "Languages the terms cover; all languages are always searched.",
            {"type": "array", "items": _pattern(LANGUAGE_PATTERN)},
        ),
        Key("references", "Links to background reading.", _TEXTS),
        Key("author", "Who answers for the list.", _TEXT),
        Key("review", "When the list was last read with care, and what is still open.", _ref("review")),
        Key("sources", "The feeds this list listens to. Default: all.", _ref("sources")),
        Key("max_age_hours", "Older texts are recorded but not sent.", _number(1, MOST_HOURS)),
        Key("groups", "Word groups of this list, by name.", _ref("groups")),
        Key("match", "The conditions.", _ref("match"), required=True),
        Key("notify", "Names of routes in routes.yaml.", _TEXTS),
        Key("stix", "What the list is about, in STIX words, for exports.", _ref("stix")),
        Key("examples", "Texts that must match and texts that must not.", _ref("examples")),
    ),
)
REVIEW = KeySet(
    "review",
    (
        Key("checked", "Date of the last careful reading.", _pattern(DATE_PATTERN)),
        Key(
            "native_check_wanted",
            "Languages no native speaker has checked.",
            {"type": "array", "items": _pattern(LANGUAGE_PATTERN)},
        ),
        Key(
            "stale_names_after",
            "Month after which names in the list may be out of date.",
            _pattern(MONTH_PATTERN),
        ),
    ),
)
SOURCES = KeySet(
    "sources",
    (
        Key("only", "Ids of the only feeds to listen to.", _TEXTS),
        Key("except", "Ids of feeds to leave out.", _TEXTS),
        Key("min_grade", "The worst reliability grade to accept.", {"enum": list(GRADES)}),
    ),
)
MATCH = KeySet(
    "match",
    (
        Key("rules", "The first rule that fires names the reason.", {**_list_of("rule"), "minItems": 1}, required=True),
        Key("exclude", "Vetoes over the whole list.", _list_of("exclude")),
        Key("escalate", "Conditions that raise the priority.", _list_of("escalation")),
    ),
)
RULE = KeySet(
    "a rule",
    (
        Key("id", "Names the rule in evidence and errors.", _TEXT, required=True),
        *_CONDITION,
        Key("not", "Groups that stop this rule alone.", _GROUP_NAMES),
        Key("priority", "Instead of the list's priority.", _PRIORITY),
        Key("label", "The rule's name for readers of an alert.", _TEXT),
    ),
)
EXCLUDE = KeySet(
    "an exclude",
    (
        Key("id", "Names the veto in evidence and errors.", _TEXT, required=True),
        *_CONDITION,
        Key("unless", "Groups which lift the veto where they occur.", _GROUP_NAMES),
    ),
)
ESCALATION = KeySet(
    "an escalation",
    (
        Key("id", "Names the escalation in evidence and errors.", _TEXT, required=True),
        *_CONDITION,
        Key("to", "The higher priority.", _PRIORITY, required=True),
    ),
)
STIX = KeySet(
    "stix",
    (
        Key("type", "The STIX object type.", _TEXT, required=True),
        Key("name", "The object's name.", _TEXT, required=True),
        Key("identity_class", "The class of an identity.", _TEXT),
        Key("aliases", "Other names.", _TEXTS),
        Key("region", "The region of a location, as STIX names regions: central-asia.", _TEXT),
        Key("country", "The country of a location, in two letters.", _TEXT),
    ),
)
EXAMPLES = KeySet(
    "examples",
    (
        Key("positive", "Texts that must match.", _list_of("example")),
        Key("negative", "Texts that must not match.", _list_of("example")),
    ),
)
EXAMPLE = KeySet(
    "an example",
    (
        Key("lang", "The language of the text.", _pattern(LANGUAGE_PATTERN), required=True),
        Key("title", "The headline.", _TEXT, required=True),
        Key("summary", "The text below it.", _TEXT),
        Key("why", "What the example guards against.", _TEXT),
    ),
)
GROUPS_FILE = KeySet(
    "groups.yaml",
    (_VERSION, Key("groups", "Word groups every list may use, by names with a dot.", _ref("groups"), required=True)),
)
FEEDS_FILE = KeySet("feeds.yaml", (_VERSION, Key("feeds", "The feeds.", _list_of("feed"), required=True)))
FEED = KeySet(
    "a feed",
    (
        Key("id", _ID, _pattern(ID_PATTERN), required=True),
        Key("name", "The outlet as readers know it.", _TEXT, required=True),
        Key("url", "The feed's address; of a disabled feed also the page to find it on.", _TEXT, required=True),
        Key("lang", "The language of its texts.", _pattern(LANGUAGE_PATTERN), required=True),
        Key("country", "Two letters (ISO 3166); XX for none.", _pattern(COUNTRY_PATTERN)),
        Key("owner", "Who controls the outlet.", {"enum": list(OWNERS)}),
        Key(
            "grade",
            "Reliability of the outlet, A (completely) to E (not), F (cannot be judged).",
            {"enum": list(GRADES)},
        ),
        Key("origin_group", "One word shared by feeds that are one voice.", _pattern(ID_PATTERN)),
        Key("topics", "Words to sort feeds by.", _TEXTS),
        Key("boilerplate", "Phrases on every page of the outlet, which never count.", _TEXTS),
        Key("poll_minutes", "Minutes between two polls, instead of the default.", _number(1, MOST_MINUTES)),
        Key("enabled", "`false`: not polled. Default: true.", {"type": "boolean"}),
        Key("proof", "What public record stands behind the address.", {"enum": list(PROOFS)}),
        Key("note", "What to know before trusting or enabling it.", _TEXT),
    ),
)
ROUTES_FILE = KeySet(
    "routes.yaml",
    (
        _VERSION,
        Key("owner", "The destination that is told of mistakes in these files.", _TEXT),
        Key("destinations", "Where messages can go, by name.", _ref("destinations")),
        Key("routes", "What goes where.", _list_of("route")),
    ),
)
DESTINATION = KeySet(
    "a destination",
    (
        Key("telegram", "The number of a Telegram chat; negative for groups and channels.", _address(TELEGRAM_PATTERN)),
        Key("topic", "The number of a topic in a Telegram group.", _number(1, HIGHEST_TOPIC)),
        Key("slack", "The id of a Slack channel.", _pattern(SLACK_PATTERN)),
        Key("title", "What people call it.", {**_TEXT, "maxLength": TITLE_LENGTH}),
        Key("timezone", "Whose clock it lives by, such as Asia/Dushanbe. Default: TOCSIN_TIMEZONE.", _TEXT),
        Key(
            "quiet",
            "Quiet hours, such as 22:00-06:30: what does not override them waits until they end.",
            _pattern(f"{CLOCK_PATTERN} ?[-–] ?{CLOCK_PATTERN}"),
        ),
        Key(
            "override",
            "What rings in quiet hours: `critical` (default), `confirmed` (critical from a source of grade A or B), "
            "`none`.",
            {"enum": [word.value for word in Override]},
        ),
        Key("digest", "When the daily digest comes, such as 07:00.", _pattern(CLOCK_PATTERN)),
        Key("clearance", "The worst reliability of a source that is sent here.", {"enum": list(GRADES)}),
    ),
)
ROUTE = KeySet(
    "a route",
    (
        Key("to", "Names of destinations.", {**_TEXTS, "minItems": 1}, required=True),
        Key("lists", "Ids of watchlists.", {**_TEXTS, "minItems": 1}),
        Key("tags", "Lists with one of these tags.", {**_TEXTS, "minItems": 1}),
        Key("min_priority", "Only what is as loud or louder; alone it means every list.", _PRIORITY),
    ),
)


def format_schema() -> str:
    """The text of schema.json."""
    return json.dumps(build_schema(), indent=2, ensure_ascii=False) + "\n"


def build_schema() -> Schema:
    """The JSON Schema (2020-12) of every file; which kind it is shows in its keys."""
    routes = {"anyOf": [{"required": [name]} for name in ("routes", "destinations", "owner")]}
    not_a_watchlist = {"anyOf": [{"required": [name]} for name in ("id", "title", "match")]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tocsin watchlists, word groups, feeds and routes",
        "if": {"required": ["feeds"]},
        "then": _ref("feeds_file"),
        "else": {
            "if": {"required": ["groups"], "not": not_a_watchlist},
            "then": _ref("groups_file"),
            "else": {"if": routes, "then": _ref("routes_file"), "else": _ref("watchlist")},
        },
        "$defs": {
            "watchlist": _object(WATCHLIST),
            "groups_file": _object(GROUPS_FILE),
            "feeds_file": _object(FEEDS_FILE),
            "feed": _object(FEED),
            "routes_file": _object(ROUTES_FILE),
            "destinations": {
                "type": "object",
                "additionalProperties": _ref("destination"),
                "propertyNames": {"pattern": f"^(?:{ID_PATTERN})$"},
            },
            "destination": {**_object(DESTINATION), "oneOf": [{"required": [name]} for name in ("telegram", "slack")]},
            "route": {
                **_object(ROUTE),
                "anyOf": [{"required": [name]} for name in ("lists", "tags", "min_priority")],
            },
            "groups": {"type": "object", "additionalProperties": _ref("group")},
            "group": _group(),
            "review": _object(REVIEW),
            "sources": _object(SOURCES),
            "match": _object(MATCH),
            "rule": _condition(RULE),
            "exclude": _condition(EXCLUDE),
            "escalation": _condition(ESCALATION),
            "stix": _object(STIX),
            "examples": _object(EXAMPLES),
            "example": _object(EXAMPLE),
        },
    }


def _object(keys: KeySet) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key.name for key in keys.keys if key.required],
        "properties": {key.name: {**key.schema, "description": key.help} for key in keys.keys},
    }


def _condition(keys: KeySet) -> Schema:
    return {**_object(keys), "oneOf": [{"required": [name]} for name in ("any", "all", "query")]}


def _group() -> Schema:
    label = {**_TEXT, "description": "The gloss shown when a term in another script matched."}
    terms = {"type": "array", "items": {"type": "string", "minLength": 2, "maxLength": LONGEST_TERM}}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {LABEL_KEY: label},
        "patternProperties": {f"^(?:{LANGUAGE_PATTERN})$": terms},
    }


if __name__ == "__main__":
    print(format_schema(), end="")
