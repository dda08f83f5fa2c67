"""The parameters of a request to the fake Bot API."""

import json
import re
from typing import Any

from tests.fakes.server import JSON
from tests.fakes.telegram_rules import bad_request


class Parameters:
    """A request's parameters; everything may arrive as text, structures as JSON text."""

    def __init__(self, values: JSON) -> None:
        self.values = values

    def text(self, name: str) -> str:
        """The value as text, "" if it is missing."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str) -> int | None:
        """The value as a number, None if it is missing or not one."""
        return int(text) if re.fullmatch(r"-?\d+", text := self.text(name)) else None

    def boolean(self, name: str) -> bool:
        """True for true and 1."""
        return self.text(name).lower() in {"true", "1"}

    def structure(self, name: str) -> Any:
        """The decoded value, None if it is missing.

        Raises:
            ApiError: it is not JSON.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error
