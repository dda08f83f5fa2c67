"""Reading a list out of a chat has a deadline of its own."""

import threading
from pathlib import Path

import pytest

from bot.domain.watchlists import WatchlistCatalog
from bot.errors import SettingsError
from bot.services import list_texts
from bot.sources.watchlist_texts import FolderTexts


async def test_a_text_that_takes_too_long_is_given_up_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    free = threading.Event()

    class SlowTexts(FolderTexts):
        def read(self, text: str, name: str) -> WatchlistCatalog:
            free.wait()
            return super().read(text, name)

    monkeypatch.setattr(list_texts, "_DEADLINE_SECONDS", 0.05)
    try:
        with pytest.raises(SettingsError, match="given up") as refusal:
            await list_texts.read_list(SlowTexts(Path("no-such-folder")), "id: a", "hostile")
        assert "shorter" in str(refusal.value.cure)
    finally:
        free.set()
