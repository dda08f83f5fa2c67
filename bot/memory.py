"""Memory that is not needed any more, given back to the system."""

import ctypes
import gc
from contextlib import suppress

from bot.matching.russian import forget_dictionary

# Python's own (700, 10, 10) look through all that a round of polls holds again and again: a sixth of a poll's time,
# and 125 ms in one go with 5,000 feeds. So the first two look at few objects at a time, and the third, for which nearly
# nothing is left, seldom.
_THRESHOLDS = (2_000, 5, 100)
# M_MMAP_THRESHOLD of glibc's malloc.h, and the bytes from which on a piece of memory stands alone.
_STANDS_ALONE, _LARGE = -3, 64 * 1024


def part_large_memory() -> None:
    """To be called first of all: documents and what is made of them leave no holes in memory when they are let go.

    glibc would learn from the first one to put them among what stays. Without this, 500 first polls leave 4 MB more.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_STANDS_ALONE, _LARGE)


def settle_memory() -> None:
    """To be called once everything is built: what is not needed any more goes, and what stays is left in peace.

    In sight of the garbage collector, what stays would stop everything for 50 ms every so often.
    """
    forget_dictionary()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    # Freed memory lies between what stays, and glibc gives it back only when asked: 10 MB. Others have no such call.
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
