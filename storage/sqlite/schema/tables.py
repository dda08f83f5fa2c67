"""What migrations share."""

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database


def create_table(
    database: Database,
    table: str,
    columns: dict[str, Any],
    *,
    pk: str | tuple[str, ...],
    nullable: Iterable[str] = (),
    foreign_keys: Iterable[tuple[str, str, str]] = (),
) -> None:
    """Makes a strict table; columns not in `nullable` refuse NULL."""
    database.table(table).create(
        columns, pk=pk, not_null=set(columns) - set(nullable), foreign_keys=list(foreign_keys), strict=True
    )
