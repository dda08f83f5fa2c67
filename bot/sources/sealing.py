"""Tokens in feed addresses, encrypted for the database when the operator sets TOCSIN_SECRET_KEY.

An address is sealed where it enters (feeds.yaml, /addfeed, an import) and opened by the fetcher in the moment of the
request; everything between, the database and its backups included, has the sealed one. The host stays readable, for
that is what feeds are grouped and shown by.
"""

import base64
import hashlib
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from bot.domain.redaction import change_secrets
from bot.errors import FeedError, FetchProblem, SettingsError

_MARK = "sealed1-"
_SALT = b"tocsin feed addresses 1"
_SECRET_SALT = b"tocsin workspace tokens 1"


class Vault:
    """Seals and opens the tokens of addresses; without a key it leaves them as they are.

    The same address is always sealed the same, because feeds are told apart by their address (AES-SIV, RFC 5297: all
    that this gives away is that two addresses are equal). A token opens only under the host it was sealed for, so
    nobody can have it sent elsewhere by adding a feed with a copied seal.
    """

    def __init__(self, key: str = "") -> None:
        self._cipher = AESSIV(_derive(key, _SALT)) if key else None

    def seal(self, url: str) -> str:
        """`url` as it may be stored."""
        cipher = self._cipher
        if cipher is None:
            return url
        host = _host(url)

        def encrypt(value: str) -> str:
            if value.startswith(_MARK):
                return value
            return _MARK + base64.urlsafe_b64encode(cipher.encrypt(value.encode(), [host])).decode().rstrip("=")

        return change_secrets(url, encrypt)

    def open(self, url: str) -> str:
        """`url` as it is asked for. Raises FeedError where a token was sealed with another key or for another host."""
        if _MARK not in url:
            return url
        host = _host(url)

        def decrypt(value: str) -> str:
            if not value.startswith(_MARK):
                return value
            if self._cipher is None:
                raise _cannot_open("TOCSIN_SECRET_KEY is not set")
            sealed = value.removeprefix(_MARK)
            try:
                data = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
                return self._cipher.decrypt(data, [host]).decode()
            except (InvalidTag, ValueError) as error:
                raise _cannot_open("it was stored with another TOCSIN_SECRET_KEY") from error

        return change_secrets(url, decrypt)


class SecretSealer:
    """Seals the tokens of workspaces with the same key; without a key it leaves them as they are.

    A token opens only for the workspace it was sealed for.
    """

    def __init__(self, key: str = "") -> None:
        self._cipher = AESSIV(_derive(key, _SECRET_SALT)) if key else None

    def seal_secret(self, secret: str, owner: str) -> str:
        """The secret of an owner, as it may be stored."""
        if self._cipher is None:
            return secret
        sealed = self._cipher.encrypt(secret.encode(), [owner.encode()])
        return _MARK + base64.urlsafe_b64encode(sealed).decode()

    def open_secret(self, sealed: str, owner: str) -> str:
        """The secret again. Raises SettingsError where it was sealed with another key or for another owner."""
        if not sealed.startswith(_MARK):
            return sealed
        why = "TOCSIN_SECRET_KEY is not set"
        if self._cipher is not None:
            try:
                data = base64.urlsafe_b64decode(sealed.removeprefix(_MARK))
                return self._cipher.decrypt(data, [owner.encode()]).decode()
            except (InvalidTag, ValueError):
                why = "it was stored with another TOCSIN_SECRET_KEY"
        raise SettingsError(
            f"The stored token of the workspace {owner} cannot be read: {why}.",
            "Set the key it was stored with, or install the app there again.",
        )


def _derive(key: str, salt: bytes) -> bytes:
    # 32 MB and some 50 ms once at the start make guessing a weak key expensive.
    return hashlib.scrypt(key.encode(), salt=salt, n=2**14, r=8, p=1, dklen=64)


def _host(url: str) -> bytes:
    try:
        return (urlsplit(url).hostname or "").encode()
    except ValueError:
        return b""


def _cannot_open(why: str) -> FeedError:
    return FeedError(
        FetchProblem.UNAUTHORISED,
        f"The token in this feed's address cannot be read: {why}.",
        "Set the key it was stored with, or remove the feed and add it again.",
    )
