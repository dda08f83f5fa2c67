"""What a chat decides for itself: its clock, its quiet hours, when its digest comes. What routes.yaml sets stays."""

from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Protocol, cast
from zoneinfo import ZoneInfo, available_timezones

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chat_settings import ChatSettings, Switch
from bot.domain.chats import Destination, Person
from bot.domain.digest_times import DigestTime
from bot.domain.language import ENGLISH, default_language, find_language, speaking, tr
from bot.domain.quiet import QuietHours
from bot.domain.routes import RouteTarget
from bot.domain.weekdays import days_words
from bot.errors import Conflict, NotFound
from bot.ports.attention_store import AttentionReader, AttentionStore
from bot.ports.chat_store import SubscriptionStore
from bot.services.catalog import Catalog
from bot.services.subscribing import place_words

# Cities whose clock is filed under another name: https://www.iana.org/time-zones
_CITIES = {"islamabad": "Asia/Karachi", "astana": "Asia/Almaty", "beijing": "Asia/Shanghai", "delhi": "Asia/Kolkata"}
_MOST_NAMED = 5


class SettingsStore(AttentionStore, SubscriptionStore, Protocol):
    """The part of the store that settings need."""


async def get_settings(store: AttentionReader, destination: Destination) -> ChatSettings:
    """What a chat decided; the defaults where it decided nothing."""
    attention = await store.list_attention(destination.key)
    return attention[destination.key].settings if destination.key in attention else ChatSettings()


async def set_quiet(
    store: SettingsStore,
    catalog: Catalog,
    destination: Destination,
    quiet: QuietHours | None,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Gives a chat quiet hours, or none. Raises Conflict where routes.yaml sets them."""
    target = find_target(catalog, destination)
    if target and target.quiet:
        raise Conflict(
            tr("Quiet hours here are set by {file}.", file=place_words(target.place)), tr("Change it there.")
        )
    detail = f"{quiet} {_day_words(quiet.days)}, rings: {quiet.override.value}" if quiet else "off"
    await _change(store, destination, _entry("quiet hours", detail, destination, by, now), quiet=quiet)


async def set_digest(
    store: SettingsStore,
    catalog: Catalog,
    destination: Destination,
    digest: DigestTime | None,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Says when a chat's digest comes, or that none does. Raises Conflict where routes.yaml says it."""
    target = find_target(catalog, destination)
    if target and target.digest:
        said = tr("The digest's time here is set by {file}.", file=place_words(target.place))
        raise Conflict(said, tr("Change it there."))
    known = (await get_settings(store, destination)).digest
    if digest and known and (digest.at, digest.days) == (known.at, known.days):
        return  # nothing but the moment of the choice would change
    entry = _entry("digest", _time_words(digest), destination, by, now)
    await _change(store, destination, entry, digest=digest)


async def set_weekly(
    store: SettingsStore, destination: Destination, weekly: DigestTime | None, *, by: Person, now: datetime
) -> None:
    """Says when a chat's weekly trend comes, or that none does."""
    entry = _entry("weekly trend", _time_words(weekly), destination, by, now)
    await _change(store, destination, entry, weekly=weekly)


async def set_timezone(
    store: SettingsStore, catalog: Catalog, destination: Destination, zone: ZoneInfo, *, by: Person, now: datetime
) -> None:
    """Gives a chat another clock. Raises Conflict for a destination of routes.yaml."""
    target = find_target(catalog, destination)
    if target:
        raise Conflict(
            tr("The time zone here is set by {file}.", file=place_words(target.place)), tr("Change it there.")
        )
    if zone.key != destination.timezone:
        await store.record_timezone(destination, zone.key, _entry("time zone", zone.key, destination, by, now))


async def set_language(
    store: SettingsStore, destination: Destination, language: str, *, by: Person, now: datetime
) -> None:
    """Lets a chat be spoken to in a language, given by its code."""
    await _change(store, destination, _entry("language", language, destination, by, now), language=language)


async def set_switch(
    store: SettingsStore, destination: Destination, switch: Switch, *, on: bool, by: Person, now: datetime
) -> None:
    """Turns a switch of a chat on or off."""
    entry = _entry(switch.value.replace("_", " "), "on" if on else "off", destination, by, now)
    await _change(store, destination, entry, **{switch.value: on})


async def _change(store: SettingsStore, destination: Destination, entry: AuditEntry, **fields: object) -> None:
    """Keeps changed settings. What is so already is no change, for instance when a request is handled again."""
    known = await get_settings(store, destination)
    changed = replace(known, **cast("dict[str, Any]", fields))
    if changed != known:
        await store.record_settings(destination, changed, entry)


async def find_chat_language(store: AttentionReader, destination_key: str) -> str:
    """The code of the language that a chat chose; empty where it chose none."""
    attention = await store.list_attention(destination_key)
    return attention[destination_key].settings.language if destination_key in attention else ""


async def settle_language(
    store: SettingsStore, destination: Destination, told: str, *, by: Person, now: datetime
) -> str:
    """The language of a private chat that chose none yet: what its platform has `told` of the person, from now on."""
    language = find_language(told)
    if language in ("", default_language()):
        return ""
    await set_language(store, destination, language, by=by, now=now)
    return language


def find_target(catalog: Catalog, destination: Destination) -> RouteTarget | None:
    """What routes.yaml says of a destination."""
    return next((one for one in catalog.routes.targets if one.destination.key == destination.key), None)


def find_zone(text: str) -> ZoneInfo:
    """The time zone that a person names: by its IANA name, or by a city that has one. Raises NotFound."""
    wanted = text.strip().casefold().replace(" ", "_")
    names = {name.casefold(): name for name in available_timezones()}
    found = names.get(wanted) or _CITIES.get(wanted)
    # An area and a city, not aliases such as Etc/GMT or posix/…
    cities = sorted(name for name in names.values() if wanted and name.casefold().rpartition("/")[2] == wanted)
    if found is None and len(cities) == 1:
        found = cities[0]
    if found is None and cities:
        raise NotFound(
            tr("{count} places match: {names}.", count=len(cities), names=", ".join(cities[:_MOST_NAMED])),
            tr("Write one of them."),
        )
    if found is None:
        known = {name.rpartition("/")[2].casefold(): name for name in names.values()}
        near = [known[one] for one in get_close_matches(wanted[:40], list(known), n=3, cutoff=0.75)]
        close = (
            tr("Close: {names}.", names=", ".join(near)) if near else tr("Write a city or a name like Asia/Dushanbe.")
        )
        raise NotFound(tr("I know no time zone “{name}”.", name=text.strip()[:40]), close)
    return ZoneInfo(found)


def _time_words(time: DigestTime | None) -> str:
    return f"{time.at:%H:%M} {_day_words(time.days)}" if time else "off"


def _day_words(days: frozenset[int]) -> str:
    with speaking(ENGLISH):  # chats of every language read what is recorded
        return days_words(days)


def _entry(subject: str, detail: str, destination: Destination, by: Person, now: datetime) -> AuditEntry:
    return AuditEntry(
        now, by.key, Action.CHANGED, Subject.SETTING, subject, destination.key, name=by.name, detail=detail
    )
