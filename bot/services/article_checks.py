"""Looks whether articles that alone stand behind an alert are still there. The card says so when one is gone."""

from datetime import datetime, timedelta
from http import HTTPStatus

import structlog

from bot.domain.alerts import LoneArticle
from bot.errors import FeedError
from bot.ports.clock import Clock
from bot.ports.fetcher import Fetcher
from bot.ports.outbox_store import EditStore
from bot.services.rounds import look_every

# Each article is asked for so long after its alert, a handful of times in all.
_AFTER = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
_EVERY = timedelta(minutes=10)
# A page that is being changed may be away for a moment.
_ASK_AGAIN_SECONDS = 60.0
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})

log = structlog.get_logger(__name__)


class ArticleChecks:
    """Asks for articles; 404 or 410 twice in a row mean that one was taken down."""

    def __init__(self, store: EditStore, fetcher: Fetcher, clock: Clock) -> None:
        self._store = store
        self._fetcher = fetcher
        self._clock = clock
        self._looked_at: datetime | None = None

    async def run(self) -> None:
        """Looks every ten minutes until cancelled."""
        await look_every(
            _EVERY.total_seconds(), self.check_due, lambda: None, self._clock, failed="article_checks_failed"
        )

    async def check_due(self) -> int:
        """Asks for the articles whose time came since the last look; how many were gone. Raises StoreError."""
        now = self._clock.now()
        since = max(self._looked_at or now - _EVERY, now - 2 * _EVERY)
        due = {
            article.item_key: article
            for age in _AFTER
            for article in await self._store.list_lone_articles(since - age, now - age)
        }
        self._looked_at = now
        gone = [article for article in due.values() if await self._is_gone(article)]
        for article in gone:
            await self._store.record_gone(article.item_key, self._clock.now())
            log.info("article_gone", item=article.item_key)
        return len(gone)

    async def _is_gone(self, article: LoneArticle) -> bool:
        if not await self._is_missing(article.link):
            return False
        await self._clock.sleep(_ASK_AGAIN_SECONDS)
        return await self._is_missing(article.link)

    async def _is_missing(self, link: str) -> bool:
        try:
            await self._fetcher.fetch_page(link)
        except FeedError as error:
            return error.status in _GONE
        return False
