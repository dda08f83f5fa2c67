"""The language that chats are spoken to in. Texts stand in English where they are used, and are looked up when spoken.

Whoever builds a message for a chat does so inside `speaking`; outside of it everything is English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations

ENGLISH = NullTranslations()
_VOICE: ContextVar[NullTranslations] = ContextVar("voice", default=ENGLISH)


@contextmanager
def speaking(voice: NullTranslations) -> Iterator[None]:
    """Within it, `tr` and `trn` give the texts of this catalogue."""
    token = _VOICE.set(voice)
    try:
        yield
    finally:
        _VOICE.reset(token)


def tr(text: str, /, **values: object) -> str:
    """`text` in the language spoken now, with `{name}` replaced by the value of that name. English if there is none."""
    return _VOICE.get().gettext(text).format(**values)


def trn(one: str, many: str, count: int, /, **values: object) -> str:
    """Like `tr`, in the form that `count` things take; `{count}` is their number, in ASCII digits."""
    return _VOICE.get().ngettext(one, many, count).format(count=count, **values)
