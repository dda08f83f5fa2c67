"""How a database gets the present schema (`storage/postgres/schema`). Migrations only ever go forward.

Each file is one migration, in the order of their numbers; that of a number changes what SQLite's of the same number
does, those from 100 on are PostgreSQL's own. None is edited once it is released. The last is the job engine's schema as
its library brings it; what a later version of it changes will be a migration of its own.
"""

from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from bot.errors import StoreError
from storage.postgres.link import Link

_TABLE = """
CREATE TABLE IF NOT EXISTS tocsin_migrations (
    name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now()
)
"""
_IS_THERE = "SELECT to_regclass('tocsin_migrations') IS NOT NULL"
_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE 'procrastinate_%'"


# Procrastinate 3.4 to 3.10 have the same schema.
_ENGINE = "0101_procrastinate_3_4"


@cache
def load_migrations() -> dict[str, str]:
    """The SQL of every migration by its name, in order."""
    found = sorted((file for file in files("storage.postgres.schema").iterdir() if file.name.endswith(".sql")), key=str)
    ours = {file.name.removesuffix(".sql"): file.read_text(encoding="utf-8") for file in found}
    return ours | {_ENGINE: _read_engine_schema()}


def _read_engine_schema() -> str:
    """The job engine's schema, without loading the engine."""
    spec = find_spec("procrastinate")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "sql" / "schema.sql").read_text(encoding="utf-8")


def apply_migrations(connection: Link, place: str) -> list[str]:
    """Brings the schema up to date, all or nothing; the names of the migrations applied now.

    Raises StoreError for the database of a newer Tocsin or of another program.
    """
    applied = _applied(connection)
    _refuse_unknown(applied, place)
    (tables,) = connection.execute(_TABLES).fetchone()
    if not applied and tables:
        raise StoreError(f"The database {place} belongs to another program.", "Point DATABASE_URL elsewhere.")
    pending = [name for name in load_migrations() if name not in applied]
    connection.execute(_TABLE)
    for name in pending:
        connection.run_script(load_migrations()[name])
        connection.execute("INSERT INTO tocsin_migrations (name) VALUES (:name)", {"name": name})
    return pending


def check_schema(connection: Link, place: str) -> None:
    """Raises StoreError unless the schema is exactly the present one."""
    applied = _applied(connection)
    _refuse_unknown(applied, place)
    if applied != set(load_migrations()):
        raise StoreError(f"The database {place} has no up-to-date schema.", "Run `tocsin migrate`.")


def _applied(connection: Link) -> set[str]:
    (is_there,) = connection.execute(_IS_THERE).fetchone()
    return {row["name"] for row in connection.execute("SELECT name FROM tocsin_migrations")} if is_there else set()


def _refuse_unknown(applied: set[str], place: str) -> None:
    unknown = sorted(applied - set(load_migrations()))
    if unknown:
        raise StoreError(
            f"The database {place} was changed by a newer Tocsin ({unknown[-1]}).",
            "Install that version, or restore a backup made before it ran `tocsin migrate`.",
        )
