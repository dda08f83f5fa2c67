"""What a payload says, as rows of styled words: Telegram's HTML and Slack's blocks come out alike."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any, Literal

Kind = Literal["text", "small", "quote", "buttons", "gap"]
# https://api.slack.com/reference/surfaces/formatting: the names that Slack shows as pictures
_EMOJI = {
    "large_orange_circle": "🟠", "red_circle": "🔴", "large_yellow_circle": "🟡", "white_circle": "⚪", "warning": "⚠️",
    "question": "❓", "thread": "🧵", "white_check_mark": "✅", "thumbsup": "👍", "thumbsdown": "👎",
    "page_facing_up": "📄",
}  # fmt: skip
_MRKDWN = re.compile(
    r"<!date\^\d+\^[^|>]*\|(?P<date>[^>]*)>|<(?P<url>https?://[^|>]+)\|(?P<link>[^>]*)>|`(?P<code>[^`\n]+)`"
    r"|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)|:(?P<emoji>[a-z_]+):"
)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one style."""

    text: str
    bold: bool = False
    code: bool = False
    link: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line before it is wrapped, or one row of buttons, whose labels are the runs."""

    kind: Kind
    runs: tuple[Run, ...] = ()


def read_telegram(payload: Mapping[str, Any]) -> list[Row]:
    """The rows of a `sendMessage` in HTML mode, with its keyboard."""
    reader = _TelegramReader()
    reader.feed(payload["text"])
    reader.close()
    keyboard = payload.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [Row("buttons", tuple(Run(button["text"]) for button in row)) for row in keyboard]
    return [*reader.rows(), *buttons]


class _TelegramReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._rows: list[tuple[Kind, list[Run]]] = [("text", [])]

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        if tag == "blockquote":
            if not self._rows[-1][1]:
                self._rows.pop()  # the line break before a quote belongs to it, too
            self._rows.append(("quote", []))

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()
        if tag == "blockquote":
            self._rows.append(("text", []))

    def handle_data(self, data: str) -> None:
        style = Run("", bold="b" in self._open, code="code" in self._open, link="a" in self._open)
        for number, line in enumerate(data.split("\n")):
            if number:
                self._rows.append((self._rows[-1][0], []))
            if line:
                self._rows[-1][1].append(replace(style, text=line))

    def rows(self) -> Iterator[Row]:
        """Everything read. The line break after a quote is part of the quote."""
        after_quote = False
        for kind, runs in self._rows:
            if runs:
                yield Row(kind, tuple(runs))
            elif not after_quote and kind == "text":
                yield Row("gap")
            after_quote = kind == "quote"


def read_slack(payload: Mapping[str, Any]) -> list[Row]:
    """The rows of a `chat.postMessage` with blocks."""
    return [row for block in payload["blocks"] for row in _read_block(block)]


def _read_block(block: Mapping[str, Any]) -> Iterator[Row]:
    match block["type"]:
        case "context":
            joined = [_read_text(element) for element in block["elements"]]
            yield from _split_lines("small", [run for runs in joined for run in (*runs, Run("  "))][:-1])
        case "section":
            yield from _split_lines("text", _read_text(block["text"]))
        case "rich_text":
            for element in block["elements"]:
                kind: Kind = "quote" if element["type"] == "rich_text_quote" else "text"
                yield from _split_lines(kind, [_read_rich(part) for part in element["elements"]])
        case "actions":
            yield Row(
                "buttons", tuple(Run(element["text"]["text"]) for element in block["elements"] if "text" in element)
            )
        case _:
            yield Row("gap")


def _read_rich(part: Mapping[str, Any]) -> Run:
    style = part.get("style", {})
    text = part.get("text") or part.get("fallback") or part.get("url", "")
    return Run(text, bold=style.get("bold", False), code=style.get("code", False), link=part["type"] == "link")


def _read_text(element: Mapping[str, Any]) -> list[Run]:
    text = element["text"]
    if element["type"] == "plain_text":
        return [Run(text)]
    runs, end = [], 0
    for found in _MRKDWN.finditer(text):
        runs.append(Run(_plain(text[end : found.start()])))
        runs.append(_styled(found))
        end = found.end()
    return [run for run in (*runs, Run(_plain(text[end:]))) if run.text]


def _styled(found: re.Match[str]) -> Run:
    if found["link"] is not None:
        return Run(_plain(found["link"]), link=True)
    if found["code"] is not None:
        return Run(_plain(found["code"]), code=True)
    if found["bold"] is not None:
        inner = _MRKDWN.match(found["bold"])
        return replace(_styled(inner), bold=True) if inner else Run(_plain(found["bold"]), bold=True)
    if found["emoji"] is not None:
        return Run(_EMOJI.get(found["emoji"], f":{found['emoji']}:"))
    return Run(_plain(found["date"]))


def _plain(text: str) -> str:
    for entity, letter in _ENTITIES:
        text = text.replace(entity, letter)
    return text


def _split_lines(kind: Kind, runs: Sequence[Run]) -> Iterator[Row]:
    line: list[Run] = []
    for run in runs:
        first, *others = run.text.split("\n")
        line.append(replace(run, text=first))
        for other in others:
            yield _row(kind, line)
            line = [replace(run, text=other)]
    if any(run.text for run in line):
        yield _row(kind, line)


def _row(kind: Kind, runs: Sequence[Run]) -> Row:
    shown = tuple(run for run in runs if run.text)
    return Row(kind, shown) if shown else Row("gap")
