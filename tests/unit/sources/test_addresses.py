"""Which addresses are public; the tables of bot.sources.addresses against known special addresses."""

from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.addresses import find_address, is_allowed, is_public

NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2620:4f:8000::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.0.1.1",
    "193.0.6.139",
    "198.17.0.1",
    "198.20.0.1",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81b::200e",
]


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_a_special_address_is_not_public(text: str) -> None:
    address = find_address(text)

    assert address is not None
    assert not is_public(address)


@pytest.mark.parametrize("text", PUBLIC)
def test_an_ordinary_address_is_public(text: str) -> None:
    address = find_address(text)

    assert address is not None
    assert is_public(address)


def test_a_zone_makes_even_a_public_address_refused() -> None:
    address = find_address("2606:4700:4700::1111%eth0")

    assert address is not None
    assert not is_public(address)


@pytest.mark.parametrize("text", ["example.org", "127.1", "0x7f.0.0.1", "2130706433", "", "1.2.3.4.5", "::g"])
def test_what_is_no_canonical_address_is_none(text: str) -> None:
    assert find_address(text) is None


def test_a_named_network_is_an_exception_and_nothing_beside_it() -> None:
    networks = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))

    assert is_allowed(ip_address("10.1.2.3"), networks)
    assert is_allowed(ip_address("fd12::1"), networks)
    assert not is_allowed(ip_address("10.2.0.1"), networks)
    assert not is_allowed(ip_address("127.0.0.1"), networks)
    assert not is_allowed(ip_address("fe80::1"), networks)


@given(st.integers(0, 2**32 - 1))
def test_an_address_and_its_ipv6_mapped_form_are_judged_alike(number: int) -> None:
    plain, mapped = IPv4Address(number), find_address(f"::ffff:{IPv4Address(number)}")

    assert mapped is not None
    assert is_public(mapped) == is_public(plain)


@given(st.integers(0, 2**32 - 1))
def test_no_address_that_python_calls_private_is_public_here(number: int) -> None:
    address = IPv4Address(number)

    assert not (is_public(address) and (address.is_private or address.is_multicast or address.is_reserved))
