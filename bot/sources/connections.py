"""Connections that only lead where they may: every DNS answer and every socket is checked."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
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


def look_up(host: str) -> list[str]:
    """The addresses the operating system knows for `host`. Raises OSError. Blocks."""
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class CheckedResolver(AbstractResolver):
    """DNS that refuses a name if any one of its addresses may not be connected to.

    It has threads of its own: a name server that hangs must not hold up whatever else uses the loop's threads.
    """

    def __init__(
        self, private_networks: Sequence[Network], private_hosts: set[str], threads: int, lookup: Lookup
    ) -> None:
        self._private_networks = private_networks
        self._private_hosts = private_hosts
        self._lookup = lookup
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="dns")

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002  part of aiohttp's interface
    ) -> list[ResolveResult]:
        """The checked addresses of `host`. Raises OSError, AddressRefused among them."""
        answers = await asyncio.get_running_loop().run_in_executor(self._threads, self._lookup, host)
        results = []
        for answer in answers:
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
        """Lets the threads go; one that still waits for a name server is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


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
    )
