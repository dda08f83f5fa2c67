"""Makes text safe for a terminal: nothing a feed or a person writes can move the cursor, set colours or run a command.

Terminals act on control characters and on the escape sequences they begin, so none of them may pass.
"""

import re

# C0 and C1 controls and DEL, except newline. https://www.unicode.org/charts/PDF/U0000.pdf and U0080.pdf
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
# Whole escape sequences go together with what they carry, so that no "[31m" is left behind:
# CSI, then OSC and its kin up to their end, then two-character escapes (ECMA-48, 5th edition, sections 5.4 and 8.3).
_ESCAPES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c)?"
    "|\x1b[ -/]*[0-~]?"
)
# Embeddings and overrides reorder whatever follows them; isolates cannot and stay. https://www.unicode.org/reports/tr9/
_OVERRIDES = re.compile("[\u202a-\u202e]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_BLANKS = re.compile("[ \t\n]+")


def clean_text(text: str) -> str:
    """`text` without control characters, escape sequences and direction overrides; newlines stay, tabs are spaces."""
    text = _LINE_ENDS.sub("\n", text)
    text = _ESCAPES.sub("", text)
    text = _CONTROLS.sub("", text.replace("\t", " "))
    return _SURROGATES.sub("\ufffd", _OVERRIDES.sub("", text))


def clean_line(text: str) -> str:
    """`clean_text` on one line: every newline is a space, other spacing is kept."""
    return clean_text(text).replace("\n", " ")


def clean_url(url: str) -> str:
    """A URL that can be shown and copied: no controls and no blanks, which end a link in a terminal."""
    return _BLANKS.sub("%20", clean_text(url).strip())
