"""Addresses inside, in every spelling we know of, and legitimate ones that look like them."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

# Ways to write the loopback address, and other places inside. PORT is the internal listener's.
DIRECT = [
    "http://127.0.0.1:PORT/",
    "http://127.0.0.1:PORT",
    "http://127.0.0.1.:PORT/",
    "http://127.1:PORT/",
    "http://127.0.1:PORT/",
    "http://0:PORT/",
    "http://0.0.0.0:PORT/",
    "http://2130706433:PORT/",
    "http://017700000001:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://0x7f.0x0.0x0.0x1:PORT/",
    "http://0x7f000001:PORT/",
    "http://0X7F000001:PORT/",
    "http://00000177.1:PORT/",
    "http://127.0.0.01:PORT/",
    "http://127.0.0.1%00:PORT/",
    "http://127.0.0.1%20:PORT/",
    "http://127.0.0.1%2e:PORT/",
    "http://127%2e0%2e0%2e1:PORT/",
    "http://１２７.０.０.１:PORT/",
    "http://127。0。0。1:PORT/",
    "http://127．0．0．1:PORT/",
    "http://①②⑦.⓪.⓪.①:PORT/",
    "http://[::1]:PORT/",
    "http://[0:0:0:0:0:0:0:1]:PORT/",
    "http://[0000::0001]:PORT/",
    "http://[::]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[0:0:0:0:0:ffff:7f00:0001]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://[::ffff:0:127.0.0.1]:PORT/",
    "http://[64:ff9b::7f00:1]:PORT/",
    "http://[64:ff9b:1::7f00:1]:PORT/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[fe80::1%25lo]:PORT/",
    "http://[fe80::1%lo]:PORT/",
    "http://[::1%25lo]:PORT/",
    "http://[::1%lo]:PORT/",
    "http://[fc00::1]:PORT/",
    "http://[fec0::1]:PORT/",
    "http://[ff02::1]:PORT/",
    "http://localhost:PORT/",
    "http://LOCALHOST:PORT/",
    "http://localhost.:PORT/",
    "http://ⓛocalhost:PORT/",
    "http://localhoſt:PORT/",
    "http://127.0.0.1:PORT#@example.org/",
    "http://example.org@127.0.0.1:PORT/",
    "http://example.org:80@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\\@example.org/",
    "http://example.org\\@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT?@example.org/",
    "http:127.0.0.1:PORT/",
    "http:/127.0.0.1:PORT/",
    "http:///127.0.0.1:PORT/",
    "http:\\\\127.0.0.1:PORT/",
    "//127.0.0.1:PORT/",
    "127.0.0.1:PORT/",
    "http://127.0.0.1\t:PORT/",
    "http://127.0.0.1\r\n:PORT/",
    "ht\ntp://127.0.0.1:PORT/",
    "http://\u200b127.0.0.1:PORT/",
    "http://127.0.0.1\u00ad:PORT/",
    "http://[::1]example.org:PORT/",
    "http://[::1].example.org:PORT/",
    "https://127.0.0.1:PORT/",
    "ftp://127.0.0.1:PORT/",
    "gopher://127.0.0.1:PORT/_GET",
    "file://127.0.0.1/etc/passwd",
    "file:///etc/passwd",
    "dict://127.0.0.1:PORT/",
    "feed://127.0.0.1:PORT/",
    "jar:http://127.0.0.1:PORT/!/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://100.100.100.200/latest/meta-data/",
    "http://168.63.129.16/machine?comp=goalstate",
    "http://192.0.0.192/opc/v2/",
    "http://metadata.internal.example/",
]

# What a name server under an attacker's control may answer.
ANSWERS = [
    ["127.0.0.1"],
    ["::1"],
    ["::ffff:127.0.0.1"],
    ["::127.0.0.1"],
    ["64:ff9b::7f00:1"],
    ["2002:7f00:1::"],
    ["0.0.0.0"],
    ["::"],
    ["10.0.0.1"],
    ["169.254.169.254"],
    ["100.100.100.200"],
    ["168.63.129.16"],
    ["fe80::1%lo"],
    ["fd00::1"],
    ["8.8.8.8", "127.0.0.1"],
    ["127.0.0.1", "8.8.8.8"],
    ["2606:4700:4700::1111", "::1"],
    ["not an address"],
]

LEGITIMATE = [
    "http://example.org/",
    "http://example.org/feed.xml",
    "http://example.org:8080/feed",
    "https://example.org:8443/feed",
    "https://example.org./feed",
    "https://www.example.co.uk/a/b/c?d=e&f=g#h",
    "https://xn--bcher-kva.example/feed",
    "https://bücher.example/feed",
    "https://новости.example/лента",
    "https://خبر.example/",
    "https://10.example.org/feed",
    "https://127.0.0.1.nip.example/feed",
    "https://localhost.example.org/",
    "https://0x7f.example.org/",
    "https://1and1.example/",
    "https://3fm.example/rss",
    "https://a.b.c.d.e.f.example/",
    "https://under_score.example.org/",
    "https://example.org/redirect?to=http://127.0.0.1/",
    "https://example.org/@user/feed",
    "https://example.org/feed;v=1",
    "https://example.org/%7Euser/feed",
    "https://example.org/feed?q=a+b",
    "https://example.org/a//b",
    "https://8.8.8.8/feed",
    "https://[2606:4700:4700::1111]/feed",
    "https://[::ffff:8.8.8.8]/feed",
    "HTTPS://EXAMPLE.ORG/FEED",
    "http://example.org:80/feed",
    "https://example.org:443/feed",
    "http://example.org./",
    "https://xn--e1afmkfd.xn--p1ai/rss",
    "https://пример.рф/rss.xml",
    "https://例え.テスト/フィード",
    "https://ਖ਼ਬਰ.example/feed",
    "https://192-168-1-1.example.org/feed",
    "https://10-0-0-1.ip.example/feed",
    "https://internal.example.org/feed",
    "https://metadata.example.org/feed",
    "https://local.example/feed",
    "https://example.local.example/feed",
    "https://7f000001.example/",
    "https://127.example.org/",
    "https://0.example.org/",
    "https://fe80.example.org/",
    "https://a-b-c.example.org/",
    "https://4chan.example/g/index.rss",
    "https://example.org/127.0.0.1/feed",
    "https://example.org/%2e%2e/feed",
    "https://example.org/feed?host=169.254.169.254",
    "https://example.org/лента?рубрика=мир",
    "https://example.org/feed?a[]=1&b={c}",
    "https://example.org/?",
    "https://example.org",
    "  https://example.org/feed  ",
    "https://1.1.1.1/feed",
    "http://93.184.215.14:8080/feed",
    "http://172.15.255.255/",
    "http://172.32.0.1/",
    "http://100.63.255.255/",
    "http://100.128.0.1/",
    "http://198.17.255.255/",
    "http://169.253.0.1/",
    "https://[2a00:1450:4001:82b::200e]/feed",
    "https://[2001:4860:4860::8888]:8443/feed",
    "https://[2620:4f:8001::1]/feed",
]

# The ends of every range that is not on the public internet, and well-known services inside.
INSIDE_V4 = [
    *("0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "100.100.100.200"),
    *("127.0.0.1", "127.255.255.255", "168.63.129.16", "169.254.0.0", "169.254.169.254", "169.254.170.2"),
    *("169.254.255.255", "172.16.0.0", "172.17.0.1", "172.31.255.255", "192.0.0.0", "192.0.0.192", "192.0.0.255"),
    *("192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.0", "192.168.1.1", "192.168.255.255"),
    *("192.175.48.1", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255"),
    *("240.0.0.1", "255.255.255.255"),
]
INSIDE_V6 = [
    *("::", "::1", "::2", "::ffff:0:7f00:1", "100::1", "64:ff9b::a00:1", "64:ff9b:1::1", "fc00::1", "fd00::1"),
    *("fd00:ec2::254", "fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "ff00::1", "ff02::1", "ff0e::1", "2001::1"),
    *("2001:10::1", "2001:20::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "2620:4f:8000::1"),
    *("3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "1fff::1", "8000::1"),
]
_SPELT = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "100.100.100.200", "172.17.0.1", "0.0.0.0")


def spellings(address: IPv4Address) -> Iterator[str]:
    """The hosts that some URL reader or other takes for this address."""
    a, b, c, d = address.packed
    number = int(address)
    yield str(address)
    yield f"{address}."
    yield str(number)
    yield f"0x{number:08x}"
    yield f"0{number:o}"
    yield ".".join(f"0{part:03o}" for part in address.packed)
    yield ".".join(hex(part) for part in address.packed)
    yield f"{a}.{b}.{c * 256 + d}"
    yield f"{a}.{(b << 16) + (c << 8) + d}"
    yield str(address).translate({ord(digit): 0xFF10 + int(digit) for digit in "0123456789"})
    yield str(address).replace(".", "\u3002")
    yield str(address).replace(".", "%2e")
    yield f"example.org@{address}"
    yield f"[::ffff:{address}]"
    yield f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]"
    yield f"[::{address}]"
    yield f"[64:ff9b::{address}]"
    yield f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::]"


def list_urls(port: int) -> list[str]:
    """More than 200 URLs that lead inside, with the internal listener's port where they carry one."""
    spelt = [host for text in _SPELT for host in spellings(IPv4Address(text))]
    hosts = [*spelt, *INSIDE_V4, *(f"[{IPv6Address(text)}]" for text in INSIDE_V6)]
    urls = [url.replace("PORT", str(port)) for url in DIRECT] + [f"http://{host}:{port}/" for host in hosts]
    return list(dict.fromkeys(urls))


def list_answers() -> list[list[str]]:
    """More than 200 answers of a name server, each with an address inside."""
    inside = [*INSIDE_V4, *INSIDE_V6, *(f"::ffff:{text}" for text in INSIDE_V4)]
    mixed = [["8.8.8.8", text] for text in inside]
    return [[text] for text in inside] + mixed
