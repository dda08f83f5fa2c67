"""Writes a watchlist as YAML that reads back as the same watchlist, beside the same groups.yaml."""

from collections.abc import Iterable

import yaml

from bot.matching.watchlist import Condition, Escalation, Example, Exclude, Group, Mentions, Rule, Watchlist
from bot.sources.watchlist_schema import LABEL_KEY, SCHEMA_VERSION

_WIDTH = 110

Fields = dict[str, object]


def write_watchlist(watchlist: Watchlist) -> str:
    """The text of the file. Shared groups are only named: they stand in groups.yaml."""
    return yaml.safe_dump(
        _without_empty(_fields(watchlist)), allow_unicode=True, sort_keys=False, width=_WIDTH, default_flow_style=None
    )


def _fields(watchlist: Watchlist) -> Fields:
    sources = watchlist.sources
    return {
        "schema": int(SCHEMA_VERSION),
        "id": watchlist.id,
        "title": watchlist.title,
        "description": watchlist.description,
        "priority": watchlist.priority.word,
        "status": watchlist.status.value,
        "mentions": watchlist.mentions.value if watchlist.mentions is not Mentions.RING else "",
        "tags": list(watchlist.tags),
        "languages": list(watchlist.languages),
        "sources": _without_empty(
            {"only": list(sources.only), "except": list(sources.except_), "min_grade": sources.min_grade}
        ),
        "max_age_hours": watchlist.max_age_hours,
        "groups": {group.name: _group(group) for group in watchlist.groups if "." not in group.name},
        "match": _without_empty(
            {
                "rules": [_rule(rule) for rule in watchlist.rules],
                "exclude": [_exclude(exclude) for exclude in watchlist.excludes],
                "escalate": [_escalation(escalation) for escalation in watchlist.escalations],
            }
        ),
        "notify": list(watchlist.notify),
        "stix": _stix(watchlist.stix),
        "examples": _without_empty(
            {
                "positive": [_example(example) for example in watchlist.positive],
                "negative": [_example(example) for example in watchlist.negative],
            }
        ),
    }


def _without_empty(fields: Fields) -> Fields:
    return {key: value for key, value in fields.items() if value not in ("", None, [], {})}


def _group(group: Group) -> Fields:
    terms: dict[str, list[str]] = {}
    for term in group.terms:
        terms.setdefault(term.lang, []).append(term.text)
    return _without_empty({LABEL_KEY: group.label, **terms})


def _condition(condition: Condition) -> Fields:
    if condition.query:
        return {"query": condition.query}
    fields: Fields = {"all": ["|".join(names) for names in condition.all_of], "within": condition.within}
    if len(condition.all_of) == 1:
        fields = {"any": list(condition.all_of[0])}
    return _without_empty({**fields, "in": "title" if condition.title_only else ""})


def _rule(rule: Rule) -> Fields:
    priority = rule.priority.word if rule.priority is not None else ""
    rest = {"not": list(rule.none_of), "priority": priority, "label": rule.label}
    return _without_empty({"id": rule.id, **_condition(rule.condition), **rest})


def _exclude(exclude: Exclude) -> Fields:
    return _without_empty({"id": exclude.id, **_condition(exclude.condition), "unless": list(exclude.unless)})


def _escalation(escalation: Escalation) -> Fields:
    return {"id": escalation.id, **_condition(escalation.condition), "to": escalation.to.word}


def _stix(pairs: Iterable[tuple[str, str]]) -> Fields:
    aliases = [value for key, value in pairs if key == "aliases"]
    return _without_empty({**{key: value for key, value in pairs if key != "aliases"}, "aliases": aliases})


def _example(example: Example) -> Fields:
    fields: Fields = {"lang": example.lang, "title": example.title, "summary": example.summary, "why": example.why}
    return _without_empty(fields)
