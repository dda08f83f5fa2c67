"""A desk for command tests: a real store, real watchlists, and a chat in which people write and press."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.commands.context import Services
from bot.commands.inbox import Inbox
from bot.commands.invocation import Via
from bot.domain.chats import Destination, InboundUpdate, Person
from bot.domain.deliveries import LEASE, OutgoingMessage, Receipt
from bot.domain.messages import Button, Message, plain_text
from bot.domain.polls import PollRecord
from bot.domain.watchlists import WatchlistCatalog
from bot.jobs.replaying import WorkerReplayer
from bot.matching.watchlist import Watchlist
from bot.ports.fetcher import Fetcher, Parser
from bot.ports.file_maker import FileMaker
from bot.ports.store import Store
from bot.ports.watchlist_texts import WatchlistTexts
from bot.services.catalog import Catalog
from bot.services.ownership import Ownership
from bot.sources.http import HttpFetcher
from bot.sources.parser import WorkerParser
from bot.sources.watchlist_texts import FolderTexts
from tests import factories
from tests.fakes.chat_app import FakeChatApp
from tests.fakes.clock import START, FakeClock
from tests.fakes.file_maker import FakeFileMaker
from tests.fakes.inbox import handle_pending

PRIVATE = factories.build_destination()
NILUFAR = factories.build_person()


class Desk:
    """People talk to the bot here; what it answers is taken from its outbox."""

    def __init__(
        self,
        store: Store,
        *watchlists: Watchlist,
        fetcher: Fetcher | None = None,
        parser: Parser | None = None,
        catalog: Catalog | None = None,
        texts: WatchlistTexts | None = None,
        files: FileMaker | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.store = store
        self.app = FakeChatApp(self.clock)
        self.services = Services(
            store,
            catalog or Catalog(WatchlistCatalog(watchlists)),
            fetcher or HttpFetcher(),
            parser or WorkerParser(),
            self.clock,
            "0.1.0",
            START - timedelta(hours=3),
            texts or FolderTexts(Path("no-such-folder")),
            WorkerReplayer(),
            Ownership(store, self.clock, None),
            files or FakeFileMaker(),
        )
        self.inbox = Inbox(self.services)

    def name_owner(self, owner: Destination) -> None:
        """The bot belongs to the person who is written to there."""
        self.services = replace(self.services, ownership=Ownership(self.store, self.clock, owner))
        self.inbox = Inbox(self.services)

    async def write(self, text: str, destination: Destination = PRIVATE, person: Person = NILUFAR) -> Message | None:
        """What the bot answers to a command; None for silence."""
        return await self.handle(self.app.write(text, destination, person))

    async def answer(
        self, text: str, message: str, destination: Destination = PRIVATE, person: Person = NILUFAR
    ) -> Message | None:
        """What the bot answers when a person answers one of its messages."""
        return await self.handle(self.app.write(text, destination, person, answering=message, via=Via.REPLY))

    async def press(
        self, button: Button, destination: Destination = PRIVATE, person: Person = NILUFAR, *, on: str = "600"
    ) -> Message | None:
        """What the bot answers to a button pressed `on` a message; its notice goes to `notices` of the app."""
        return await self.handle(
            self.app.press(button.action, button.subject, button.argument, destination, person, on=on)
        )

    async def handle(self, update: InboundUpdate) -> Message | None:
        """What the bot answers to an update."""
        await self.inbox.store_update(update)
        await handle_pending(self.inbox, self.app)
        messages = await self.take_messages()
        assert len(messages) <= 1
        return messages[0].message if messages else None

    async def take_messages(self) -> list[OutgoingMessage]:
        """Sends what waits in the outbox, cards left aside."""
        sent = []
        while claimed := await self.store.claim_deliveries(self.app.platform, self.clock.now(), 10, LEASE, frozenset()):
            for delivery in claimed:
                await self.store.record_sent(delivery.id, Receipt(f"m{delivery.id}"), self.clock.now())
                if delivery.message:
                    sent.append(OutgoingMessage("", delivery.destination, delivery.message, delivery.reply_to))
        return sent

    async def watch(self, *lists: str, destination: Destination = PRIVATE) -> None:
        """The chat watches these lists already."""
        await self.store.ensure_destination(destination)
        for one in lists:
            await self.store.subscribe(destination, one, NILUFAR.key, self.clock.now())

    async def ring(self, poll: PollRecord, destination: Destination = PRIVATE) -> tuple[str, str]:
        """Records a poll that rings and sends its cards; the alert's id, and the id of the card sent last."""
        await self.store.record_polls([poll], self.clock.now())
        message = ""
        while claimed := await self.store.claim_deliveries(self.app.platform, self.clock.now(), 10, LEASE, frozenset()):
            for delivery in claimed:
                message = f"card-{delivery.id}"
                await self.store.record_sent(delivery.id, Receipt(message), self.clock.now())
        newest = await self.store.list_alerts(destination.key, datetime.min.replace(tzinfo=START.tzinfo), 1)
        return newest[0].alert.id, message


def text_of(message: Message | None) -> str:
    """The words of an answer that has to be there."""
    assert message is not None, "the bot said nothing"
    return plain_text(message)


def button_of(message: Message | None, text: str) -> Button:
    """The button with this text."""
    assert message is not None, "the bot said nothing"
    return next(button for row in message.buttons for button in row if button.text == text)


def buttons_of(message: Message | None) -> list[str]:
    """The texts of all buttons."""
    return [button.text for row in message.buttons for button in row] if message else []
