"""Files to Slack: three calls, of which only the last one shows anything.

https://docs.slack.dev/messaging/working-with-files/#uploading_files
"""

import json

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.slack.calls import answer_of
from bot.chat.slack.failures import is_refused_for
from bot.chat.slack.render import Payload
from bot.domain.messages import Attachment
from bot.domain.wording import shorten
from bot.errors import SendError, SendOutcome

_OK = 200
_ALT_LIMIT = 1000  # alt_txt_too_large
_TITLE_LIMIT = 200
_SCOPE_MISSING = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})


async def share_file(
    client: AsyncWebClient, attachment: Attachment, payload: Payload, *, channel: str, thread: str
) -> None:
    """Uploads a file and shows it under the message. `channel` may be a person's id: then they alone get it.

    Slack gives no timestamp of what it shows. Raises SendError: BAD_MESSAGE where the app may send no files, and
    NOT_SENT for whatever goes wrong before the last call.
    """
    try:
        file_id = await _upload(client, attachment)
    except SendError as error:
        outcome = SendOutcome.NOT_SENT if error.outcome is SendOutcome.UNKNOWN else error.outcome
        if is_refused_for(error, _SCOPE_MISSING):
            # Only the file has to wait for the scope; nothing else does.
            outcome = SendOutcome.BAD_MESSAGE
        raise SendError(outcome, error.cause, error.cure, retry_after=error.retry_after) from error.__cause__
    shown = {"blocks": json.dumps(list(payload.blocks))} if payload.blocks else {"initial_comment": payload.text}
    title = shorten(attachment.alt or attachment.name, _TITLE_LIMIT)
    arguments = {"files": json.dumps([{"id": file_id, "title": title}]), "channels": channel, **shown}
    if thread:
        arguments["thread_ts"] = thread
    await answer_of(client.api_call("files.completeUploadExternal", data=arguments))


async def _upload(client: AsyncWebClient, attachment: Attachment) -> str:
    """The id of a file that nobody sees yet. Raises SendError."""
    place = await answer_of(
        client.files_getUploadURLExternal(
            filename=attachment.name,
            length=len(attachment.content),
            alt_txt=shorten(attachment.alt, _ALT_LIMIT) or None,
        )
    )
    status = await answer_of(_put(client, str(place["upload_url"]), attachment.content))
    if status != _OK:
        raise SendError(SendOutcome.NOT_SENT, f"Slack did not take the file (status {status}).")
    return str(place["file_id"])


async def _put(client: AsyncWebClient, address: str, content: bytes) -> int:
    """The status that the address for uploads answers with."""
    assert client.session is not None
    timeout = aiohttp.ClientTimeout(client.timeout)
    async with client.session.post(address, data=content, proxy=client.proxy, timeout=timeout) as response:
        return response.status
