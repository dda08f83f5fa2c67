"""The sample outlets: who they are, which format and encoding their feed has, and what it shows when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo import news
from bot.demo.formats import Channel, Format, Post, build_document
from bot.demo.news import Edition, SampleItem
from bot.domain.feeds import Feed

EARLIER, LATER, LATEST = range(3)


@dataclass(frozen=True, slots=True)
class SampleFeed:
    """A sample outlet and how its feed is served. `id` is also its path on the server."""

    id: str
    outlet: str
    lang: str
    country: str
    owner: str
    grade: str
    form: Format
    edition: Edition
    encoding: str = "utf-8"
    compressed: bool = False

    @property
    def items(self) -> tuple[SampleItem, ...]:
        """Everything it shows once its latest edition is out, newest first."""
        return self.shown(LATEST)

    def shown(self, edition: int) -> tuple[SampleItem, ...]:
        """What it shows in an edition, from EARLIER to LATEST; newest first."""
        parts = (self.edition.earlier, self.edition.later, self.edition.latest)
        return tuple(item for part in reversed(parts[: edition + 1]) for item in part)


SAMPLE_FEEDS = (
    SampleFeed("pamir-wire", "Sample: Pamir Wire", "en", "TJ", "independent", "B", Format.RSS_2, news.PAMIR_WIRE),
    SampleFeed("amu-courier", "Sample: Amu Courier", "en", "AF", "exile", "C", Format.ATOM, news.AMU_COURIER),
    SampleFeed(
        "steppe-dispatch", "Sample: Steppe Dispatch", "en", "KZ", "independent", "B", Format.JSON_FEED,
        news.STEPPE_DISPATCH,
    ),
    SampleFeed(
        "vakhsh-week", "Sample: Vakhsh Week", "ru", "TJ", "independent", "B", Format.RSS_2, news.VAKHSH_WEEK,
        encoding="windows-1251",
    ),
    SampleFeed("ural-clinic", "Sample: Ural Clinic News", "ru", "RU", "public", "C", Format.ATOM, news.URAL_CLINIC),
    SampleFeed(
        "zarafshon", "Sample: Zarafshon Agency", "tg", "TJ", "state", "C", Format.RSS_1, news.ZARAFSHON,
        compressed=True,
    ),
    SampleFeed("ofoq", "Sample: Ofoq TV", "fa", "AF", "exile", "B", Format.ATOM, news.OFOQ),
    SampleFeed("subh-e-nau", "Sample: Subh-e-Nau", "ur", "PK", "independent", "B", Format.RSS_2, news.SUBH_E_NAU),
    SampleFeed("surxon", "Sample: Surxon Xabar", "uz", "UZ", "independent", "C", Format.RSS_1, news.SURXON),
    SampleFeed(
        "khyber-pass", "Sample: Khyber Pass Radio", "ps", "AF", "independent", "C", Format.RSS_2, news.KHYBER_PASS,
        compressed=True,
    ),
    SampleFeed("ward-round", "Sample: Ward Round", "en", "PK", "public", "C", Format.RSS_2, news.WARD_ROUND),
    SampleFeed("blue-team", "Sample: Blue Team Daily", "en", "", "vendor", "C", Format.JSON_FEED, news.BLUE_TEAM),
)  # fmt: skip


def demo_feeds(base_url: str) -> tuple[Feed, ...]:
    """The sample outlets' feeds as records, served under `base_url`."""
    return tuple(
        Feed(
            id=sample.id,
            url=feed_url(base_url, sample),
            outlet=sample.outlet,
            lang=sample.lang,
            country=sample.country,
            owner=sample.owner,
            grade=sample.grade,
            interval=timedelta(seconds=30),
            note="written for the demo",
        )
        for sample in SAMPLE_FEEDS
    )


def feed_url(base_url: str, sample: SampleFeed) -> str:
    """The address of a sample outlet's feed."""
    return f"{base_url}/{sample.id}/feed"


def item_url(base_url: str, sample: SampleFeed, item: SampleItem) -> str:
    """The address of one of its items."""
    return f"{base_url}/{sample.id}/{item.slug}"


def published_at(item: SampleItem, start: datetime) -> datetime:
    """When an item was published, for a demo that began at `start`; whole seconds, as feeds give them."""
    return (start - timedelta(minutes=item.minutes_ago)).replace(microsecond=0)


def build_feed_document(sample: SampleFeed, base_url: str, start: datetime, edition: int) -> bytes:
    """The bytes of a sample feed in an edition, from EARLIER to LATEST."""
    posts = [
        Post(item_url(base_url, sample, item), item.title, item.summary, item.content, published_at(item, start))
        for item in sample.shown(edition)
    ]
    channel = Channel(feed_url(base_url, sample), f"{base_url}/{sample.id}", sample.outlet, sample.lang)
    return build_document(sample.form, channel, posts, sample.encoding)
