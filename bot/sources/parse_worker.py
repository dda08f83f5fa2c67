"""The program of one parse worker: reads requests on its input, answers on its output, ends with its input.

A request is one line of JSON (`task`, `url`, `content_type`, `size`, `seconds`) and `size` bytes of document. For
the task "feed" it may ask, with `entries` and `sample`, whether the document reads the same in parts: how many entries
it should hold, and the numbers of those in a shorter document of `sample_size` bytes that follows. The task "beginning"
reads the first entries of an ill-formed document, which follows whole as the sample.

An answer is a 4-byte length and JSON: `{"feed": …, "parts": …, "frames": n}`, `{"links": …}` or `{"problem", "cause",
"cure"}`. A feed's items follow in that many frames, each a length and a JSON list, so that whoever reads them never
decodes much at once. JSON and not pickle, because a document that takes a worker over must not take over the process
that started it.
"""

import contextlib
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any, BinaryIO

from bot.domain.feed_memory import Parts
from bot.domain.items import ParsedItem
from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import ParsedFeed
from bot.sources.documents import parse_document
from bot.sources.feed_links import find_feed_links
from bot.sources.parse_protocol import LENGTH, READY
from bot.sources.parts import Trial, parse_beginning, read_whole
from bot.sources.shortcuts import shortcuts

# The worst document known that still parses (4.3 MB, ill-formed) takes 220 MB above the 40 MB of the program itself.
_MEMORY_LIMIT = 512 * 1024 * 1024
# Characters of items in one frame: a millisecond of decoding.
_FRAME = 100_000
_ITEM_FIELDS = tuple(field.name for field in fields(ParsedItem))


def main() -> None:
    """Serves requests until the input ends."""
    requests, answers = _take_streams()
    _limit_resources()
    with shortcuts():
        _serve(requests, answers)


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    answers.write(READY)
    answers.flush()
    while line := requests.readline():
        request = json.loads(line)
        body, sample = requests.read(request["size"]), requests.read(request.get("sample_size", 0))
        # Should the parent die while this process is stuck in a document, nobody would kill it: then the alarm does.
        signal.setitimer(signal.ITIMER_REAL, request["seconds"] * 2)
        frames = [json.dumps(part, ensure_ascii=False).encode() for part in answer_request(request, body, sample)]
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.writelines(LENGTH.pack(len(frame)) + frame for frame in frames)
        answers.flush()


def answer_request(request: dict[str, Any], body: bytes, sample: bytes = b"") -> list[Any]:
    """The frames that answer one request; every failure of the document itself is an answer too."""
    try:
        if request["task"] == "links":
            links = find_feed_links(body, request["url"], request["content_type"])
            return [{"links": [asdict(link) for link in links]}]
        return _read_feed(request, body, sample)
    except FeedError as error:
        return [{"problem": error.problem, "cause": error.cause, "cure": error.cure}]
    except MemoryError:
        return _unreadable(FetchProblem.PARSER_KILLED, "needs more memory than a feed may take")
    except RecursionError:
        return _unreadable(FetchProblem.BROKEN, "is nested too deeply")
    except Exception as error:  # noqa: BLE001  the parser meets hostile bytes: whatever it raises says "broken"
        return _unreadable(FetchProblem.BROKEN, f"made the parser stumble ({type(error).__name__})")


def _read_feed(request: dict[str, Any], body: bytes, sample: bytes) -> list[Any]:
    url, content_type = request["url"], request["content_type"]
    if request["task"] == "beginning":
        beginning = parse_beginning(body, url, sample, content_type)
        return _encode_feed(beginning, Parts.BEGINNING) if beginning is not None else [{"well_formed": True}]
    if not sample:
        return _encode_feed(parse_document(body, url, content_type), Parts.NONE)
    return _encode_feed(*read_whole(Trial(body, content_type, url, request["entries"], sample, request["sample"])))


def _encode_feed(feed: ParsedFeed, parts: Parts) -> list[Any]:
    head = {
        "title": feed.title,
        "lang": feed.lang,
        "home": feed.home,
        "skipped": feed.skipped,
        "warning": feed.warning,
    }
    frames = list(_batch(feed.items))
    return [{"feed": head, "parts": parts.value, "frames": len(frames)}, *frames]


def _batch(items: tuple[ParsedItem, ...]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for item in items:
        values = {name: getattr(item, name) for name in _ITEM_FIELDS}
        values["published"] = item.published.isoformat() if item.published else ""
        batch.append(values)
        size += len(item.content) + len(item.summary) + len(item.title)
        if size >= _FRAME:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _unreadable(problem: FetchProblem, what: str) -> list[Any]:
    return [
        {
            "problem": problem,
            "cause": f"The document {what}.",
            "cure": "Tell the publisher; Tocsin tries again at the next poll.",
        }
    ]


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


if __name__ == "__main__":
    main()
