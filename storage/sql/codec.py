"""Values as columns hold them: moments, durations, flags, and the parts kept as JSON."""

import base64
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from bot.domain.chat_lists import Sample
from bot.domain.chat_settings import ChatSettings
from bot.domain.chats import ReplyAddress
from bot.domain.messages import Message
from bot.matching.records import Evidence
from bot.matching.watchlist import Watchlist
from bot.sentences import Sentence

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SENTENCE = '{"sentence": '
_encode_json = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` would make an encoder each time
_Record = TypeVar("_Record")
Samples = dict[str, tuple[Sample, ...]]


def encode_moment(moment: datetime) -> int:
    """Microseconds since 1970 in UTC. Raises TypeError for a moment without a time zone."""
    return (moment - _EPOCH) // _MICROSECOND


def encode_optional_moment(moment: datetime | None) -> int | None:
    """As `encode_moment`, None for None."""
    return None if moment is None else encode_moment(moment)


def decode_moment(microseconds: int) -> datetime:
    """The aware moment behind a column."""
    return _EPOCH + timedelta(microseconds=microseconds)


def decode_optional_moment(microseconds: int | None) -> datetime | None:
    """As `decode_moment`, None for None."""
    return None if microseconds is None else decode_moment(microseconds)


def encode_duration(duration: timedelta | None) -> int | None:
    """Microseconds; None for None."""
    return None if duration is None else duration // _MICROSECOND


def decode_duration(microseconds: int | None) -> timedelta | None:
    """The duration behind a column."""
    return None if microseconds is None else timedelta(microseconds=microseconds)


def encode_strings(strings: Iterable[str]) -> str:
    """A JSON list, in the given order."""
    return _encode_json(list(strings))


def decode_strings(text: str) -> tuple[str, ...]:
    """The strings of a JSON list."""
    return tuple(json.loads(text)) if text != "[]" else ()


def encode_text(text: str) -> str:
    """A text that people read: a `Sentence` as JSON of what it was made of, any other as it is."""
    if text.startswith(_SENTENCE):  # nobody may write a sentence of ours in the place of a text
        return json.dumps({"sentence": "{text}", "values": {"text": str(text)}}, ensure_ascii=False)
    return json.dumps(_unmade(text), ensure_ascii=False) if isinstance(text, Sentence) else text


def decode_text(column: str) -> str:
    """The text behind a column, a `Sentence` again if it was one."""
    return _remade(json.loads(column)) if column.startswith(_SENTENCE) else column


def _unmade(value: object) -> object:
    if not isinstance(value, Sentence):
        return value if isinstance(value, int | float) else str(value)
    return {"sentence": value.template, "values": {name: _unmade(part) for name, part in value.values.items()}}


def _remade(found: Any) -> Any:  # noqa: ANN401  JSON
    if not isinstance(found, dict):
        return found
    return Sentence(found["sentence"], **{name: _remade(value) for name, value in found["values"].items()})


def encode_message(message: Message) -> str:
    """A message as JSON, an attached file in base64."""
    fields = _messages().dump_python(message, mode="json", exclude={"attachment": {"content"}})
    if message.attachment is not None:
        fields["attachment"]["content"] = base64.b64encode(message.attachment.content).decode("ascii")
    return json.dumps(fields, ensure_ascii=False)


def decode_message(text: str) -> Message:
    """The message behind its JSON."""
    fields = json.loads(text)
    if attached := fields.get("attachment"):
        attached["content"] = base64.b64decode(attached["content"])
    return _messages().validate_python(fields)


def encode_reply_address(address: ReplyAddress) -> str:
    """A reply address as JSON."""
    return _encode(_reply_addresses(), address)


def decode_reply_address(text: str) -> ReplyAddress:
    """The reply address behind its JSON."""
    return _reply_addresses().validate_python(json.loads(text))


def encode_evidence(evidence: tuple[Evidence, ...]) -> str:
    """Evidence as JSON."""
    return _encode(_evidence(), evidence)


def decode_evidence(text: str) -> tuple[Evidence, ...]:
    """The evidence behind its JSON."""
    return _evidence().validate_python(json.loads(text))


def encode_watchlist(watchlist: Watchlist) -> str:
    """A watchlist as JSON."""
    return _encode(_watchlists(), watchlist)


def decode_watchlist(text: str) -> Watchlist:
    """The watchlist behind its JSON."""
    return _watchlists().validate_python(json.loads(text))


def encode_samples(samples: Samples) -> str:
    """The samples of a draft as JSON."""
    return _encode(_samples(), samples)


def decode_samples(text: str) -> Samples:
    """The samples behind their JSON."""
    return _samples().validate_python(json.loads(text))


def encode_chat_settings(settings: ChatSettings) -> str:
    """The settings of a chat as JSON."""
    return _encode(_chat_settings(), settings)


def decode_chat_settings(text: str) -> ChatSettings:
    """The settings behind their JSON."""
    return _chat_settings().validate_python(json.loads(text))


def _encode(adapter: TypeAdapter[_Record], record: _Record) -> str:
    # Through Python's own JSON: pydantic's refuses half a surrogate pair, which feeds and chats do send.
    return json.dumps(adapter.dump_python(record, mode="json"), ensure_ascii=False)


@cache
def _messages() -> TypeAdapter[Message]:
    return TypeAdapter(Message)


@cache
def _reply_addresses() -> TypeAdapter[ReplyAddress]:
    return TypeAdapter(ReplyAddress)


@cache
def _evidence() -> TypeAdapter[tuple[Evidence, ...]]:
    return TypeAdapter(tuple[Evidence, ...])


@cache
def _watchlists() -> TypeAdapter[Watchlist]:
    return TypeAdapter(Watchlist)


@cache
def _samples() -> TypeAdapter[Samples]:
    return TypeAdapter(Samples)


@cache
def _chat_settings() -> TypeAdapter[ChatSettings]:
    return TypeAdapter(ChatSettings)
