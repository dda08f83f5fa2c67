"""The schema, one migration a file, applied in the order of their numbers. None is edited once it is released.

Moments are whole microseconds since 1970 in UTC, durations microseconds, flags 0 or 1, lists and messages JSON.
"""

from importlib import import_module
from pkgutil import iter_modules

from sqlite_utils.migrations import Migrations


def load_migrations() -> Migrations:
    """Every migration of this folder, named by its file, in order."""
    migrations = Migrations("tocsin")
    for name in sorted(module.name for module in iter_modules(__path__)):
        if name.startswith("m0"):
            migrations(name=name.removeprefix("m"))(import_module(f"{__name__}.{name}").migrate)
    return migrations
