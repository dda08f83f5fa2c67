"""The program of one parse worker: reads requests on its input, answers on its output, ends with its input.

A request is one line of JSON (`task`, `url`, `content_type`, `size`, `seconds`) and `size` bytes of document. An
answer is a 4-byte length and JSON: `{"feed": …}`, `{"links": …}` or `{"problem", "cause", "cure"}`. JSON and not
pickle, because a document that takes a worker over must not take over the process that started it.
"""

import contextlib
import json
import os
import resource
import signal
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO

from bot.errors import FeedError, FetchProblem
from bot.sources.documents import parse_document
from bot.sources.feed_links import find_feed_links
from bot.sources.parse_protocol import LENGTH, READY

# The worst document known that still parses (4.3 MB, ill-formed) takes 220 MB above the 40 MB of the program itself.
_MEMORY_LIMIT = 512 * 1024 * 1024


def main() -> None:
    """Serves requests until the input ends."""
    requests, answers = _take_streams()
    _limit_resources()
    answers.write(READY)
    answers.flush()
    while line := requests.readline():
        request = json.loads(line)
        body = requests.read(request["size"])
        # Should the parent die while this process is stuck in a document, nobody would kill it: then the alarm does.
        signal.setitimer(signal.ITIMER_REAL, request["seconds"] * 2)
        answer = json.dumps(answer_request(request, body), ensure_ascii=False, default=_encode).encode()
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def answer_request(request: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The answer to one request; every failure of the document itself is an answer too."""
    url, content_type = request["url"], request["content_type"]
    try:
        if request["task"] == "links":
            return {"links": [asdict(link) for link in find_feed_links(body, url, content_type)]}
        return {"feed": asdict(parse_document(body, url, content_type))}
    except FeedError as error:
        return {"problem": error.problem, "cause": error.cause, "cure": error.cure}
    except MemoryError:
        return _unreadable(FetchProblem.PARSER_KILLED, "needs more memory than a feed may take")
    except RecursionError:
        return _unreadable(FetchProblem.BROKEN, "is nested too deeply")
    except Exception as error:  # noqa: BLE001  the parser meets hostile bytes: whatever it raises says "broken"
        return _unreadable(FetchProblem.BROKEN, f"made the parser stumble ({type(error).__name__})")


def _unreadable(problem: FetchProblem, what: str) -> dict[str, Any]:
    return {
        "problem": problem,
        "cause": f"The document {what}.",
        "cure": "Tell the publisher; Tocsin tries again at the next poll.",
    }


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent; whatever a library prints from here on goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    return sys.stdin.buffer, answers


def _limit_resources() -> None:
    # Refused where the limit is lower already, and on macOS, which has none.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Some platforms send SIGTERM to every process: the parent alone decides when a document is given up.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _encode(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    main()
