"""Connections that only lead where they may: every DNS answer and every socket is checked."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.sources.addresses import Network, find_address, is_allowed, is_inside
from bot.sources.failures import AddressRefused
from bot.sources.urls import PUBLIC_PORTS, refused_address, refused_port

# What aiohttp hands to a socket factory: family, type, protocol, canonical name, socket address.
AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]
# A host name to its addresses; blocks, and raises OSError. The operating system's own unless a test plays the DNS.
Lookup = Callable[[str], list[str]]
# How long a connection waits for the next feed of its host; no feed of the internet is asked again within minutes.
_KEPT_SECONDS = 5.0


def look_up(host: str) -> list[str]:
    """The addresses the operating system knows for `host`. Raises OSError. Blocks."""
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class CheckedResolver(AbstractResolver):
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

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002  part of aiohttp's interface
    ) -> list[ResolveResult]:
        """The checked addresses of `host`. Raises OSError, AddressRefused among them."""
        results = []
        for answer in await self._look_up(host):
            address = find_address(answer)
            if address is None or not is_allowed(address, self._private_networks):
                raise AddressRefused(refused_address(host.rstrip("."), answer))
            if is_inside(address, self._private_networks):
                self._private_hosts.add(host.rstrip("."))
            results.append(
                ResolveResult(
                    hostname=host,
                    host=str(address),
                    port=port,
                    family=socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6,
                    proto=0,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                )
            )
        if not results:
            raise OSError(None, "no addresses")
        return results

    async def close(self) -> None:
        """Nothing to close: a thread that still waits for a name server is left to itself."""

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


def guarded_connector(resolver: AbstractResolver, private_networks: Sequence[Network]) -> aiohttp.TCPConnector:
    """A connector whose sockets exist only for allowed addresses and ports.

    This is the one place every connection passes: names and literals, first requests and redirects, whatever the DNS
    said a second time.
    """

    def open_socket(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, where = info
        host, port = str(where[0]), where[1]
        address = find_address(host)
        if address is None or not is_allowed(address, private_networks):
            raise AddressRefused(refused_address(host, host))
        if port not in PUBLIC_PORTS and not is_inside(address, private_networks):
            raise AddressRefused(refused_port(port if isinstance(port, int) else None))
        return socket.socket(family, kind, protocol)

    return aiohttp.TCPConnector(
        resolver=resolver,
        socket_factory=open_socket,
        # Made here and not at aiohttp's import, so that SSL_CERT_FILE is honoured whenever it is set.
        ssl=ssl.create_default_context(),
        use_dns_cache=False,
        limit=0,
        keepalive_timeout=_KEPT_SECONDS,
    )
