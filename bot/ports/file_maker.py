"""Making pictures and files in other programs' formats, as commands and services see it."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.exports import StixExport
from bot.domain.feeds import Feed
from bot.domain.plots import Plot


class FileMaker(Protocol):
    """Makes files. Every method raises FileError where a file cannot be made."""

    async def draw(self, plot: Plot) -> bytes:
        """A PNG, readable on a phone in dark and light surroundings and without telling colours apart."""
        ...

    async def write_stix(self, export: StixExport) -> bytes:
        """A STIX 2.1 bundle as JSON in UTF-8; the same export always gives the same ids."""
        ...

    def write_opml(self, feeds: Sequence[Feed]) -> bytes:
        """Feeds as OPML 2.0 in UTF-8."""
        ...
