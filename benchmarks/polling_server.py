"""The feed server of the polling benchmark: a process of its own, told over standard input what to serve.

It listens on every loopback address, so that each feed can live on a host of its own.
"""

import asyncio
import gzip
import json
import random
import sys
from dataclasses import dataclass, field

from benchmarks.polling_feeds import GeneratedFeed, build_feeds

FIRST_SERIAL = 1_000


@dataclass(slots=True)
class World:
    """What is served now. `validators` is "all", "none" or "own" (each feed's habit); `delay` is in seconds."""

    feeds: list[GeneratedFeed]
    serials: list[int]
    stamp: int = 0
    validators: str = "own"
    delay: float = 0.0
    close: bool = False
    bodies: dict[int, tuple[int, int, bytes]] = field(default_factory=dict)
    requests: int = 0

    def body(self, number: int) -> bytes:
        """The packed document of a feed."""
        known = self.bodies.get(number)
        if known is None or known[:2] != (self.serials[number], self.stamp):
            document = self.feeds[number].build(self.serials[number], self.stamp)
            known = (self.serials[number], self.stamp, gzip.compress(document, 6))
            self.bodies[number] = known
        return known[2]

    def answer(self, number: int, etag: str) -> bytes:
        """The whole HTTP answer."""
        self.requests += 1
        current = f'"{number}-{self.serials[number]}-{self.stamp}"'
        has_validators = self.validators == "all" or (self.validators == "own" and self.feeds[number].has_validators)
        validator = f"ETag: {current}\r\n" if has_validators else ""
        if has_validators and etag == current:
            return f"HTTP/1.1 304 Not Modified\r\n{validator}\r\n".encode()
        body = self.body(number)
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Encoding: gzip\r\n{validator}"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def command(self, text: str) -> dict[str, object]:
        """Changes what is served; gives back how many entries there are in all documents, and the new ones."""
        given = json.loads(text)
        before = sum(self.serials)
        self.validators = given.get("validators", self.validators)
        self.delay = given.get("delay", self.delay)
        self.stamp += given.get("stamp", 0)
        chance = random.Random(f"news {self.stamp} {before}")
        for number in range(len(self.serials)):
            if given.get("news") == "one":
                self.serials[number] += 1
            elif given.get("news") == "some" and chance.random() < 0.05:
                self.serials[number] += chance.randint(0, 2)
        if given.get("build", True):
            for number in range(len(self.feeds)):
                self.body(number)
        return {"new": sum(self.serials) - before, "entries": sum(feed.entries for feed in self.feeds)}


class Connection(asyncio.Protocol):
    """One connection; requests on it are answered in turn."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            request, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            if self._world.delay:
                asyncio.get_running_loop().call_later(self._world.delay, self._answer, request)
            else:
                self._answer(request)

    def _answer(self, request: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        first, *lines = request.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        number = int(first.split(" ")[1].rpartition("/")[2])
        self._transport.write(self._world.answer(number, headers.get("if-none-match", "")))


async def main(count: int, seed: int, *, tiny: bool) -> None:
    """Serves until the input ends."""
    world = World(build_feeds(count, seed=seed, tiny=tiny), [FIRST_SERIAL] * count)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(world), "0.0.0.0", 0, backlog=4096)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(world.command(line)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), tiny=sys.argv[3] == "tiny"))
