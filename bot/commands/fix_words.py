"""How a fix and the precision of a list are told. Pure."""

from bot.domain.fixes import LOOK_BACK, Fix, FixKind
from bot.domain.language import tr, trn
from bot.domain.messages import Block, Button, Gap, Line, Message, bold, isolate, line
from bot.domain.precision import Ledger, Precision
from bot.domain.wording import shorten
from bot.matching.watchlist import Watchlist

FIX = "fix"
_MOST_ROWS = 8
_NAME_LIMIT = 40


def build_proposal(fix: Fix, watchlist: Watchlist, name: str = "") -> Message:
    """`Exclude “MITRE” for TTP? Would have removed 4 of 4 bad and 0 of 9 useful alerts in 30 days.`"""
    asked = f"{question_words(fix, watchlist, name)} {cost_words(fix)}"
    buttons = (
        Button(tr("Apply"), FIX, str(fix.id), "apply", primary=True),
        Button(tr("Edit"), FIX, str(fix.id), "edit"),
        Button(tr("No"), FIX, str(fix.id), "no"),
    )
    return Message((line("🔧 ", asked),), asked, (buttons,))


def question_words(fix: Fix, watchlist: Watchlist, name: str = "") -> str:
    """What would be changed, as a question; `name` is that of the outlet or place it is about."""
    title, value = watchlist.title, isolate(fix.value)
    match fix.kind:
        case FixKind.EXCLUDE:
            return tr("Exclude “{word}” for {list}?", word=value, list=title)
        case FixKind.CONTEXT:
            return tr("Ring {list} only with “{word}” in the text?", list=title, word=value)
        case FixKind.PLACE:
            return tr("Ring {list} only where {place} is named?", list=title, place=name or fix.value)
        case FixKind.MENTIONS:
            return tr("Ring {list} only for headlines, and keep mentions for the digest?", list=title)
        case FixKind.PRIORITY:
            return tr("Lower {list} to {priority}?", list=title, priority=fix.value)
        case _:
            return tr("Leave {outlet} out of {list}?", outlet=name or fix.value, list=title)


def cost_words(fix: Fix) -> str:
    """What it would have done to the alerts that people rated."""
    cost = fix.cost
    figures = {"gone": cost.bad_gone, "bad": cost.bad, "lost": cost.useful_gone, "useful": cost.useful}
    if fix.kind in {FixKind.PRIORITY, FixKind.MENTIONS}:
        said = tr("Would have quietened {gone} of {bad} bad and {lost} of {useful} useful alerts", **figures)
    else:
        said = tr("Would have removed {gone} of {bad} bad and {lost} of {useful} useful alerts", **figures)
    days = trn("in {count} day.", "in {count} days.", LOOK_BACK.days)
    return f"{said} {days}"


def build_ledger_message(ledger: Ledger, watchlist: Watchlist) -> Message:
    """The precision of a list, and of its rules, terms and outlets."""
    blocks: list[Block] = [line(bold(tr("Precision of {list}", list=watchlist.title)), style="head")]
    blocks.append(line(headline_words(ledger.total)))
    parts = ((tr("Rules"), ledger.rules), (tr("Terms"), ledger.terms), (tr("Outlets"), ledger.outlets))
    for name, rows in parts:
        if rows:
            blocks += [Gap(), line(bold(name)), *(_row(one) for one in rows[:_MOST_ROWS])]
        if len(rows) > _MOST_ROWS:
            blocks.append(line(tr("and {count} more", count=len(rows) - _MOST_ROWS)))
    buttons = ((Button(tr("See suggested fix"), "precision", watchlist.id, FIX),),) if ledger.total.all.rated else ()
    return Message(tuple(blocks), f"{watchlist.title}: {headline_words(ledger.total)}.", buttons)


def headline_words(precision: Precision) -> str:
    """The number that counts, and from which verdicts it comes."""
    words = precision.headline.words
    return f"{words}, {tr('of those asked at random')}" if precision.headline is not precision.all else words


def _row(precision: Precision) -> Line:
    return line(f"• {isolate(shorten(precision.name, _NAME_LIMIT))}: {precision.all.words}")
