"""What commands work with: the store, the watchlists, the network, and a few facts about this process."""

from dataclasses import dataclass
from datetime import datetime

from bot.ports.clock import Clock
from bot.ports.fetcher import Fetcher, Parser
from bot.ports.file_maker import FileMaker
from bot.ports.replayer import Replayer
from bot.ports.store import Store
from bot.ports.watchlist_texts import WatchlistTexts
from bot.services.catalog import Catalog
from bot.services.fixing import Fixer
from bot.services.list_editing import ListEditor
from bot.services.ownership import Ownership


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a command may use; made once when the program starts."""

    store: Store
    catalog: Catalog
    fetcher: Fetcher
    parser: Parser
    clock: Clock
    version: str
    started_at: datetime
    texts: WatchlistTexts
    replayer: Replayer
    ownership: Ownership
    files: FileMaker
    polls_per_hour: int | None = None

    @property
    def editor(self) -> ListEditor:
        """Tests and changes watchlists."""
        return ListEditor(self.store, self.catalog, self.texts, self.replayer)

    @property
    def fixer(self) -> Fixer:
        """Turns what people said of alerts into changes of watchlists."""
        return Fixer(self.store, self.catalog, self.texts, self.editor)
