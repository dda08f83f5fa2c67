"""Where a site may keep its feeds, when its pages do not say. Pure: addresses to try, best first.

The paths are those that common software uses by default: WordPress and Ghost (`/feed/`, `/rss/`), Drupal and Hugo
(`/rss.xml`, `/index.xml`), Blogger (`/feeds/posts/default`), Bitrix (`/rss/`), and the `/rssfeeds` page on which
every service of RFE/RL lists its feeds.
"""

import re
from urllib.parse import urlsplit

from bot.domain.language import later, tr

_UNDER_A_SECTION = ("/feed/", "/rss.xml", "/rss/")
_AT_THE_ROOT = (
    "/feed/",
    "/rss.xml",
    "/rss",
    "/rssfeeds",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feeds/posts/default",
    "/rss/all",
)
_WITHOUT_FEEDS = {
    "t.me": later("Telegram channels have no feeds."),
    "telegram.me": later("Telegram channels have no feeds."),
    "facebook.com": later("Facebook pages have no feeds."),
    "instagram.com": later("Instagram accounts have no feeds."),
    "x.com": later("X accounts have no feeds."),
    "twitter.com": later("X accounts have no feeds."),
}
_BY_HOST_ENDING = {
    "substack.com": ("/feed",),
    "blogspot.com": ("/feeds/posts/default",),
    "wordpress.com": ("/feed/",),
    "tumblr.com": ("/rss",),
    "livejournal.com": ("/data/rss",),
}
# Host, what its paths look like, and where the feed of such a page lies.
_BY_PATH = (
    (
        "youtube.com",
        re.compile(r"/channel/(UC[\w-]{22})"),
        (r"https://www.youtube.com/feeds/videos.xml?channel_id=\1",),
    ),
    ("reddit.com", re.compile(r"(/(?:r|user)/\w+)"), (r"https://www.reddit.com\1/.rss",)),
    (
        "github.com",
        re.compile(r"(/[\w.-]+/[\w.-]+)"),
        (r"https://github.com\1/releases.atom", r"https://github.com\1/commits.atom"),
    ),
    ("medium.com", re.compile(r"(/@?[\w.-]+)"), (r"https://medium.com/feed\1",)),
)
_MASTODON = re.compile(r"/@[\w.]+/?\Z")


def why_without_feeds(url: str) -> str:
    """Why no feed can be found at `url`, where that is known beforehand; empty for every other address."""
    host = _host(url)
    return tr(_WITHOUT_FEEDS[host]) if host in _WITHOUT_FEEDS else ""


def likely_feed_addresses(url: str) -> tuple[str, ...]:
    """Addresses at which a feed of the page at `url` may lie; the first ones are the site's own habit, if known."""
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}"
    section = parts.path.rstrip("/")
    ways = [*_known_site(url)]
    if section and "." not in section.rsplit("/", 1)[-1]:
        ways += [f"{base}{section}{ending}" for ending in _UNDER_A_SECTION]
    ways += [base + path for path in _AT_THE_ROOT]
    return tuple(way for way in dict.fromkeys(ways) if way != url)


def _known_site(url: str) -> tuple[str, ...]:
    host, parts = _host(url), urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}"
    for ending, paths in _BY_HOST_ENDING.items():
        if host.endswith(f".{ending}"):
            return tuple(base + path for path in paths)
    for site, path, feeds in _BY_PATH:
        found = path.match(parts.path) if host == site else None
        if found:
            return tuple(found.expand(feed) for feed in feeds)
    return (f"{base}{parts.path.rstrip('/')}.rss",) if _MASTODON.match(parts.path) else ()


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").casefold().removeprefix("www.")
