"""Articles that alone stand behind an alert are looked for, and the card says when one is gone."""

from datetime import timedelta

from bot.domain.messages import plain_text
from bot.errors import FeedError, FetchProblem
from bot.ports.fetcher import FeedResponse
from bot.ports.store import Store
from bot.services.article_checks import ArticleChecks
from tests.factories import build_feed, build_filed_report, build_item, build_item_match, build_poll
from tests.fakes.feeds import FakePublishers
from tests.unit.services.test_delivering import DESK, Post

LINK = "https://asia-plus.example/news/item-1"
GONE = FeedError(FetchProblem.GONE, "The page is gone.", status=410)


class Pages(FakePublishers):
    """Articles; `asked` remembers which were asked for, `errors` are the next answers."""

    def __init__(self, *errors: FeedError) -> None:
        super().__init__()
        self.errors = list(errors)
        self.asked: list[str] = []

    async def fetch_page(self, url: str) -> FeedResponse:
        self.asked.append(url)
        if self.errors:
            raise self.errors.pop(0)
        return await super().fetch_page(url)


async def sent(store: Store, fetcher: Pages) -> tuple[Post, ArticleChecks]:
    """A card was sent, and its article is looked for from now on."""
    post = Post(store)
    await post.ring("item-1", DESK)
    await post.deliver_until(3)
    return post, ArticleChecks(store, fetcher, post.clock)


async def look_for(post: Post, checks: ArticleChecks, hours: float) -> int:
    """Looks every ten minutes for so long; how many articles were found to be gone."""
    until, gone = post.clock.now() + timedelta(hours=hours), 0
    while post.clock.now() < until:
        gone += await checks.check_due()
        await post.clock.advance(600)
    return gone


async def test_an_article_is_asked_for_three_times(store: Store) -> None:
    fetcher = Pages()
    post, checks = await sent(store, fetcher)
    assert await look_for(post, checks, 30) == 0
    assert fetcher.asked == [LINK] * 3


async def test_one_that_is_gone_twice_in_a_row_changes_the_card(store: Store) -> None:
    fetcher = Pages(GONE, GONE)
    post, checks = await sent(store, fetcher)
    assert await look_for(post, checks, 2) == 1
    await post.deliver_until(3)
    assert "no longer there" in plain_text(post.messenger.edits[-1].message)
    assert await look_for(post, checks, 30) == 0
    assert len(fetcher.asked) == 2


async def test_a_page_that_is_away_for_a_moment_or_shuts_us_out_is_not_gone(store: Store) -> None:
    shut_out = FeedError(FetchProblem.BLOCKED, "no", status=403)
    for errors in ([GONE], [shut_out, shut_out]):
        fetcher = Pages(*errors)
        post, checks = await sent(store, fetcher)
        assert await look_for(post, checks, 2) == 0


async def test_an_article_that_others_report_too_is_left_alone(store: Store) -> None:
    fetcher = Pages()
    post, checks = await sent(store, fetcher)
    await store.sync_feeds([build_feed(), build_feed("vakhsh")], post.clock.now())
    story = (await store.list_alerts(DESK.key, post.clock.now() - timedelta(days=1), 1))[0].story
    other = build_poll(
        "vakhsh", items=(build_item("other", feed_id="vakhsh"),),
        matches=(build_item_match("other", story_key=story.key),), stories=(story,),
        filed=(build_filed_report("other"),),
    )  # fmt: skip
    await store.record_polls([other], post.clock.now())
    assert await look_for(post, checks, 30) == 0
    assert fetcher.asked == []
