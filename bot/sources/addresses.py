"""Which network addresses a feed may live on. Pure.

`ipaddress.is_global` cannot decide this: in Python 3.11 it calls 64:ff9b::7f00:1 (NAT64 of 127.0.0.1), 2002:7f00:1::
(6to4 of it), multicast, 192.0.0.8 and the metadata addresses of two clouds global. So the tables are our own, from the
IANA special-purpose registries (RFC 6890 and its updates), read in November 2026.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_DENIED_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier NAT; the metadata service of Alibaba Cloud lives here
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # the platform service of Azure, on a public address
        "169.254.0.0/16",  # link-local; the metadata services of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; the metadata service of Oracle Cloud
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# Every connection is checked against all of them, so they are compared as numbers: a mask and what is left under it.
_DENIED_V4_NUMBERS = tuple((int(network.netmask), int(network.network_address)) for network in _DENIED_V4)
# IPv6 the other way round: only global unicast is given out, so only that is allowed, minus its special parts.
_ALLOWED_V6 = IPv6Network("2000::/3")
_DENIED_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


@lru_cache(maxsize=16_384)
def find_address(host: str) -> Address | None:
    """The address that `host` spells, with an IPv4 address inside IPv6 (::ffff:a.b.c.d) taken out; None for a name.

    An IPv6 zone (`fe80::1%eth0`) is kept: it makes the address one that `is_public` refuses.
    """
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None and not address.scope_id:
        return address.ipv4_mapped
    return address


def is_public(address: Address) -> bool:
    """Whether `address` belongs to the public internet and to nothing else."""
    if isinstance(address, IPv4Address):
        number = int(address)
        return all(number & mask != beginning for mask, beginning in _DENIED_V4_NUMBERS)
    if address.scope_id:
        return False
    return address in _ALLOWED_V6 and not any(address in network for network in _DENIED_V6)


def is_inside(address: Address, networks: Sequence[Network]) -> bool:
    """Whether `address` lies in one of `networks`; a network of the other IP version never holds it."""
    # A loop and not `any`, whose generator costs more than looking into the one or two networks that there are.
    for network in networks:  # noqa: SIM110
        if address in network:
            return True
    return False


def is_allowed(address: Address, private_networks: Sequence[Network]) -> bool:
    """Whether Tocsin may connect to `address`: it is public, or the operator named its network."""
    return is_public(address) or is_inside(address, private_networks)
