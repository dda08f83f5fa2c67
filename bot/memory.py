"""What the start leaves behind in memory, given back."""

import ctypes
import gc
from contextlib import suppress

from bot.matching.russian import forget_dictionary

# A poll leaves a hundred objects behind that nothing else refers to, and a thousand polls at a time keep theirs: with
# Python's own 700, looking through them again and again took a sixth of the time of a poll.
_THRESHOLDS = (20_000, 20, 20)


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
