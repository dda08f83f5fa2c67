"""English sentences that can be said again in another language: for floors that speak to nobody themselves."""

from typing import Self


class Sentence(str):
    """`template` with its `{names}` filled in: an English text like any other, which remembers what it was made of.

    So the command line and the logs use it as it is, and a chat hears it in its own language
    (`bot.domain.language.retold`). Values may be sentences, too.
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        made = super().__new__(cls, template.format(**values))
        made.template, made.values = template, values
        return made


def joined(cause: str, cure: str) -> str:
    """What is wrong and what to do about it, as one text that can be said again like its parts."""
    return Sentence("{cause} {cure}", cause=cause, cure=cure) if cure else cause
