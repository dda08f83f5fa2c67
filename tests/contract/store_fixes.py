"""What every store promises about fixes that were proposed."""

from dataclasses import replace

import pytest

from bot.domain.fixes import Cost, Fix, FixKind, FixState
from bot.errors import NotFound
from bot.ports.store import Store
from tests.factories import at, build_destination

DESK = build_destination()
FIX = Fix(DESK.key, "ttp", FixKind.EXCLUDE, "MITRE", Cost(4, 4, 0, 9), at(1))


class FixContract:
    """Fixes and what became of them."""

    async def test_a_fix_is_kept_for_its_chat(self, store: Store) -> None:
        await store.ensure_destination(DESK)
        kept = await store.record_fix(FIX)
        assert replace(kept, id=0) == FIX
        assert await store.get_fix(kept.id, DESK.key) == kept
        assert await store.list_fixes(DESK.key) == [kept]
        assert await store.list_fixes(DESK.key, "csto") == []
        with pytest.raises(NotFound):
            await store.get_fix(kept.id, "telegram:2002")
        with pytest.raises(NotFound):
            await store.get_fix(kept.id + 1, DESK.key)

    async def test_an_open_fix_is_renewed_and_a_settled_one_is_not(self, store: Store) -> None:
        await store.ensure_destination(DESK)
        first = await store.record_fix(FIX)
        renewed = await store.record_fix(replace(FIX, cost=Cost(5, 5, 0, 9), at=at(2)))
        assert renewed.id == first.id
        assert await store.list_fixes(DESK.key, "ttp") == [renewed]
        await store.settle_fix(first.id, FixState.APPLIED, 3, at(3))
        settled = await store.get_fix(first.id, DESK.key)
        assert (settled.state, settled.version, settled.settled_at) == (FixState.APPLIED, 3, at(3))
        assert (await store.record_fix(FIX)).id != first.id

    async def test_fixes_of_different_words_stand_side_by_side(self, store: Store) -> None:
        await store.ensure_destination(DESK)
        await store.record_fix(FIX)
        await store.record_fix(replace(FIX, value="SIEM"))
        await store.record_fix(replace(FIX, kind=FixKind.PRIORITY, value="medium"))
        assert [one.value for one in await store.list_fixes(DESK.key)] == ["MITRE", "SIEM", "medium"]
