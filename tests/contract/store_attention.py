"""What every store promises about settings, mutes and digests of chats."""

from dataclasses import replace
from datetime import date, time, timedelta

from bot.domain.audit import Action, AuditEntry, Subject
from bot.domain.chat_settings import Attention, ChatSettings
from bot.domain.deliveries import Receipt
from bot.domain.digest_contents import DigestContents
from bot.domain.digest_times import DigestTime
from bot.domain.messages import plain_message
from bot.domain.mutes import MUTED, Mute, MuteKind
from bot.domain.policy import BELOW_CLEARANCE, DIGEST_ONLY, LATE_FIND, TOO_OLD
from bot.domain.quiet import Override, QuietHours
from bot.ports.store import Store
from tests.contract.outbox import claim
from tests.contract.reopening import Reopen
from tests.factories import at, build_destination, build_feed, build_outgoing, build_planned_card, build_ringing_poll

DESK, OTHER = build_destination("1"), build_destination("2")
DAY = date(2026, 11, 24)
ENTRY = AuditEntry(at(0), "telegram:42", Action.CHANGED, Subject.SETTING, "quiet hours", DESK.key)
MUTE = Mute(DESK.key, MuteKind.LIST, "csto", "CSTO", at(0), at(60), by="telegram:42", name="Dana")


async def _ring(store: Store, key: str, minutes: float = 0, *, suppressed: str = "", outcome: str = "alert") -> None:
    """Records a story with its card for the desk; without a card if the outcome is no alert."""
    poll = build_ringing_poll(key, DESK)
    if outcome != "alert":
        poll = replace(poll, alerts=(), cards=(), matches=(replace(poll.matches[0], outcome=outcome),))
    else:
        poll = replace(poll, cards=(build_planned_card(story_key=key, destination=DESK, suppressed=suppressed),))
    await store.record_polls([poll], at(minutes))


async def _read(store: Store, minutes: float) -> DigestContents:
    mark = (await store.list_digest_marks())[DESK.key]
    return await store.read_digest(DESK.key, mark, {"csto"}, at(minutes))


async def _send(store: Store, contents: DigestContents, day: date = DAY) -> bool:
    outgoing = build_outgoing(f"digest:{day}:1", destination=DESK, message=plain_message("digest"))
    return await store.record_digest(DESK, day, contents, [outgoing])


class AttentionContract:
    """Settings, mutes, digests."""

    async def test_settings_outlive_a_restart_and_are_audited(self, store: Store, reopen: Reopen) -> None:
        quiet = QuietHours(time(22), time(6, 30), Override.NONE, frozenset({0, 4}))
        settings = ChatSettings(quiet, DigestTime(time(8), frozenset({1}), at(0)))
        await store.record_settings(DESK, settings, ENTRY)
        store = await reopen()
        assert await store.list_attention() == {DESK.key: Attention(settings)}
        assert await store.list_attention(OTHER.key) == {}
        (entry,) = await store.list_audit(10, DESK.key)
        assert (entry.subject, entry.subject_id) == (Subject.SETTING, "quiet hours")

    async def test_a_switched_off_digest_stays_off(self, store: Store) -> None:
        await store.record_settings(DESK, ChatSettings(digest=None), ENTRY)
        assert (await store.list_attention(DESK.key))[DESK.key].settings.digest is None

    async def test_a_time_zone_stays_with_the_chat(self, store: Store) -> None:
        await store.record_timezone(DESK, "Asia/Dushanbe", ENTRY)
        assert (await store.ensure_destination(DESK)).timezone == "Asia/Dushanbe"

    async def test_a_mute_replaces_one_of_the_same_and_leaves_its_trace(self, store: Store, reopen: Reopen) -> None:
        entry = replace(ENTRY, action=Action.MUTED, subject=Subject.MUTE, subject_id="CSTO")
        first = await store.record_mute(MUTE, DESK, entry)
        longer = await store.record_mute(replace(MUTE, until=None, critical=True), DESK, entry)
        assert longer.id > first.id
        store = await reopen()
        assert (await store.list_attention(DESK.key))[DESK.key].mutes == (longer,)
        assert [one.action for one in await store.list_audit(10)] == [Action.MUTED, Action.MUTED]

    async def test_mutes_are_taken_back_by_their_own_chat_only(self, store: Store) -> None:
        mute = await store.record_mute(MUTE, DESK, None)
        assert await store.end_mutes(OTHER.key, [mute.id], [ENTRY]) == 0
        assert await store.end_mutes(DESK.key, [mute.id], [ENTRY]) == 1
        assert await store.list_attention(DESK.key) == {}
        assert len(await store.list_audit(10)) == 1

    async def test_mutes_that_ran_out_are_let_go(self, store: Store) -> None:
        await store.record_mute(MUTE, DESK, None)
        later = await store.record_mute(replace(MUTE, value="ttp", at=at(60), until=None), DESK, None)
        assert (await store.list_attention(DESK.key))[DESK.key].mutes == (later,)

    async def test_a_digest_holds_what_was_sent_and_what_only_waited_for_it(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.begin_digests([DESK], at(0))
        await store.begin_digests([DESK], at(30))
        await _ring(store, "sent")
        await _ring(store, "low", suppressed=DIGEST_ONLY)
        await _ring(store, "muted", suppressed=f"{MUTED}CSTO")
        await _ring(store, "poor", suppressed=BELOW_CLEARANCE)
        await _ring(store, "late", outcome=LATE_FIND)
        await _ring(store, "stale", outcome=TOO_OLD)
        contents = await _read(store, 60)
        assert [view.story.key for view in contents.alerts] == ["sent", "low"]
        assert [report.item.key for report in contents.late] == ["late"]
        assert (contents.muted, contents.below_clearance, contents.stale) == (1, 1, 1)
        assert (contents.since, contents.items_read) == (at(0), 6)

    async def test_nothing_is_told_in_two_digests_and_nothing_in_none(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.begin_digests([DESK], at(0))
        await _ring(store, "first")
        await _ring(store, "muted", suppressed=f"{MUTED}CSTO")
        assert await _send(store, await _read(store, 60))
        # Decided before the digest, written after it.
        await _ring(store, "second", 59)
        await _ring(store, "late", 59, outcome=LATE_FIND)
        contents = await _read(store, 120)
        assert [view.story.key for view in contents.alerts] == ["second"]
        assert [report.item.key for report in contents.late] == ["late"]
        assert (contents.muted, contents.since) == (0, at(60))

    async def test_a_day_has_one_digest_whatever_happens(self, store: Store, reopen: Reopen) -> None:
        await store.begin_digests([DESK], at(0))
        contents = await _read(store, 60)
        assert await _send(store, contents)
        store = await reopen()
        assert not await _send(store, contents)
        assert not await _send(store, contents, DAY - timedelta(days=1))
        assert len(await claim(store, at(60))) == 1

    async def test_a_digest_is_found_by_its_message(self, store: Store) -> None:
        await store.sync_feeds([build_feed()], at(0))
        await store.begin_digests([DESK], at(0))
        assert await store.list_digest_alerts(DESK.key, "") == []
        await _ring(store, "low", suppressed=DIGEST_ONLY)
        contents = await _read(store, 60)
        await _send(store, contents)
        (digest,) = await claim(store, at(60))
        await store.record_sent(digest.id, Receipt("77"), at(60))
        ids = [contents.alerts[0].alert.id]
        assert await store.list_digest_alerts(DESK.key, "77") == ids
        assert await store.list_digest_alerts(DESK.key, "") == ids
        assert await store.list_digest_alerts(DESK.key, "78") == []
        assert await store.list_digest_alerts(OTHER.key, "77") == []
