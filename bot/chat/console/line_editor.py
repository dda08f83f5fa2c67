"""The line a person is typing: keys in, finished lines out. It knows nothing of the terminal but the keys it sends."""

import re

from rich.cells import cell_len

from bot.chat.console.clean import clean_line

# Longer than any command; a paste beyond it is cut instead of filling memory.
LONGEST_LINE = 4096
_HISTORY = 100

# Keys as terminals send them: CSI and SS3 sequences, Alt with a character, single characters (ECMA-48 and xterm).
_KEY = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1bO.|\x1b[^\[O]|[\s\S]")
_BEGUN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|O)?$")
_UP, _DOWN = ("\x1b[A", "\x1bOA"), ("\x1b[B", "\x1bOB")
_ENTER, _RUBOUT, _ERASE_LINE, _ERASE_WORD, _END = "\r\n", "\x7f\b", "\x15", "\x17", "\x04"


class LineEditor:
    """Collects keys into `text`. After `press` returned, `ended` tells whether the person closed the input (Ctrl-D)."""

    def __init__(self) -> None:
        self.text = ""
        self.ended = False
        self._begun = ""
        self._history: list[str] = []
        self._place = 0

    def press(self, keys: str) -> list[str]:
        """Takes keys as they arrive, in pieces of any size, and gives back the lines finished by them."""
        keys = self._begun + keys
        begun = _BEGUN.search(keys)
        self._begun = begun.group() if begun else ""
        whole = keys[: len(keys) - len(self._begun)].replace("\r\n", "\n")
        lines = [self._take(key) for key in _KEY.findall(whole)]
        return [line for line in lines if line is not None]

    def tail(self, cells: int) -> str:
        """The end of the text that fits into `cells` terminal cells."""
        start = len(self.text)
        while start and cell_len(self.text[start - 1 :]) <= cells:
            start -= 1
        return self.text[start:]

    def _take(self, key: str) -> str | None:
        if key in _ENTER:
            return self._finish()
        if key in _RUBOUT:
            self.text = self.text[:-1]
        elif key == _ERASE_LINE:
            self.text = ""
        elif key == _ERASE_WORD:
            self.text = self.text.rstrip().rpartition(" ")[0]
        elif key == _END:
            self.ended = self.ended or not self.text
        elif key in _UP or key in _DOWN:
            self._recall(-1 if key in _UP else 1)
        elif len(key) == 1:
            self.text = (self.text + clean_line(key))[:LONGEST_LINE]
        return None

    def _finish(self) -> str:
        line, self.text = self.text, ""
        if line.strip() and line not in self._history[-1:]:
            self._history = [*self._history, line][-_HISTORY:]
        self._place = len(self._history)
        return line

    def _recall(self, step: int) -> None:
        self._place = min(max(self._place + step, 0), len(self._history))
        self.text = self._history[self._place] if self._place < len(self._history) else ""
