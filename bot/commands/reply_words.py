"""What people answer to a card in their own language, as the English words that commands know. Pure."""

from dataclasses import replace

from bot.commands.invocation import Invocation, Via
from bot.domain.language import spoken

_MARKS = " ?!.؟…"
_WORDS = {
    "ru": {
        "почему": "why", "зачем": "why", "ещё": "more", "еще": "more", "полностью": "full", "текст": "full",
        "сюжет": "story", "история": "story", "похожие": "similar", "тихо": "mute", "заглушить": "mute",
        "принял": "ack", "приняла": "ack", "ок": "ok", "снять": "unack", "полезно": "good", "хорошо": "good",
        "нет": "no", "неважно": "no", "сохранить": "save", "перевод": "tr", "заметка:": "note:",
    },
    "fa": {
        "چرا": "why", "بیشتر": "more", "متن": "full", "رویداد": "story", "مشابه": "similar", "خاموش": "mute",
        "گرفتم": "ack", "تایید": "ack", "تأیید": "ack", "پس": "unack", "خوب": "good", "مفید": "good", "نه": "no",
        "نامربوط": "no", "ذخیره": "save", "ترجمه": "tr", "یادداشت:": "note:",
    },
    "tg": {
        "чаро": "why", "боз": "more", "матн": "full", "ҳодиса": "story", "монанд": "similar", "хомӯш": "mute",
        "гирифтам": "ack", "қабул": "ack", "бозпас": "unack", "хуб": "good", "муфид": "good", "не": "no",
        "номарбут": "no", "захира": "save", "тарҷума": "tr", "ёддошт:": "note:",
    },
}  # fmt: skip


def in_english(invocation: Invocation) -> Invocation:
    """The answer to a card with its first word in English, where it is a reply word of the language spoken.

    So is what calls the bot in the thread of a card: in Slack's channels nothing else reaches it.
    """
    is_called = invocation.via is Via.COMMAND and bool(invocation.replied_message)
    if invocation.via is not Via.REPLY and not is_called:
        return invocation
    said = invocation.verb.casefold()
    words = _WORDS.get(spoken(), {})
    known = words.get(said) or words.get(said.rstrip(_MARKS))
    return replace(invocation, verb=known) if known else invocation
