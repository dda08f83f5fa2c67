"""What a failed call to Slack means for the message: did it arrive, may it arrive later, will it never. Pure.

Slack's error words are those of docs.slack.dev/reference/methods/chat.postMessage.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import SendError, SendOutcome

# Slack names the wait with every 429; this is its per-channel interval where the header got lost.
_DEFAULT_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(hours=1)

_RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
_UNAUTHORISED = {
    "account_inactive": "The app's bot user was deleted. Install the app again.",
    "invalid_auth": "Check SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…).",
    "missing_scope": "Add the scopes of the app manifest and install the app again.",
    "no_permission": "Add the scopes of the app manifest and install the app again.",
    "not_allowed_token_type": "SLACK_BOT_TOKEN starts with xoxb-, SLACK_APP_TOKEN with xapp-.",
    "not_authed": "Set SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…).",
    "org_login_required": "The workspace was moved to an organisation. Install the app again there.",
    "token_expired": "Install the app again and set the new token.",
    "token_revoked": "Install the app again and set the new token.",
}
_INVITE = "Invite the bot with /invite and use /tocsin watch again."
_GONE = {
    "cannot_dm_bot": "Bots cannot be written to.",
    "channel_is_limited_access": "Only some apps may post there. Ask an admin of the workspace.",
    "channel_not_found": _INVITE,
    "ekm_access_denied": "The workspace's admins have stopped posting. Ask them.",
    "is_archived": "Unarchive the channel, or watch from another one.",
    "messages_tab_disabled": "Turn the app's message tab on in its App Home settings.",
    "not_in_channel": _INVITE,
    "restricted_action": "Posting there is restricted. Ask an admin of the workspace.",
    "restricted_action_non_threadable_channel": "Posting there is restricted. Ask an admin of the workspace.",
    "restricted_action_read_only_channel": "Posting there is restricted. Ask an admin of the workspace.",
    "restricted_action_thread_only_channel": "Only thread replies are allowed there. Watch from another channel.",
    "team_access_not_granted": "Grant the app access to that workspace.",
    "user_disabled": "The person's account is deactivated.",
}
# docs.slack.dev/reference/methods/chat.update: deleted, another's, or older than the workspace lets be edited.
_MESSAGE_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_UNKNOWN = frozenset({"internal_error", "fatal_error"})
_NOT_SENT = frozenset({"service_unavailable", "request_timeout", "team_added_to_org", "accesslimited"})


def classify(error: Exception) -> SendError:
    """The failure of a call as the outbox understands it. Whatever is not provably unsent counts as unknown."""
    if isinstance(error, SlackApiError):
        return _classify_answer(error)
    if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)):
        return SendError(
            SendOutcome.NOT_SENT,
            f"Slack cannot be reached ({_words(error)}).",
            "Check the network, the proxy and SLACK_API_URL.",
        )
    if isinstance(error, asyncio.TimeoutError):
        return SendError(SendOutcome.UNKNOWN, "Slack did not answer in time.")
    return SendError(SendOutcome.UNKNOWN, f"Slack's answer was lost or unreadable ({_words(error)}).")


def is_refused_for(error: SendError, words: frozenset[str]) -> bool:
    """Whether Slack refused with one of these error words."""
    return find_error_word(error) in words


def find_error_word(error: SendError) -> str:
    """The word with which Slack refused; empty if it was not Slack, or did not say."""
    cause = error.__cause__
    if not isinstance(cause, SlackApiError) or not isinstance(cause.response, AsyncSlackResponse):
        return ""
    data = cause.response.data
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def _words(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def _classify_answer(error: SlackApiError) -> SendError:
    response = error.response
    if not isinstance(response, AsyncSlackResponse):
        return SendError(SendOutcome.UNKNOWN, "Slack's answer was unreadable.", "A proxy may stand between.")
    data = response.data if isinstance(response.data, dict) else {}
    return classify_refusal(response.status_code, str(data.get("error") or ""), response.headers, _details(data))


def _details(data: Mapping[str, Any]) -> str:
    """Where Slack says which block or scope it means."""
    metadata = data.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    needed = data.get("needed")
    found = [needed] if needed else messages if isinstance(messages, list) else []
    return "; ".join(str(message) for message in found)[:300]


def classify_refusal(status: int, word: str, headers: Mapping[str, str], details: str = "") -> SendError:
    """An answer that is not a success: its status, Slack's error word if there is one, its headers."""
    if status == HTTPStatus.TOO_MANY_REQUESTS or word in _RATE_LIMITED:
        return SendError(SendOutcome.RATE_LIMITED, "Slack asks to wait.", retry_after=_retry_after(headers))
    if not word or word in _UNKNOWN:
        return _classify_status(status)
    said = f"Slack refused: {word}" + (f" ({details})." if details else ".")
    if word in _UNAUTHORISED:
        return SendError(SendOutcome.UNAUTHORISED, said, _UNAUTHORISED[word])
    if word in _GONE:
        return SendError(SendOutcome.DESTINATION_GONE, said, _GONE[word])
    if word in _MESSAGE_GONE:
        return SendError(SendOutcome.MESSAGE_GONE, said)
    return SendError(SendOutcome.NOT_SENT if word in _NOT_SENT else SendOutcome.BAD_MESSAGE, said)


def _classify_status(status: int) -> SendError:
    """An answer without an error word did not come from Slack, or from a Slack in trouble."""
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return SendError(
            SendOutcome.NOT_SENT,
            f"Something else than Slack answered with status {status}.",
            "Check the proxy and SLACK_API_URL.",
        )
    # A gateway that gives up waiting may have handed the message on; these say that it was not taken. Calling them
    # unknown would give a message up after the second of two bad seconds.
    not_taken = (HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE)
    outcome = SendOutcome.NOT_SENT if status in not_taken else SendOutcome.UNKNOWN
    return SendError(outcome, f"Slack is in trouble or something else answered (status {status}).")


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    for name, value in headers.items():
        if name.lower() == "retry-after" and str(value).strip().isdecimal():
            return min(timedelta(seconds=min(int(value), 86_400)), _LONGEST_WAIT)
    return _DEFAULT_WAIT
