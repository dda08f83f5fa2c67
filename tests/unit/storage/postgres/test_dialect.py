"""What both databases understand, said in PostgreSQL's words."""

import pytest

from storage.postgres.dialect import adapt, translate, without_surrogates


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("SELECT :id, :id2", "SELECT %(id)s, %(id2)s"),
        ("SELECT CAST('1' AS int), :a::text, '10:30'", "SELECT CAST('1' AS int), %(a)s::text, '10:30'"),
        ("SELECT 'a%' LIKE :a", "SELECT 'a%%' LIKE %(a)s"),
        ("x IN (SELECT value FROM json_each(:ids))", "x = ANY(%(ids)s)"),
        ("x NOT IN (SELECT value FROM json_each(:ids))", "x <> ALL(%(ids)s)"),
        ("SELECT value FROM json_each(:ids)", "SELECT value FROM unnest(CAST(%(ids)s AS text[])) AS json_each(value)"),
        ("SELECT json_group_array(id) FROM x", "SELECT CAST(coalesce(json_agg(id), '[]') AS text) FROM x"),
    ],
)
def test_statements_are_said_otherwise(said: str, meant: str) -> None:
    assert translate(said).sql == meant


def test_lists_given_as_json_are_sent_as_arrays() -> None:
    statement = translate("x IN (SELECT value FROM json_each(:ids)) AND y = :y")
    assert statement.lists == {"ids"}
    assert adapt({"ids": '[1, "b"]', "y": "[1]"}, statement.lists) == {"ids": [1, "b"], "y": "[1]"}


def test_what_no_text_of_postgresql_can_hold_is_replaced() -> None:
    assert adapt({"a": "x\x00y", "b": 1, "c": None, "d": b"\x00"}, frozenset()) == {
        "a": "x\ufffdy",
        "b": 1,
        "c": None,
        "d": b"\x00",
    }
    assert without_surrogates({"a": "x\ud83d", "b": ["\ud83dy", 2]}) == {"a": "x?", "b": ["?y", 2]}
