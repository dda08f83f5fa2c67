"""Files on the fake Telegram: what people upload, and how a bot fetches it."""

from dataclasses import dataclass

from aiohttp import web

from tests.fakes.server import JSON
from tests.fakes.telegram_parameters import Parameters
from tests.fakes.telegram_rules import bad_request

DOWNLOAD_MAX = 20 * 1024 * 1024  # telegram.constants.FileSizeLimit.FILESIZE_DOWNLOAD


@dataclass(frozen=True, slots=True)
class Upload:
    """A document that a person sent."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"

    def json(self, file_id: str) -> JSON:
        """Telegram's Document object."""
        return {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_name": self.name,
            "mime_type": self.media_type,
            "file_size": len(self.content),
        }


class Files:
    """State and methods; what a bot may download lies at `/file/bot<token>/<path>`."""

    def __init__(self) -> None:
        self.by_id: dict[str, Upload] = {}
        self.methods = {"getFile": self._get_file}

    def add(self, upload: Upload) -> str:
        """Keeps an upload; its file id."""
        file_id = f"BQACAgIAAx{len(self.by_id):08d}"
        self.by_id[file_id] = upload
        return file_id

    async def _get_file(self, given: Parameters) -> JSON:
        file_id = given.text("file_id")
        upload = self.by_id.get(file_id)
        if upload is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(upload.content) > DOWNLOAD_MAX:
            raise bad_request("file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": len(upload.content),
            "file_path": f"documents/{file_id}",
        }

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file whose path getFile gave."""
        upload = self.by_id.get(request.match_info["path"].removeprefix("documents/"))
        if upload is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.Response(body=upload.content, content_type="application/octet-stream")
