"""Secrets in addresses: what may be shown of a URL that carries a password or a token. Pure."""

import re
from collections.abc import Callable

_SECRET_PARAMETER = re.compile(
    r"(?i)([?&;#](?:[\w.-]*(?:token|secret|password|passwd|signature|api_?key|apikey)|auth|key|pass|pwd|sig|sid|hash)=)"
    r"([^&;#\s]+)"
)
# It starts only where a word does: from every letter of a long word on, it would take quadratic time.
_USER_INFO = re.compile(r"(?i)(?<![a-z0-9+.-])([a-z0-9+.-]+://)[^/?#\s]*@")


def hide_secrets(text: str) -> str:
    """`text` with the user names, passwords and tokens of the URLs in it taken out, and nothing else changed."""
    return change_secrets(_USER_INFO.sub(r"\1***@", text), lambda _: "***")


def change_secrets(text: str, change: Callable[[str], str]) -> str:
    """`text` with the value of each parameter that names a secret, such as `?token=…`, put through `change`."""
    return _SECRET_PARAMETER.sub(lambda match: match[1] + change(match[2]), text)
