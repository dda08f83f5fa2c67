"""Rows of any table as CSV, as JSON, and as JSON lines. Pure."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# What spreadsheets take for the beginning of a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = frozenset("=+-@\t\r\n|%＝＋－＠")  # full-width forms begin formulas, too
_BOM = "\ufeff"
# Line ends of Unicode that JSON leaves as they are and readers of lines may split at.
_LINE_ENDS = {ord(char): f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}


def write_csv(rows: "Sequence[DataclassInstance]") -> bytes:
    """A table in UTF-8 with a byte order mark, as spreadsheets want it; no cell begins a formula.

    Its columns are the fields of the first row.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([field.name for field in fields(rows[0])])
    writer.writerows([_cell(value) for value in asdict(row).values()] for row in rows)
    return (_BOM + file.getvalue()).encode("utf-8", "replace")


def write_json(rows: "Sequence[DataclassInstance]", schema: str) -> bytes:
    """One document that names its schema and holds all rows, under the name of the table: `tocsin.alerts/1`."""
    name = schema.partition(".")[2].partition("/")[0]
    document = {"schema": schema, name: [asdict(row) for row in rows]}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def write_json_lines(rows: "Sequence[DataclassInstance]", schema: str) -> bytes:
    """One document a line, each with its schema."""
    lines = (json.dumps({"schema": schema, **asdict(row)}, ensure_ascii=False) for row in rows)
    return "".join(f"{line.translate(_LINE_ENDS)}\n" for line in lines).encode("utf-8", "replace")


def _cell(value: object) -> str:
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.lstrip(" ")[:1] in _FORMULA else text
