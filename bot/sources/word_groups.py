"""Reads word groups: the shared ones of groups.yaml and those inside a watchlist."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.watchlists import Place
from bot.matching.watchlist import Group, Term
from bot.sources.strict_yaml import Node, Scalar
from bot.sources.watchlist_schema import (
    GROUP_PATTERN,
    GROUPS_FILE,
    LABEL_KEY,
    LANGUAGE_PATTERN,
    LONGEST_TERM,
    SCHEMA_VERSION,
    SHARED_GROUP_PATTERN,
)
from bot.sources.yaml_fields import Reader, suggest

Groups = Mapping[str, Group]


@dataclass(frozen=True, slots=True)
class SharedGroups:
    """The groups of groups.yaml: those that can be used, the names of those that cannot, and where each stands.

    `readable` is false where the file itself could not be read, so that nothing is known about its names.
    """

    groups: Groups = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    places: Mapping[str, Place] = field(default_factory=dict)
    readable: bool = True


def read_groups_file(reader: Reader, node: Node) -> SharedGroups:
    """The shared groups of a groups.yaml; problems stay in `reader`."""
    fields = reader.read_fields(node, GROUPS_FILE)
    reader.read_choice(fields.get("schema"), "schema", (SCHEMA_VERSION,))
    groups, broken = read_groups(reader, fields.get("groups"), SHARED_GROUP_PATTERN)
    return SharedGroups(groups, broken, reader.places)


def read_groups(
    reader: Reader, node: Node | None, name_pattern: str = GROUP_PATTERN
) -> tuple[dict[str, Group], frozenset[str]]:
    """The faultless groups of a `groups:` mapping by name, and the names of the others.

    A name that does not fit `name_pattern` is a fault too.
    """
    groups = {}
    broken = set()
    for key, value in reader.read_entries(node, "groups"):
        noted = reader.noted
        if not re.fullmatch(name_pattern, key.text):
            reader.note(key, f"“{key.text[:60]}” cannot name a group here.", _name_cure(name_pattern))
        reader.mark(f"groups.{key.text}", key)
        group = _read_group(reader, key, value)
        if reader.noted > noted:
            broken.add(key.text)
        else:
            groups[key.text] = group
    return groups, frozenset(broken)


def _name_cure(name_pattern: str) -> str:
    if name_pattern == GROUP_PATTERN:
        return "Use small letters, digits and _; names with a dot belong in groups.yaml."
    return "Shared groups are named with a dot, like geo.tajikistan."


def _read_group(reader: Reader, name: Scalar, node: Node) -> Group:
    label = ""
    terms: list[Term] = []
    for key, value in reader.read_entries(node, f"the group “{name.text}”"):
        if key.text == LABEL_KEY:
            label = reader.read_text(value, LABEL_KEY)
        elif re.fullmatch(LANGUAGE_PATTERN, key.text):
            terms += _read_terms(reader, name.text, key, value)
        else:
            known = suggest(key.text, (LABEL_KEY,)) if key.text.startswith("_") else "Use a language code: en, fa."
            reader.note(key, f"a group has no key “{key.text[:60]}”.", known)
    if not terms:
        reader.note(name, f"the group “{name.text}” has no terms.", "Add a line such as `en: [word, two words]`.")
    return Group(name.text, label, tuple(terms))


def _read_terms(reader: Reader, group: str, language: Scalar, node: Node) -> list[Term]:
    terms: dict[str, Term] = {}
    for item in reader.read_items(node, f"the terms under {language.text}"):
        text = reader.read_text(item, "a term", longest=LONGEST_TERM)
        if text in terms:
            reader.note(item, f"the term “{text}” stands here a second time.", "Delete one of the two.")
        elif text:
            reader.mark(term_part(group, language.text, text), item)
            terms[text] = Term(text, language.text)
    return list(terms.values())


def term_part(group: str, language: str, text: str) -> str:
    """The name under which a term's place is remembered."""
    return f"groups.{group}.{language}: {text}"
