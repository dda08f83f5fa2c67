"""Makes files without the large libraries: a blank picture for every plot, and what it was asked for."""

import json
from collections.abc import Sequence

from bot.domain.exports import StixExport
from bot.domain.feeds import Feed
from bot.domain.plots import Plot
from bot.errors import FileError
from bot.sources.opml import write_opml
from tests.fakes.pictures import picture


class FakeFileMaker:
    """`plots` and `exports` are what was ordered. With `is_broken` nothing can be made."""

    def __init__(self) -> None:
        self.plots: list[Plot] = []
        self.exports: list[StixExport] = []
        self.is_broken = False

    async def draw(self, plot: Plot) -> bytes:
        """A blank picture."""
        self._check()
        self.plots.append(plot)
        return picture(540, 320)

    async def write_stix(self, export: StixExport) -> bytes:
        """The keys of the stories."""
        self._check()
        self.exports.append(export)
        return json.dumps([story.key for story in export.stories]).encode()

    def write_opml(self, feeds: Sequence[Feed]) -> bytes:
        """The real thing."""
        return write_opml(feeds).encode()

    def _check(self) -> None:
        if self.is_broken:
            raise FileError("The file could not be made.")
