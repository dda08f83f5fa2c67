"""What the matcher sees of an item: its text with the attributes of the feed that rules may filter on."""

from bot.domain.feeds import Feed
from bot.domain.items import Item
from bot.matching.records import Document
from bot.matching.tokens import folded_words


def document_for(item: Item, feed: Feed) -> Document:
    """The document to match for an item of a feed."""
    return Document(
        id=item.key,
        title=item.title,
        summary=item.summary,
        content=item.content,
        link=item.link,
        source=feed.id,
        lang=item.lang,
        published=item.published,
        owner=feed.owner,
        country=feed.country,
        grade=feed.grade,
        tags=item.tags,
        boilerplate=feed.boilerplate,
    )


def archive_words(item: Item) -> str:
    """An item's whole text as folded words with single spaces, for full-text search."""
    return " ".join(word for text in (item.title, item.summary, item.content) for word in folded_words(text))
