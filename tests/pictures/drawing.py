"""Draws rows as SVG, which any browser shows and git can compare. Widths are reckoned, as no font is at hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from tests.pictures.payloads import Row, Run

_WIDE = frozenset("mwMWШЩЖЮшщжюмМ@%—…")
_NARROW = frozenset("iljtfrI.,:;'|!()[] ·1-")
_PICTURES = 0x1F000
_FONTS = "-apple-system, Segoe UI, Roboto, Noto Sans, DejaVu Sans, sans-serif"


@dataclass(frozen=True, slots=True)
class Look:
    """How a platform draws a message: colours, sizes in pixels."""

    name: str
    page: str
    bubble: str
    text: str
    faint: str
    link: str
    quote: str
    button: str
    button_text: str
    edge: str
    size: int = 14
    full_buttons: bool = False


TELEGRAM = Look(
    "Telegram", "#dfe8ee", "#ffffff", "#000000", "#707579", "#2678b6", "#3390ec", "#a9bfcd", "#ffffff", "none",
    full_buttons=True,
)  # fmt: skip
SLACK = Look("Slack", "#ffffff", "#ffffff", "#1d1c1d", "#616061", "#1264a3", "#dddddd", "#ffffff", "#1d1c1d", "#bbbbbb")
_PAD = 14
_HEAD = 34


def draw(panels: Sequence[tuple[Look, Sequence[Row]]], width: int, alt: str) -> str:
    """The panels side by side, each `width` pixels wide. `alt` is read out to those who do not see."""
    drawn = [_Panel(look, width) for look, _ in panels]
    for panel, (_, rows) in zip(drawn, panels, strict=True):
        panel.draw(rows)
    height = max(panel.height for panel in drawn)
    total = width * len(drawn) + _PAD * (len(drawn) - 1)
    start = f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="{height}" viewBox="0 0 {total} {height}"'
    parts = [f'{start} font-family="{_FONTS}" role="img">', f"<title>{escape(alt)}</title>"]
    for number, panel in enumerate(drawn):
        parts.append(f'<g transform="translate({number * (width + _PAD)} 0)">')
        parts += panel.finish(height)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Panel:
    def __init__(self, look: Look, width: int) -> None:
        self._look = look
        self._width = width
        self._y = float(_HEAD + _PAD)
        self._parts: list[str] = []
        self._bubble_end = 0.0

    @property
    def height(self) -> int:
        return int(self._y + _PAD)

    def draw(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.kind == "gap":
                self._y += self._look.size * 0.6
            elif row.kind == "buttons":
                self._buttons(row)
            else:
                self._text(row)
        self._bubble_end = self._bubble_end or self._y + _PAD / 2

    def finish(self, height: int) -> Iterator[str]:
        look = self._look
        yield f'<rect width="{self._width}" height="{height}" rx="10" fill="{look.page}" stroke="#d0d7de"/>'
        yield f'<text x="{_PAD}" y="23" font-size="13" font-weight="600" fill="{look.faint}">{look.name}</text>'
        if look.full_buttons:
            yield (
                f'<rect x="{_PAD / 2}" y="{_HEAD}" width="{self._width - _PAD}" height="{self._bubble_end - _HEAD}"'
                f' rx="10" fill="{look.bubble}"/>'
            )
        yield from self._parts

    def _text(self, row: Row) -> None:
        look = self._look
        size = look.size - 2 if row.kind == "small" else look.size
        indent = _PAD + (12 if row.kind == "quote" else 0)
        top = self._y
        for line in _wrap(row.runs, self._width - indent - _PAD, size):
            self._y += size * 1.45
            spans = "".join(self._span(run) for run in line)
            fill = look.faint if row.kind == "small" else look.text
            start = f'<text x="{indent}" y="{self._y - size * 0.35:.1f}" font-size="{size}" fill="{fill}"'
            self._parts.append(f'{start} xml:space="preserve">{spans}</text>')
        if row.kind == "quote":
            bar = f'<rect x="{_PAD}" y="{top + 2:.1f}" width="3" height="{self._y - top:.1f}" rx="1.5"'
            self._parts.append(f'{bar} fill="{look.quote}"/>')

    def _span(self, run: Run) -> str:
        style = ' font-weight="600"' if run.bold else ""
        style += ' font-family="ui-monospace, Menlo, DejaVu Sans Mono, monospace"' if run.code else ""
        style += f' fill="{self._look.link}"' if run.link else ""
        return f"<tspan{style}>{escape(run.text)}</tspan>"

    def _buttons(self, row: Row) -> None:
        look = self._look
        if look.full_buttons and not self._bubble_end:
            self._bubble_end = self._y + _PAD / 2
            self._y += _PAD / 2 + 6
        elif not look.full_buttons:
            self._y += 8
        x = _PAD / 2 if look.full_buttons else float(_PAD)
        even = (self._width - _PAD - 4 * (len(row.runs) - 1)) / len(row.runs)
        for run in row.runs:
            wide = even if look.full_buttons else _measure(run, 13) + 22
            if x + wide > self._width - _PAD / 2 + 1:
                x, self._y = float(_PAD), self._y + 36
            self._parts.append(
                f'<rect x="{x:.1f}" y="{self._y:.1f}" width="{wide:.1f}" height="30" rx="6" fill="{look.button}"'
                f' stroke="{look.edge}"/><text x="{x + wide / 2:.1f}" y="{self._y + 20:.1f}" font-size="13"'
                f' font-weight="600" text-anchor="middle" fill="{look.button_text}">{escape(run.text)}</text>'
            )
            x += wide + (4 if look.full_buttons else 8)
        self._y += 34


def _wrap(runs: Sequence[Run], width: float, size: int) -> Iterator[list[Run]]:
    line: list[Run] = []
    used = 0.0
    for word in _words(runs):
        fitting = word
        if line and used + _measure(word, size) > width:
            yield line
            line, used = [], 0.0
            fitting = replace(word, text=word.text.lstrip())
        if fitting.text:
            line.append(fitting)
            used += _measure(fitting, size)
    if line:
        yield line


def _words(runs: Sequence[Run]) -> Iterator[Run]:
    """Each word with the space before it, in the style of its run."""
    for run in runs:
        space = ""
        for number, word in enumerate(run.text.split(" ")):
            space = " " if number else ""
            yield replace(run, text=space + word)


def _measure(run: Run, size: int) -> float:
    each = (0.6 if run.code else _advance(char) for char in run.text)
    return sum(each) * size * (1.17 if run.bold else 1)


def _advance(char: str) -> float:
    if char in _WIDE or ord(char) >= _PICTURES:
        return 0.95
    return 0.34 if char in _NARROW else 0.58
