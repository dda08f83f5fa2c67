"""Bytes to text for XML documents whose encoding may be declared wrongly, or by somebody hostile. Pure."""

import codecs
import re

_ALLOWED = re.compile(
    r"(?:utf-?8|utf-?16(?:-?[bl]e)?|us-ascii|ascii|iso-?8859-(?:[1-9]|1[013456])|latin-?[1-9]|windows-125[0-8]|cp125[0-8]"
    r"|gb2312|gbk|gb18030|big5(?:-hkscs)?|euc-(?:jp|kr|tw)|koi8-[rtu]|shift[-_]jis|sjis|cp932|windows-31j|ks_c_5601-1987"
    r"|tis-620|cp866|ibm866|mac-?cyrillic)\Z"
)
# The web reads these names as their supersets (WHATWG Encoding standard, "names and labels"), and so do we.
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "windows-1252",
    "iso8859-1": "windows-1252",
    "latin1": "windows-1252",
    "latin-1": "windows-1252",
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "iso-8859-9": "windows-1254",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
}
_DECLARATION = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""(?i);\s*charset\s*=\s*["']?([a-z0-9._:-]{1,40})""")
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What servers send when nobody has set anything; then the document knows better.
_SERVER_DEFAULTS = frozenset({"windows-1252"})
# Of the non-ASCII characters, how many may be damaged in a text that is still called UTF-8: a cut in the middle of
# a character is common, a text in another encoding is damaged nearly everywhere.
_TOLERATED_DAMAGE = 0.1


def decode_document(body: bytes, content_type: str) -> tuple[str, str]:
    """The text of an XML or JSON document, and a warning where its encoding was repaired (else empty).

    A byte order mark decides; then strict UTF-8, which other encodings practically never pass for; then what the
    server or the document declares, if it is one of a fixed list of encodings; at last UTF-8 with gaps or
    windows-1252, whichever loses less.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace"), ""
    if body.startswith(b"<\x00"):
        return body.decode("utf-16-le", "replace"), ""
    if body.startswith(b"\x00<"):
        return body.decode("utf-16-be", "replace"), ""
    try:
        return body.decode("utf-8"), ""
    except UnicodeDecodeError:
        return _decode_declared(body, content_type)


def _decode_declared(body: bytes, content_type: str) -> tuple[str, str]:
    header, document = _usable(_find(_CHARSET, content_type)), _usable(_find_declared(body))
    order = (document, header) if header in _SERVER_DEFAULTS else (header, document)
    for encoding in order:
        if encoding and not encoding.startswith("utf"):
            try:
                return body.decode(encoding), ""
            except (UnicodeDecodeError, LookupError):
                continue
    text = body.decode("utf-8", "replace")
    damaged = text.count("\N{REPLACEMENT CHARACTER}")
    foreign = sum(map(len, re.findall(r"[^\x00-\x7f]+", text)))
    if damaged <= foreign * _TOLERATED_DAMAGE:
        return text, f"{damaged} characters were damaged"
    fallback = next((encoding for encoding in order if encoding and not encoding.startswith("utf")), "windows-1252")
    return body.decode(fallback, "replace"), "the encoding was guessed"


def _find(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _find_declared(body: bytes) -> str:
    match = _DECLARATION.match(body[:1024])
    return match[1].decode("ascii") if match else ""


def _usable(name: str) -> str:
    name = name.lower()
    return _SUPERSETS.get(name, name) if _ALLOWED.match(name) else ""
