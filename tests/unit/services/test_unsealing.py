"""Tokens that were stored with another key: found, told, and nothing is given up for it."""

import pytest

from bot.chat.slack.workspaces import InstalledWorkspaces
from bot.domain.chats import Platform
from bot.domain.deliveries import LEASE
from bot.domain.messages import plain_text
from bot.domain.workspaces import Workspace
from bot.errors import SendError, SendOutcome
from bot.ports.store import Store
from bot.services.unsealing import Openers, find_unreadable, tell_unreadable
from bot.sources.sealing import SecretSealer, Vault
from tests.factories import at, build_destination, build_feed
from tests.fakes.clock import START

OWNER = build_destination("4001")
BEFORE, AFTER = "the key it was before", "another key"


def openers(key: str) -> Openers:
    return Openers(Vault(key).open, SecretSealer(key).open_secret)


async def fill(store: Store) -> None:
    """A feed with a token, one without, and a workspace, stored with the key of before."""
    sealed = Vault(BEFORE).seal("https://news.example/rss?token=s3cret")
    await store.sync_feeds([build_feed("paid", url=sealed), build_feed("free")], START)
    token = SecretSealer(BEFORE).seal_secret("xoxb-1", "T0ONE")
    await store.record_workspace(
        Workspace("T0ONE", "One", "U0BOT", token, ("chat:write",), "slack:T0ONE/U0OWNER", START)
    )


async def test_what_another_key_does_not_open_is_told_once_a_day_with_its_cure(store: Store) -> None:
    await fill(store)
    for key in (AFTER, ""):
        found = await find_unreadable(store, openers(key))
        assert (found.feeds, found.workspaces) == (("paid",), ("T0ONE",))
        await tell_unreadable(store, openers(key), OWNER, START)
    (notice,) = await store.claim_deliveries(Platform.TELEGRAM, at(1), 5, LEASE, frozenset())
    assert notice.message is not None
    assert "TOCSIN_SECRET_KEY" in plain_text(notice.message)
    assert "1 of feeds, 1 of Slack" in plain_text(notice.message)


async def test_with_the_right_key_nothing_is_told(store: Store) -> None:
    await fill(store)
    await tell_unreadable(store, openers(BEFORE), OWNER, START)
    assert (await store.count_totals()).deliveries == 0


async def test_messages_to_a_workspace_whose_token_does_not_open_wait_for_the_key(store: Store) -> None:
    await fill(store)
    with pytest.raises(SendError) as failure:
        await InstalledWorkspaces(store, SecretSealer(AFTER), lambda _: pytest.fail("no token")).client_for("T0ONE")
    assert failure.value.outcome is SendOutcome.RATE_LIMITED
    assert failure.value.retry_after is not None
    assert "another TOCSIN_SECRET_KEY" in str(failure.value)
