"""The schema, one migration a file, applied in the order of their numbers. None is edited once it is released.

Moments are whole microseconds since 1970 in UTC, durations microseconds, flags 0 or 1, lists and messages JSON.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils.migrations import Migrations


@cache
def migration_names() -> tuple[str, ...]:
    """Every migration of this folder, named by its file, in order."""
    names = sorted(module.name for module in iter_modules(__path__))
    return tuple(name.removeprefix("m") for name in names if name.startswith("m0"))


def load_migrations() -> "Migrations":
    """The migrations themselves, ready to be applied."""
    from sqlite_utils.migrations import Migrations  # noqa: PLC0415  it brings numpy: 15 MB nobody needs afterwards

    migrations = Migrations("tocsin")
    for name in migration_names():
        migrations(name=name)(import_module(f"{__name__}.m{name}").migrate)
    return migrations
