"""The program of a file worker: a pickled order on its input, a file on its output. Both ends are the same program."""

import os
import pickle
import signal
import sys

from bot.domain.exports import StixExport


def main() -> None:
    """Makes one file."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent alone decides when the work is given up
        signal.signal(number, signal.SIG_IGN)
    os.nice(5)  # polling and sending come first
    order = pickle.loads(sys.stdin.buffer.read())  # noqa: S301  # written by our own parent
    if isinstance(order, StixExport):
        from bot.files.stix import write_bundle  # noqa: PLC0415  # each file needs one of two large libraries

        made = write_bundle(order)
    else:
        from bot.files.drawing import draw  # noqa: PLC0415  # as above

        made = draw(order)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
