"""/handover: what a shift hands over."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.triage import Acknowledgement
from tests import factories
from tests.unit.commands.desk import PRIVATE, Desk, button_of, text_of


async def ring(desk: Desk, key: str, title: str) -> str:
    item = factories.build_item(key, title=title, first_seen=desk.clock.now())
    alert_id, _ = await desk.ring(replace(factories.build_ringing_poll(key, PRIVATE), items=(item,)))
    return alert_id


async def test_a_shift_hands_over_what_is_new_open_and_in_hand(desk: Desk) -> None:
    await desk.watch("csto")
    opened = await ring(desk, "item-1", "CSTO troops deploy")
    taken = await ring(desk, "item-2", "CSTO ministers meet")
    await desk.store.record_acknowledgement(Acknowledgement(taken, "telegram:7", "Dana", desk.clock.now()))
    await desk.write("/mute ttp 8h")
    await desk.write("/mute drug-trafficking 7d")
    answer = await desk.write("/handover")
    said = text_of(answer)
    assert "2 new alerts: 2 high · 1 in nobody's hands" in said
    assert "No shift was marked here yet, so these are the last 12 hours." in said
    open_part, _, in_hand = said.partition("In hand (1)")
    assert f"CSTO troops deploy (https://asia-plus.example/news/item-1) · 24 Nov 07:00 · {opened}" in open_part
    assert "CSTO ministers meet" in in_hand
    assert "✅ Dana, 07:00" in in_hand
    assert "Mutes that run out within 12 hours (1)\n• Tehrik-i-Taliban Pakistan" in said


async def test_the_next_shift_begins_where_somebody_takes_over(desk: Desk) -> None:
    await desk.watch("csto")
    await ring(desk, "item-1", "CSTO troops deploy")
    await desk.clock.advance(60)
    answer = await desk.press(button_of(await desk.write("/handover"), "✅ I take over"))
    assert "took over at 24 Nov 07:01. The next handover begins there." in text_of(answer)
    await desk.clock.advance(60)
    said = text_of(await desk.write("/handover"))
    assert "0 new alerts · 1 in nobody's hands" in said
    assert "No shift was marked" not in said


async def test_what_nobody_took_in_hand_stays_open_for_a_week(desk: Desk) -> None:
    await desk.watch("csto")
    await ring(desk, "item-1", "CSTO troops deploy")
    await desk.write("/handover done")
    await desk.clock.advance(timedelta(days=6).total_seconds())
    assert "1 in nobody's hands" in text_of(await desk.write("/handover"))
    await desk.clock.advance(timedelta(days=2).total_seconds())
    await desk.write("/handover done")
    assert "0 in nobody's hands" in text_of(await desk.write("/handover"))


async def test_what_is_no_handover_is_answered_with_what_is(desk: Desk) -> None:
    assert "/handover done" in text_of(await desk.write("/handover please"))
