"""What the demo says before, between and after the cards, as neutral messages for the console. Pure."""

from collections.abc import Sequence

from bot.demo.silence import Kind, Silence, SilentItem
from bot.domain.feeds import Feed
from bot.domain.messages import Block, Gap, Line, Message, Text, bold, isolate, line
from bot.domain.wording import count_words, language_name
from bot.matching.watchlist import Status, Watchlist

_CHAPTERS = {
    Kind.RULED_OUT: "A list's words occur, and one of its exclusions does too",
    Kind.INCOMPLETE: "Some words occur, but no rule is complete",
    Kind.MENTIONED: "Only mentioned, after the first 40 words",
    Kind.NOT_SENT: "A rule fired, and the item was still not worth a card",
}


def build_welcome(feeds: Sequence[Feed], watchlists: Sequence[Watchlist]) -> Message:
    """What is about to happen."""
    live = [watchlist for watchlist in watchlists if watchlist.status is Status.STABLE]
    languages = dict.fromkeys(language_name(feed.lang) for feed in feeds)
    return _message(
        line(
            bold("Tocsin demo"), ": sample news on this machine, read and sorted the way real feeds are.", style="head"
        ),
        Gap(),
        line(
            f"{count_words(len(feeds), 'sample outlet')} in {count_words(len(languages), 'language')} "
            f"({', '.join(languages)}) answer on 127.0.0.1; nothing leaves this machine."
        ),
        line(
            f"{count_words(len(live), 'shipped watchlist')} watch for you. Outlets and news are invented; their names "
            "begin with “Sample”."
        ),
        line("Everything is kept in a temporary folder that is deleted when you leave."),
    )


def build_baseline_note(items: int, feeds: int) -> Message:
    """After the first reading, which alerts nothing."""
    return _message(
        line(bold("First reading: "), f"{count_words(items, 'item')} from {count_words(feeds, 'feed')}, no alert."),
        line("What a feed already holds when it is read for the first time is remembered, not sent.", style="context"),
        Gap(),
        line("Now the outlets publish, and the feeds are read again."),
    )


def build_cards_note(items: int, seconds: float) -> Message:
    """Before the cards of the second reading."""
    return _message(
        line(bold("Second reading: "), f"{count_words(items, 'new item')} in {seconds:.1f} s. What rings:"),
    )


def build_updates_note(items: int) -> Message:
    """Before the updates of the third reading."""
    return _message(
        line(bold("Third reading: "), f"{count_words(items, 'new item')}. A story goes on, under the card it has:"),
    )


def build_silence(silence: Silence) -> Message:
    """What did not ring and why, by kind of reason."""
    blocks: list[Block] = [line(bold("What stayed silent, and why"), style="head")]
    for kind, chapter in _CHAPTERS.items():
        told = [item for item in silence.items if item.kind is kind]
        if told:
            blocks += [Gap(), line(bold(chapter))]
        for item in told:
            blocks += [_title_line(item), line(f"  {item.reason}", style="context")]
    if silence.others:
        blocks += [Gap(), line(f"{count_words(silence.others, 'more item')} held nothing that any list is about.")]
    return _message(*blocks)


def build_prompt_help(alert_id: str) -> Message:
    """What can be typed now; `alert_id` is one of the cards above, empty if there is none."""
    rows = [
        (f"why {alert_id}", "why that card was sent: rule, words, exclusions checked, priority"),
        (f"full {alert_id}", "the text the feed carried, matched words bold"),
        (f"+ {alert_id}", f"useful; - {alert_id}: not relevant"),
    ]
    everywhere = [
        ("recent", "the last alerts"),
        ("search border", "the archive"),
        ("watchlists", "what is watched; unwatch csto stops one"),
        ("feeds", "the outlets and how they are"),
        ("help", "all commands"),
        ("quit", "leave"),
    ]
    told = (rows if alert_id else []) + everywhere
    width = max(len(command) for command, _ in told)
    return _message(
        line(bold("Your turn."), " This is the same chat that Telegram and Slack get. Type for example"),
        *(line("  ", Text(command.ljust(width), code=True), f"  {meaning}") for command, meaning in told),
    )


def _title_line(item: SilentItem) -> Line:
    return line(f"• {isolate(item.title)} ", Text(f"({item.outlet}, {item.lang})"))


def _message(*blocks: Block) -> Message:
    """A message whose summary is its first line."""
    first = next(block for block in blocks if isinstance(block, Line))
    return Message(blocks, "".join(span.text for span in first.spans))
