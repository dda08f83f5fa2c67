"""Secrets in addresses: what may be shown of a URL that carries a password or a token. Pure."""

import re

_SECRET_PARAMETER = re.compile(
    r"(?i)([?&;#](?:[\w.-]*(?:token|secret|password|passwd|signature|api_?key|apikey)|auth|key|pass|pwd|sig|sid|hash)=)"
    r"[^&;#\s]+"
)
# It starts only where a word does: from every letter of a long word on, it would take quadratic time.
_USER_INFO = re.compile(r"(?i)(?<![a-z0-9+.-])([a-z0-9+.-]+://)[^/?#\s]*@")


def hide_secrets(text: str) -> str:
    """`text` with the user names, passwords and tokens of the URLs in it taken out, and nothing else changed."""
    return _SECRET_PARAMETER.sub(r"\1***", _USER_INFO.sub(r"\1***@", text))
