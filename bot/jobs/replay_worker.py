"""The program of one replay worker: a job, then parts of the archive on its input; what they give on its output.

All of it is pickled, for both ends are the same program and nothing else writes to these pipes. Each message is an
8-byte length and the pickle.
"""

import os
import pickle
import signal
import struct
import sys
from typing import Any, BinaryIO

from bot.services.replay_parts import PartReplayer

LENGTH = struct.Struct(">Q")


def main() -> None:
    """Serves one job until the input ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent alone decides when the work is given up
        signal.signal(number, signal.SIG_IGN)
    os.nice(5)  # polling and sending come first
    replayer = PartReplayer(_read(requests))
    while (items := _read(requests)) is not None:
        answers.write(pack(replayer.replay(items)))
        answers.flush()


def pack(record: object) -> bytes:
    """A record as one message."""
    body = pickle.dumps(record, protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(body)) + body


def _read(stream: BinaryIO) -> Any:  # noqa: ANN401  # the job first, then parts
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return pickle.loads(stream.read(LENGTH.unpack(head)[0]))  # noqa: S301  # written by our own parent


if __name__ == "__main__":
    main()
