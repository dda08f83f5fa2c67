"""What an exception of the library says about the fate of a message."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.chat.telegram.failures import RefusedRequest, build_send_error, find_refusal
from bot.errors import SendOutcome
from tests.fakes.server import BAD_GATEWAY, CAPTIVE_PORTAL


def refusal(code: int, description: str, **parameters: Any) -> RefusedRequest:
    answer = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    found = find_refusal(code, json.dumps(answer).encode())
    assert found is not None
    return found


def test_a_good_answer_is_no_refusal() -> None:
    assert find_refusal(200, b'{"ok":true,"result":[]}') is None


@pytest.mark.parametrize(
    ("code", "description", "outcome"),
    [
        (400, "Bad Request: can't parse entities: Unsupported start tag", SendOutcome.BAD_MESSAGE),
        (400, "Bad Request: message is too long", SendOutcome.BAD_MESSAGE),
        (400, "Bad Request: ENTITIES_TOO_LONG", SendOutcome.BAD_MESSAGE),
        (400, "Bad Request: BUTTON_DATA_INVALID", SendOutcome.BAD_MESSAGE),
        (400, "Bad Request: a text nobody has seen before", SendOutcome.BAD_MESSAGE),
        (400, "Bad Request: chat not found", SendOutcome.DESTINATION_GONE),
        (400, "Bad Request: message thread not found", SendOutcome.DESTINATION_GONE),
        (400, "Bad Request: TOPIC_CLOSED", SendOutcome.DESTINATION_GONE),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", SendOutcome.DESTINATION_GONE),
        (400, "Bad Request: need administrator rights in the channel chat", SendOutcome.DESTINATION_GONE),
        (
            400,
            "Bad Request: inline keyboard button URL 'https://e.example/CHAT_WRITE_FORBIDDEN' is invalid",
            SendOutcome.BAD_MESSAGE,
        ),
        (403, "Forbidden: bot was blocked by the user", SendOutcome.DESTINATION_GONE),
        (403, "Forbidden: user is deactivated", SendOutcome.DESTINATION_GONE),
        (403, "Forbidden: bot was kicked from the supergroup chat", SendOutcome.DESTINATION_GONE),
        (401, "Unauthorized", SendOutcome.UNAUTHORISED),
        (404, "Not Found", SendOutcome.UNAUTHORISED),
        (409, "Conflict: terminated by other getUpdates request", SendOutcome.NOT_SENT),
        (429, "Too Many Requests: retry after 5", SendOutcome.RATE_LIMITED),
        (500, "Internal Server Error", SendOutcome.NOT_SENT),
        (502, "Bad Gateway", SendOutcome.NOT_SENT),
    ],
)
def test_what_the_server_says_decides_what_follows(code: int, description: str, outcome: SendOutcome) -> None:
    error = refusal(code, description).error
    assert error.outcome is outcome
    assert description in error.cause


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, CAPTIVE_PORTAL.encode(), SendOutcome.NOT_SENT),
        (302, b"<html>login</html>", SendOutcome.NOT_SENT),
        (403, b"<html>blocked by the firewall</html>", SendOutcome.NOT_SENT),
        (404, b"<html>no such page</html>", SendOutcome.NOT_SENT),
        (502, BAD_GATEWAY.encode(), SendOutcome.NOT_SENT),
        (503, b"", SendOutcome.NOT_SENT),
        (504, b"<html>Gateway Time-out</html>", SendOutcome.UNKNOWN),
        (429, b"slow down", SendOutcome.RATE_LIMITED),
        (200, b"", SendOutcome.UNKNOWN),
        (200, b'{"ok":false}', SendOutcome.UNKNOWN),
        (200, b'{"ok":true}', SendOutcome.UNKNOWN),
        (200, b'"ok"', SendOutcome.UNKNOWN),
        (200, b"[" * 100_000, SendOutcome.UNKNOWN),
        (401, b"<html>proxy login</html>", SendOutcome.NOT_SENT),
    ],
)
def test_an_answer_that_is_not_telegrams_never_condemns_token_chat_or_message(
    status: int, body: bytes, outcome: SendOutcome
) -> None:
    found = find_refusal(status, body)
    assert found is not None
    assert found.error.outcome is outcome


def test_the_wait_is_the_one_asked_for() -> None:
    assert refusal(429, "Too Many Requests", retry_after=7).error.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize("wait", [0, -1, "soon", None, [], float("nan")])
def test_a_wait_that_makes_no_sense_is_left_to_the_outbox(wait: object) -> None:
    assert refusal(429, "Too Many Requests", retry_after=wait).error.retry_after is None


@pytest.mark.parametrize("wait", [10**30, float("inf")])
def test_a_wait_without_measure_is_a_day(wait: float) -> None:
    assert refusal(429, "Too Many Requests", retry_after=wait).error.retry_after == timedelta(days=1)


def test_a_group_that_became_a_supergroup_says_where_it_is() -> None:
    error = refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001234).error
    assert (error.outcome, error.moved_to) == (SendOutcome.DESTINATION_GONE, "-1001234")


def test_a_token_in_the_servers_words_is_not_passed_on() -> None:
    token = "7000000001:AAHfakefakefakefakefakefakefakefakefa"
    assert token not in str(refusal(400, f"Bad Request: /bot{token}/sendMessage").error)


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        (httpx.ConnectError("refused"), SendOutcome.NOT_SENT),
        (httpx.ConnectTimeout("slow"), SendOutcome.NOT_SENT),
        (httpx.PoolTimeout("busy"), SendOutcome.NOT_SENT),
        (httpx.ProxyError("407"), SendOutcome.NOT_SENT),
        (httpx.ReadTimeout("slow"), SendOutcome.UNKNOWN),
        (httpx.ReadError("reset"), SendOutcome.UNKNOWN),
        (httpx.WriteTimeout("slow"), SendOutcome.UNKNOWN),
        (httpx.RemoteProtocolError("gone"), SendOutcome.UNKNOWN),
    ],
)
def test_the_cause_tells_whether_a_request_went_out(cause: Exception, outcome: SendOutcome) -> None:
    problem: TelegramError = TimedOut() if isinstance(cause, httpx.TimeoutException) else NetworkError("x")
    problem.__cause__ = cause
    assert build_send_error(problem).outcome is outcome


@given(st.integers(100, 599), st.binary(max_size=300))
def test_any_bytes_are_classified(status: int, body: bytes) -> None:
    found = find_refusal(status, body)
    assert found is not None
    assert str(found.error)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=3),
    max_leaves=5,
)


@given(st.integers(100, 599), JSON_VALUES, JSON_VALUES, JSON_VALUES, JSON_VALUES)
def test_any_json_is_classified(status: int, ok: object, code: object, description: object, extra: object) -> None:
    answer = {"ok": ok, "error_code": code, "description": description}
    answer["parameters"] = {"retry_after": extra, "migrate_to_chat_id": extra}
    found = find_refusal(status, json.dumps(answer).encode())
    assert found is not None
    assert str(found.error)
