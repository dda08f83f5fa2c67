"""Neutral messages as Slack shows them: Block Kit, and a plain sentence for notifications. Pure.

Every payload keeps Slack's limits whatever the message says: 50 blocks, 3,000 characters in a text object, 10 elements
in a context (slack_sdk.models.blocks), about 13,000 characters altogether (`msg_blocks_too_long`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from bot.chat.slack.buttons import build_action_blocks, build_overflow
from bot.chat.slack.mrkdwn import can_be_mrkdwn, clean, date_element, escape, is_date, safe_url, to_mrkdwn
from bot.chat.slack.places import slack_id
from bot.domain.deliveries import Form
from bot.domain.messages import NO_FILE, Block, Gap, Line, Message, Moment, Quote, Span, Text, plain_text
from bot.domain.wording import shorten

BLOCKS_LIMIT = 50
SECTION_LIMIT = 3000
CONTEXT_ELEMENTS_LIMIT = 10
# chat.update takes no more in `text`; chat.postMessage advises it.
TEXT_LIMIT = 4000

_CHARACTERS_LIMIT = 11_000
_RUN_LIMIT = 3000
_RUNS_LIMIT = 400

JSON = dict[str, Any]
# docs.slack.dev/messaging/formatting-message-text#special-mentions. Words of feeds are escaped and can never be it.
_HERE = "<!here>"
_CALL: JSON = {"type": "context", "elements": [{"type": "mrkdwn", "text": _HERE, "verbatim": True}]}


@dataclass(frozen=True, slots=True)
class Payload:
    """What is sent: `text` for notifications (and alone where there are no blocks), already escaped."""

    text: str
    blocks: tuple[JSON, ...] = ()


def render(message: Message, form: Form) -> Payload:
    """The message in Block Kit; PLAIN gives up styles and links, MINIMAL gives up blocks and buttons."""
    if form is Form.MINIMAL:
        return Payload(_minimal_text(message))
    # Below the card: nothing may precede its priority and its list.
    end = [*([_CALL] if message.here else []), *build_action_blocks(message.buttons)]
    blocks = _fitted(message.blocks, _CHARACTERS_LIMIT)
    body = _plain_sections(blocks) if form is Form.PLAIN else _rich_body(blocks, BLOCKS_LIMIT - len(end))
    return Payload(_notification(message), (*_with_menu(body, message), *end))


def _with_menu(body: Sequence[JSON], message: Message) -> list[JSON]:
    """The menu of a message stands beside its first section, which is a card's headline."""
    menu = build_overflow(message.menu)
    place = next((place for place, block in enumerate(body) if block["type"] == "section"), None)
    if menu is None or place is None:
        return list(body)
    return [*body[:place], {**body[place], "accessory": menu}, *body[place + 1 :]]


def _notification(message: Message) -> str:
    return _escaped(_sentence(message), TEXT_LIMIT)


def _sentence(message: Message) -> str:
    return next(filter(None, (clean(text).strip() for text in (message.summary, plain_text(message)))), "…")


def _minimal_text(message: Message) -> str:
    """The summary and the address of the headline."""
    spans = (span for block in message.blocks if isinstance(block, Line) for span in block.spans)
    url = next((safe_url(span.url) for span in spans if isinstance(span, Text) and safe_url(span.url)), "")
    link = f"\n<{url.replace('&', '&amp;')}>" if url else ""
    if len(link) > TEXT_LIMIT // 2:
        link = ""
    missing = f"\n{escape(NO_FILE.format(name=message.attachment.name))}" if message.attachment else ""
    call = f"\n{_HERE}" if message.here else ""
    return _escaped(_sentence(message), TEXT_LIMIT - len(link) - len(missing) - len(call)) + link + missing + call


def _escaped(words: str, limit: int) -> str:
    """`words` escaped and at most `limit` long; an escape makes up to five characters of one."""
    while (excess := len(escape(words)) - limit) > 0:
        words = shorten(words, len(words) - max(1, excess // 5))
    return escape(words)


def _fitted(blocks: Iterable[Block], budget: int) -> tuple[Block, ...]:
    """The blocks without tags, cut with an ellipsis where they exceed `budget` characters."""
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, Gap):
            kept.append(block)
        elif not isinstance(block, Line) or block.style != "tags":
            size = sum(len(span.text) for span in block.spans)
            if size > budget:
                return (*kept, replace(block, spans=_cut(block.spans, budget)))
            budget -= size
            kept.append(block)
    return tuple(kept)


def _cut(spans: Sequence[Span], budget: int) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in spans:
        if len(span.text) > budget:
            kept.append(replace(span, text=span.text[:budget]) if isinstance(span, Text) else Text(""))
            break
        budget -= len(span.text)
        kept.append(span)
    return (*kept, Text("…"))


def _plain_sections(blocks: Sequence[Block]) -> list[JSON]:
    """The message as bare text in as few sections as hold it, at most five."""
    text = clean(plain_text(Message(tuple(blocks), ""))).strip()
    pieces = [text[start : start + SECTION_LIMIT] for start in range(0, len(text), SECTION_LIMIT)]
    return [{"type": "section", "text": _plain_object(piece), "expand": True} for piece in pieces[:5] if piece.strip()]


def _rich_body(blocks: Sequence[Block], limit: int) -> list[JSON]:
    body = [built for kind, group in _grouped(blocks) for built in _build(kind, group)]
    return body if len(body) <= limit else _rich_text(blocks)


def _grouped(blocks: Iterable[Block]) -> list[tuple[str, list[Block]]]:
    """Neighbours that share a Slack block. Gaps stay only inside rich text: other blocks keep their own distance."""
    groups: list[tuple[str, list[Block]]] = []
    gap: list[Block] = []
    for block in blocks:
        kind = _kind(block)
        if not kind:
            gap = [block]
            continue
        if groups and groups[-1][0] == kind and (kind == "rich" or not gap):
            groups[-1][1].extend([*gap, block])
        else:
            groups.append((kind, [block]))
        gap = []
    return groups


def _kind(block: Block) -> str:
    """Which sort of Slack block shows it; empty for a gap."""
    if isinstance(block, Gap):
        return ""
    if isinstance(block, Quote) or block.style in {"normal", "tags"} or not _is_small_text(block):
        return "rich"
    return block.style


def _is_small_text(line: Line) -> bool:
    """Whether a text object can show the line; rich text shows what it cannot."""
    if not clean("".join(span.text for span in line.spans)).strip():
        return False
    if _is_unstyled(line):
        return len(_words(line)) <= SECTION_LIMIT
    return can_be_mrkdwn(line.spans) and len(to_mrkdwn(line.spans)) <= SECTION_LIMIT


def _is_unstyled(line: Line) -> bool:
    is_bare = all(isinstance(span, Text) and not (span.bold or span.code or span.url) for span in line.spans)
    return is_bare and line.style != "title"


def _words(line: Line) -> str:
    return clean("".join(span.text for span in line.spans))


def _build(kind: str, group: list[Block]) -> list[JSON]:
    if kind == "rich":
        return _rich_text(group)
    lines = [block for block in group if isinstance(block, Line)]
    if kind == "title":
        return [{"type": "section", "text": _mrkdwn_object(to_mrkdwn(line.spans))} for line in lines]
    return _context_blocks(lines)


def _context_blocks(lines: Sequence[Line]) -> list[JSON]:
    """Small print. Neighbouring lines share a text object; objects flow side by side."""
    objects: list[JSON] = []
    for is_unstyled, run in groupby(lines, key=_is_unstyled):
        build, say = (_plain_object, _words) if is_unstyled else (_mrkdwn_object, lambda line: to_mrkdwn(line.spans))
        objects += [build(text) for text in _joined([say(line) for line in run])]
    return [
        {"type": "context", "elements": objects[start : start + CONTEXT_ELEMENTS_LIMIT]}
        for start in range(0, len(objects), CONTEXT_ELEMENTS_LIMIT)
    ]


def _joined(texts: Sequence[str]) -> list[str]:
    joined = [texts[0]]
    for text in texts[1:]:
        if len(joined[-1]) + 1 + len(text) <= SECTION_LIMIT:
            joined[-1] += f"\n{text}"
        else:
            joined.append(text)
    return joined


def _plain_object(text: str) -> JSON:
    return {"type": "plain_text", "text": text, "emoji": False}


def _mrkdwn_object(text: str) -> JSON:
    """`verbatim` keeps Slack from making links of addresses and names that stand in the text."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _rich_text(blocks: Iterable[Block]) -> list[JSON]:
    """One block of rich text, in which nothing needs escaping; none where there are no words."""
    parts: list[JSON] = []
    runs: list[JSON] = []
    for block in blocks:
        if isinstance(block, Quote):
            parts += _rich_parts("rich_text_section", runs)
            kind = "rich_text_preformatted" if block.code else "rich_text_quote"
            parts += _rich_parts(kind, _rich_runs(block.spans))
            runs = []
        elif runs:
            runs += [_run("\n"), *(_rich_runs(block.spans) if isinstance(block, Line) else ())]
        elif isinstance(block, Line):
            runs = _rich_runs(block.spans)
    parts += _rich_parts("rich_text_section", runs)
    return [{"type": "rich_text", "elements": parts}] if parts else []


def _rich_parts(kind: str, runs: list[JSON]) -> list[JSON]:
    while runs and runs[-1] == _run("\n"):
        runs = runs[:-1]
    return [{"type": kind, "elements": runs[start : start + _RUNS_LIMIT]} for start in range(0, len(runs), _RUNS_LIMIT)]


def _rich_runs(spans: Iterable[Span]) -> list[JSON]:
    return [run for span in spans for run in _span_runs(span)]


def _span_runs(span: Span) -> list[JSON]:
    words = clean(span.text)
    if isinstance(span, Moment):
        return [date_element(span)] if is_date(span) else [_run(words)] if words else []
    if span.mention:
        return [{"type": "user", "user_id": slack_id(span.mention)}]
    style = {name: True for name, on in (("bold", span.bold), ("code", span.code)) if on}
    styled = {"style": style} if style else {}
    url = safe_url(span.url)
    pieces = [words[start : start + _RUN_LIMIT] for start in range(0, len(words), _RUN_LIMIT)]
    if url:
        return [{"type": "link", "url": url, "text": piece, **styled} for piece in pieces]
    return [_run(piece) | styled for piece in pieces]


def _run(text: str) -> JSON:
    return {"type": "text", "text": text}
