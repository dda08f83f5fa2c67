"""What the parts of a store share: where it writes and where it looks back, and the tenure in which it may record."""

from typing import ParamSpec, TypeVar

from storage.sql import Connection, Database, Work
from storage.sql.upkeep import refuse_superseded

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class StoreBase:
    """`database` is what writes, `archive` another connection, which only reads."""

    def __init__(self, database: Database, archive: Database) -> None:
        self._database = database
        self._archive = archive
        self._epoch: int | None = None  # of the tenure that take_over began; None records without one

    async def _write_in_tenure(
        self, work: "Work[_Given, _Result]", *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Result:
        """A write that a later tenure forbids."""
        return await self._database.write(self._guard(work), *args, **kwargs)

    def _guard(self, work: "Work[_Given, _Result]") -> "Work[_Given, _Result]":
        """The same unit of work, for our tenure only."""

        def guarded(connection: Connection, /, *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
            refuse_superseded(connection, self._epoch)
            return work(connection, *args, **kwargs)

        return guarded
