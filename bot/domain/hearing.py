"""How well a watchlist hears: which of its feeds bring news in each language, and when one last did. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.feeds import Feed, FeedStatus
from bot.domain.language import tr
from bot.domain.wording import language_name, short_time
from bot.matching.watchlist import Watchlist


@dataclass(frozen=True, slots=True)
class Hearing:
    """One language of one list: its feeds that bring news, those that do not, and the last new item of any of them."""

    lang: str
    healthy: tuple[Feed, ...]
    silent: tuple[Feed, ...]
    last_item: datetime | None

    @property
    def feeds(self) -> int:
        """All feeds of the list in this language."""
        return len(self.healthy) + len(self.silent)

    @property
    def is_deaf(self) -> bool:
        """Whether nothing can be heard in this language."""
        return not self.healthy


def listens_to(watchlist: Watchlist, feed: Feed) -> bool:
    """Whether a list takes items of this feed."""
    sources = watchlist.sources
    if sources.only and feed.id not in sources.only:
        return False
    if feed.id in sources.except_ or (sources.min_grade and feed.grade > sources.min_grade):
        return False
    return not watchlist.languages or feed.lang in watchlist.languages


def measure_hearing(watchlist: Watchlist, statuses: Iterable[FeedStatus]) -> tuple[Hearing, ...]:
    """How a list hears, by language code; a language that the list wants and no feed has is deaf without feeds."""
    heard: dict[str, list[FeedStatus]] = {lang: [] for lang in watchlist.languages}
    for status in statuses:
        if status.feed.enabled and status.feed.lang and listens_to(watchlist, status.feed):
            heard.setdefault(status.feed.lang, []).append(status)
    return tuple(_measure(lang, heard[lang]) for lang in sorted(heard))


def deaf_words(hearings: Mapping[str, Sequence[Hearing]], titles: Mapping[str, str], zone: ZoneInfo) -> list[str]:
    """`Tajik-Afghan border (Tajik, last item 20 Nov 14:20)` for each list that has lost all feeds of a language."""
    told = []
    for list_id, title in titles.items():
        lost = [_lost_words(one, zone) for one in hearings.get(list_id, ()) if one.is_deaf and one.feeds]
        if lost:
            told.append(f"{title} ({', '.join(lost)})")
    return told


def weak_words(hearings: Mapping[str, Sequence[Hearing]], titles: Mapping[str, str]) -> list[str]:
    """`CSTO (Russian 3 of 4)` for each list that has lost some feeds of a language, but not all."""
    told = []
    for list_id, title in titles.items():
        weak = [one for one in hearings.get(list_id, ()) if one.silent and one.healthy]
        if weak:
            told.append(f"{title} ({', '.join(count_words(one) for one in weak)})")
    return told


def count_words(hearing: Hearing) -> str:
    """`Russian 3 of 4`."""
    return tr("{language} {healthy} of {feeds}",
              language=language_name(hearing.lang), healthy=len(hearing.healthy), feeds=hearing.feeds)  # fmt: skip


def _lost_words(hearing: Hearing, zone: ZoneInfo) -> str:
    language = language_name(hearing.lang)
    if hearing.last_item is None:
        return language
    return tr("{language}, last item {time}", language=language, time=short_time(hearing.last_item, zone))


def _measure(lang: str, statuses: Sequence[FeedStatus]) -> Hearing:
    deaf = [status for status in statuses if status.pulse is not None and status.pulse.told.is_deaf]
    return Hearing(
        lang=lang,
        healthy=tuple(status.feed for status in statuses if status not in deaf),
        silent=tuple(status.feed for status in deaf),
        last_item=max((status.state.last_new_item for status in statuses if status.state.last_new_item), default=None),
    )
