"""Small watchlists and documents for the matcher's tests."""

from typing import Any

from bot.matching.matcher import Matcher
from bot.matching.records import Document, Match, NearMiss, Priority
from bot.matching.watchlist import Condition, Escalation, Exclude, Group, Rule, Term, Watchlist


def group(name: str, *, label: str = "", **terms: list[str]) -> Group:
    """A word group; keyword arguments are language keys."""
    return Group(name, label, tuple(Term(text, lang) for lang, texts in terms.items() for text in texts))


def condition(*elements: str, within: int | None = None, title_only: bool = False, query: str = "") -> Condition:
    """A condition; every element is `group` or `group|other`."""
    return Condition(tuple(tuple(element.split("|")) for element in elements), within, title_only, query)


def rule(*elements: str, id: str = "rule", **options: Any) -> Rule:  # noqa: A002 the YAML key's name
    """A rule over `elements`; options of Rule (priority, none_of, label) and of Condition by name."""
    names = ("within", "title_only", "query")
    of_condition = {name: options.pop(name) for name in names if name in options}
    return Rule(id, condition(*elements, **of_condition), **options)


def watchlist(
    *groups: Group,
    rules: tuple[Rule, ...] = (),
    excludes: tuple[Exclude, ...] = (),
    escalations: tuple[Escalation, ...] = (),
    id: str = "list",  # noqa: A002 the YAML key's name
    **options: Any,
) -> Watchlist:
    """A watchlist; without rules, any of its groups fires it."""
    if not rules:
        rules = (rule("|".join(group.name for group in groups)),)
    return Watchlist(
        id,
        id.upper(),
        "",
        options.pop("priority", Priority.MEDIUM),
        groups,
        rules,
        excludes,
        escalations,
        **options,
    )


def match_text(
    lists: Watchlist, title: str, summary: str = "", content: str = "", **attributes: object
) -> Match | None:
    """The match of a single list on a text, if it fires."""
    matches = Matcher.build([lists]).match(document(title, summary, content, **attributes))
    return matches[0] if matches else None


def explain_text(lists: Watchlist, title: str, summary: str = "", **attributes: Any) -> NearMiss | None:
    """Why a single list did not fire on a text."""
    misses = Matcher.build([lists]).explain(document(title, summary, **attributes))
    return misses[0] if misses else None


def document(title: str, summary: str = "", content: str = "", **attributes: Any) -> Document:
    """A document with the given texts."""
    return Document("d", title, summary, content, **attributes)


def fires(lang: str, term: str, text: str) -> bool:
    """Whether a list with this one term fires on a headline."""
    return match_text(watchlist(Group("g", "", (Term(term, lang),))), text) is not None


def asks(query: str, text: str) -> bool:
    """Whether a list with this one query fires on a headline."""
    return match_text(watchlist(rules=(rule(query=query),)), text) is not None
