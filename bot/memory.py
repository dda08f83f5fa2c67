"""What the start leaves behind in memory, given back."""

import ctypes
import gc
from contextlib import suppress

from bot.matching.russian import forget_dictionary


def settle_memory() -> None:
    """To be called once everything is built: what is not needed any more goes, and what stays is left in peace.

    In sight of the garbage collector, what stays would stop everything for 50 ms every so often.
    """
    forget_dictionary()
    gc.collect()
    gc.freeze()
    # Freed memory lies between what stays, and glibc gives it back only when asked: 10 MB. Others have no such call.
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
