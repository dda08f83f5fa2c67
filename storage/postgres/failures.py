"""What PostgreSQL refuses, said as a StoreError with its cure."""

from psycopg import Error, errors
from psycopg_pool import PoolTimeout

from bot.errors import StoreError

_KEEP = "Nothing already stored is lost."


def build_store_error(error: Error, place: str) -> StoreError:
    """The StoreError for an error of PostgreSQL, or of the way there."""
    match error:
        case PoolTimeout():
            cause, cure = "gave no free connection in time.", "Check that it runs and how many connections it allows."
        case errors.DiskFull() | errors.OutOfMemory():
            cause, cure = "is out of space.", f"Give it more and try again. {_KEEP}"
        case errors.ReadOnlySqlTransaction():
            cause, cure = "takes no writes now.", "It is a standby or was set read-only; point DATABASE_URL elsewhere."
        case errors.InsufficientPrivilege():
            cause, cure = f"forbids it: {_first_line(error)}.", "Give the user of DATABASE_URL the right to do it."
        case errors.OperationalError() | errors.InterfaceError():
            cause = f"cannot be reached: {_first_line(error)}."
            cure = f"Check that it runs and that DATABASE_URL is right. {_KEEP}"
        case _:
            cause, cure = f"refused: {_first_line(error)}.", "Run `tocsin doctor`."
    return StoreError(f"The database {place} {cause}", cure)


def _first_line(error: Error) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
