"""Which feeds a watchlist listens to."""

from bot.matching.records import Document
from bot.matching.watchlist import SourceFilter

_CANNOT_BE_JUDGED = "F"  # the Admiralty code's last letter


def accepts(sources: SourceFilter, document: Document) -> bool:
    """Whether a watchlist listens to the feed a document came from; a text without a feed is always heard."""
    if not document.source:
        return True
    if (sources.only and document.source not in sources.only) or document.source in sources.except_:
        return False
    return not sources.min_grade or (document.grade or _CANNOT_BE_JUDGED) <= sources.min_grade
