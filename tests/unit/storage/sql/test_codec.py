"""Whatever goes into a column comes out the same."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import Attachment, Button, Gap, Line, Message, Moment, Quote, Text
from bot.matching.records import Evidence
from bot.sentences import Sentence
from storage.sql.codec import (
    decode_duration,
    decode_evidence,
    decode_message,
    decode_moment,
    decode_strings,
    decode_text,
    encode_duration,
    encode_evidence,
    encode_message,
    encode_moment,
    encode_strings,
    encode_text,
)

moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5)), timezone(-timedelta(hours=9.5))]))
spans = st.builds(Text, st.text(), st.booleans(), st.booleans(), st.text()) | st.builds(Moment, moments, st.text())
span_tuples = st.lists(spans, max_size=3).map(tuple)
styles = st.sampled_from(["normal", "head", "title", "context", "tags"])
blocks = st.builds(Line, span_tuples, styles) | st.builds(Quote, span_tuples, st.booleans()) | st.builds(Gap)
buttons = st.builds(Button, st.text(), st.text(), st.text(), st.text(), st.text(), st.booleans())
attachments = st.builds(Attachment, st.just("alerts.csv"), st.text(), st.binary(min_size=1), st.text())
messages = st.builds(
    Message,
    st.lists(blocks, max_size=4).map(tuple),
    st.text(),
    st.lists(st.lists(buttons, max_size=2).map(tuple), max_size=2).map(tuple),
    st.booleans(),
    st.none() | attachments,
)
evidence = st.builds(
    Evidence,
    st.sampled_from(["title", "summary", "content"]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    *[st.text()] * 5,
)


@given(messages)
def test_messages_survive(message: Message) -> None:
    assert decode_message(encode_message(message)) == message


@given(st.lists(evidence, max_size=3).map(tuple))
def test_evidence_survives(found: tuple[Evidence, ...]) -> None:
    assert decode_evidence(encode_evidence(found)) == found


@given(moments)
def test_moments_survive_in_utc(moment: datetime) -> None:
    decoded = decode_moment(encode_moment(moment))
    assert decoded == moment
    assert decoded.tzinfo is UTC


@given(moments, moments)
def test_encoded_moments_sort_like_moments(first: datetime, second: datetime) -> None:
    assert (encode_moment(first) < encode_moment(second)) == (first < second)


@given(st.none() | st.timedeltas())
def test_durations_survive(duration: timedelta | None) -> None:
    assert decode_duration(encode_duration(duration)) == duration


@given(st.lists(st.text()).map(tuple))
def test_strings_survive(strings: tuple[str, ...]) -> None:
    assert decode_strings(encode_strings(strings)) == strings


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        encode_moment(datetime(2026, 11, 24, 7, 0))  # noqa: DTZ001  # the mistake itself


def test_a_sentence_can_be_said_in_another_language_after_it_was_kept() -> None:
    cause = Sentence("{host} answered with status {status}.", host="asia.example", status=500)
    kept = decode_text(encode_text(Sentence("{cause} {cure}", cause=cause, cure="Wait.")))
    assert kept == "asia.example answered with status 500. Wait."
    assert isinstance(kept, Sentence)
    assert kept.values["cause"] == cause
    assert isinstance(kept.values["cause"], Sentence)
    assert kept.values["cause"].values == {"host": "asia.example", "status": 500}


@given(st.text() | st.text().map('{"sentence": '.__add__))
def test_a_text_that_is_no_sentence_comes_out_as_it_was(text: str) -> None:
    assert decode_text(encode_text(text)) == text
