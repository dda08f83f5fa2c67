"""Connections that only lead where they may: every DNS answer and every socket is checked."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address

from bot.sources.addresses import Address, Network, find_address, is_allowed, is_inside, is_public
from bot.sources.failures import AddressRefused, UnknownHost
from bot.sources.urls import PUBLIC_PORTS, refused_address, refused_port

# A host name to its addresses; blocks, and raises OSError. The operating system's own unless a test plays the DNS.
Lookup = Callable[[str], list[str]]


def look_up(host: str) -> list[str]:
    """The addresses the operating system knows for `host`. Raises OSError. Blocks."""
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class CheckedResolver:
    """DNS that refuses a name if any one of its addresses may not be connected to.

    At most `threads` lookups run at once. They run in daemon threads and not in a pool: Python waits at its exit for
    every pool thread, and with a name server that hangs that is half a minute.
    """

    def __init__(
        self, private_networks: Sequence[Network], private_hosts: set[str], threads: int, lookup: Lookup
    ) -> None:
        self._private_networks = private_networks
        self._private_hosts = private_hosts
        self._lookup = lookup
        self._free = asyncio.Semaphore(threads)

    async def resolve(self, host: str) -> Sequence[Address]:
        """The checked addresses of `host`, at least one. Raises AddressRefused and UnknownHost."""
        name, addresses = host.rstrip("."), []
        try:
            answers = await self._look_up(host)
        except (OSError, UnicodeError) as error:
            raise UnknownHost(host) from error
        for answer in answers:
            address = find_address(answer)
            if address is None or not is_allowed(address, self._private_networks):
                raise AddressRefused(refused_address(name, answer))
            if is_inside(address, self._private_networks):
                self._private_hosts.add(name)
            addresses.append(address)
        if not addresses:
            raise UnknownHost(host)
        return addresses

    async def _look_up(self, host: str) -> list[str]:
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def settle(found: list[str], error: OSError | UnicodeError | None) -> None:
            self._free.release()
            if answer.done():  # nobody waits any more
                return
            if error is None:
                answer.set_result(found)
            else:
                answer.set_exception(error)

        def work() -> None:
            found: list[str] = []
            problem: OSError | UnicodeError | None = None
            try:
                found = self._lookup(host)
            except (OSError, UnicodeError) as error:
                problem = error
            with contextlib.suppress(RuntimeError):  # the loop is closed: the program ended before the name server
                loop.call_soon_threadsafe(settle, found, problem)

        threading.Thread(target=work, name=f"dns {host}", daemon=True).start()
        return await answer


def open_socket(address: Address, port: int, private_networks: Sequence[Network]) -> socket.socket:
    """A socket that does not block, to be connected with `address`. Raises AddressRefused, and no socket exists.

    Every connection passes here: names and literals, first requests and redirects, whatever the DNS said a second time.
    """
    if not is_inside(address, private_networks):
        if not is_public(address):
            raise AddressRefused(refused_address(str(address), address))
        if port not in PUBLIC_PORTS:
            raise AddressRefused(refused_port(port))
    opened = socket.socket(socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6)
    opened.setblocking(False)  # noqa: FBT003  the socket module's own
    return opened
