"""Settings: the only place that reads the environment. A wrong or unknown one stops the start with one clear line."""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

import watchlists
from bot.domain.access import EVERYONE, AllowedChats, read_allowed_chats
from bot.domain.language import ENGLISH, LANGUAGES, find_language
from bot.errors import SettingsError
from bot.logs import Redactor

_PREFIX = "TOCSIN_"
_SHORTEST_KEY = 16
# https://core.telegram.org/bots/api#setwebhook
_WEBHOOK_PORTS = (443, 80, 88, 8443)
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_NUMBER = "it must be a whole number"
# What a setting must look like, where a pattern says so that nobody wants to read.
_SHAPES = {
    "TOCSIN_OWNER": "write telegram: or slack: and the person's id, like telegram:123456789 or slack:U024BE7LH",
    "SLACK_COMMAND": "write a command in small letters, like /tocsin",
    "SLACK_CLIENT_ID": "write the numbers that stand under Basic Information, like 12345.67890",
    "SLACK_ADMIN_GROUP": "write the id of a user group, like S0604QSJC",
}
_BOTH_TOKENS = "Slack needs both: the bot token (xoxb-…) and the app-level token (xapp-…, scope connections:write)."
SHIPPED_WATCHLISTS = Path(watchlists.__file__).parent

Network = IPv4Network | IPv6Network


class Settings(BaseSettings):
    """Every setting, by its name in the environment or in `.env` (the environment wins)."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    data_dir: Path = Field(default=Path("data"), validation_alias="TOCSIN_DATA_DIR")
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    database_connections: int = Field(default=5, validation_alias="TOCSIN_DATABASE_CONNECTIONS", ge=2, le=100)
    watchlists: Path = Field(default=SHIPPED_WATCHLISTS, validation_alias="TOCSIN_WATCHLISTS")
    telegram_bot_token: SecretStr | None = Field(default=None, validation_alias="TELEGRAM_BOT_TOKEN")
    telegram_api_url: str = Field(default="https://api.telegram.org", validation_alias="TELEGRAM_API_URL")
    telegram_webhook_url: str = Field(default="", validation_alias="TELEGRAM_WEBHOOK_URL")
    telegram_webhook_secret: SecretStr | None = Field(default=None, validation_alias="TELEGRAM_WEBHOOK_SECRET")
    slack_bot_token: SecretStr | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(default=None, validation_alias="SLACK_SIGNING_SECRET")
    slack_client_id: str = Field(default="", validation_alias="SLACK_CLIENT_ID", pattern=r"^([0-9.]{3,60})?$")
    slack_client_secret: SecretStr | None = Field(default=None, validation_alias="SLACK_CLIENT_SECRET")
    slack_command: str = Field(default="/tocsin", validation_alias="SLACK_COMMAND", pattern=r"^/[a-z0-9_-]{1,31}$")
    slack_admin_group: str = Field(default="", validation_alias="SLACK_ADMIN_GROUP", pattern=r"^(S[A-Z0-9]{2,30})?$")
    slack_api_url: str = Field(default="https://slack.com/api/", validation_alias="SLACK_API_URL")
    secret_key: SecretStr | None = Field(default=None, validation_alias="TOCSIN_SECRET_KEY")
    allowed_chats: Annotated[AllowedChats, NoDecode] = Field(default=EVERYONE, validation_alias="TOCSIN_ALLOWED_CHATS")
    private_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(), validation_alias="TOCSIN_PRIVATE_NETWORKS"
    )
    fetch_concurrency: int = Field(default=320, validation_alias="TOCSIN_FETCH_CONCURRENCY", ge=1, le=1000)
    host_concurrency: int = Field(default=1, validation_alias="TOCSIN_HOST_CONCURRENCY", ge=1, le=100)
    contact: str = Field(default="", validation_alias="TOCSIN_CONTACT", max_length=200)
    polls_per_hour: int | None = Field(default=None, validation_alias="TOCSIN_POLLS_PER_HOUR", ge=1)
    keep_days: int = Field(default=365, validation_alias="TOCSIN_KEEP_DAYS", ge=1, le=36_500)
    keep_items: int = Field(default=50_000, validation_alias="TOCSIN_KEEP_ITEMS", ge=100)
    timezone: str = Field(default="UTC", validation_alias="TOCSIN_TIMEZONE")
    language: str = Field(default=ENGLISH, validation_alias="TOCSIN_LANGUAGE")
    owner: str = Field(
        default="",
        validation_alias="TOCSIN_OWNER",
        pattern=r"^((telegram:-?\d+|slack:(T[A-Z0-9]+/)?[A-Z0-9]+))?$",
    )
    port: int | None = Field(default=None, validation_alias="PORT", ge=0, le=65535)
    public_url: str = Field(default="", validation_alias="TOCSIN_PUBLIC_URL")
    ping_url: SecretStr | None = Field(default=None, validation_alias="TOCSIN_PING_URL")
    allow_ephemeral: bool = Field(default=False, validation_alias="TOCSIN_ALLOW_EPHEMERAL")
    dyno: str = Field(default="", validation_alias="DYNO")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", validation_alias="TOCSIN_LOG_LEVEL")

    @field_validator("private_networks", mode="before")
    @classmethod
    def _read_networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return tuple(ip_network(part) for part in value.replace(",", " ").split())
        except ValueError as error:
            raise ValueError(f"{error}. Write networks like 10.0.0.0/8, 127.0.0.1/32") from None

    @field_validator("allowed_chats", mode="before")
    @classmethod
    def _read_chats(cls, value: object) -> object:
        return read_allowed_chats(value) if isinstance(value, str) else value

    @field_validator("secret_key")
    @classmethod
    def _check_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < _SHORTEST_KEY:
            raise ValueError(f"it needs {_SHORTEST_KEY} characters or more, as `openssl rand -base64 32` makes them")
        return value

    @field_validator("timezone")
    @classmethod
    def _check_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"“{value}” is no time zone. Write one like Asia/Dushanbe") from None
        return value

    @field_validator("language")
    @classmethod
    def _check_language(cls, value: str) -> str:
        language = find_language(value)
        if not language:
            raise ValueError(f"write one of {', '.join(LANGUAGES)}")
        return language

    @field_validator("contact")
    @classmethod
    def _check_contact(cls, value: str) -> str:
        if not (value.isascii() and value.isprintable()) or set(value) & set("()"):
            raise ValueError("write an e-mail address or the URL of a page")
        return value

    @field_validator("telegram_api_url", "slack_api_url")
    @classmethod
    def _check_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("the address must begin with http:// or https://")
        return value

    @field_validator("telegram_webhook_url")
    @classmethod
    def _check_webhook(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme != "https" or not parts.hostname or len(parts.path) <= 1:
            raise ValueError("write an https address with a path, like https://tocsin.example.org/telegram")
        if (parts.port or 443) not in _WEBHOOK_PORTS:
            raise ValueError("Telegram calls the ports 443, 80, 88 and 8443 only")
        return value

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("write the address that others reach this service at, like https://tocsin.example.org")
        return value.rstrip("/")

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _check_webhook_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("it needs 16 to 256 of the characters A-Z, a-z, 0-9, _ and -")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator(
        "telegram_bot_token",
        "telegram_webhook_secret",
        "slack_bot_token",
        "slack_app_token",
        "slack_signing_secret",
        "slack_client_secret",
        "secret_key",
        "polls_per_hour",
        "port",
        "ping_url",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def store_url(self) -> str:
        """Where the store is: `DATABASE_URL`, or a SQLite file in the data directory."""
        return self.database_url or f"sqlite:///{self.data_dir / 'tocsin.db'}"

    @property
    def backups(self) -> Path:
        """The folder of the daily backups."""
        return self.data_dir / "backups"

    @property
    def secrets(self) -> tuple[SecretStr, ...]:
        """Every secret that is set, so that no log shows one."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(value for value in values if isinstance(value, SecretStr))

    def refuse_ephemeral(self) -> None:
        """Raises SettingsError where the database would stand on a disk that is known to be wiped."""
        if self.dyno and self.store_url.startswith("sqlite:") and not self.allow_ephemeral:
            raise SettingsError(
                "This is a Heroku dyno (DYNO is set): its disk is wiped at least once a day, and the database with it.",
                "Set DATABASE_URL to a PostgreSQL, run Tocsin where the disk stays, or set TOCSIN_ALLOW_EPHEMERAL=1 to "
                "lose it knowingly.",
            )

    @property
    def wants_webhook(self) -> bool:
        """Whether Telegram calls us. Raises SettingsError where nobody would answer."""
        if self.telegram_webhook_url and self.port is None:
            raise SettingsError(
                "TELEGRAM_WEBHOOK_URL is set, but PORT is not.",
                "Set PORT to where your https proxy passes the requests on, or unset TELEGRAM_WEBHOOK_URL to poll.",
            )
        return bool(self.telegram_webhook_url)

    @property
    def is_called(self) -> bool:
        """Whether others call us: a platform or hubs."""
        return bool(self.wants_webhook or self.slack_signing_secret or self.wants_hubs)

    @property
    def wants_hubs(self) -> bool:
        """Whether hubs may call us with news of feeds. Raises SettingsError where nobody would answer."""
        if self.public_url and self.port is None:
            raise SettingsError(
                "TOCSIN_PUBLIC_URL is set, but PORT is not.",
                "Set PORT to where your proxy passes the requests on, or unset TOCSIN_PUBLIC_URL to poll only.",
            )
        return bool(self.public_url)

    @property
    def wants_slack(self) -> bool:
        """Whether Slack is set up. Raises SettingsError where a part of it is missing or contradicts another."""
        if self.slack_signing_secret and self.port is None:
            raise SettingsError(
                "SLACK_SIGNING_SECRET is set, but PORT is not.",
                "Set PORT to where your https proxy passes the requests on, or unset it and use SLACK_APP_TOKEN.",
            )
        if self.slack_client_id or self.slack_client_secret:
            self._check_several_workspaces()
        elif self.slack_app_token and not self.slack_bot_token:
            raise SettingsError("SLACK_BOT_TOKEN is not set, but its twin is.", _BOTH_TOKENS)
        is_wanted = bool(self.slack_bot_token or self.slack_client_id)
        if is_wanted and not (self.slack_app_token or self.slack_signing_secret):
            raise SettingsError(
                "SLACK_APP_TOKEN is not set, but its twin is.",
                f"{_BOTH_TOKENS} Where Slack can call you, SLACK_SIGNING_SECRET does instead of the second.",
            )
        return is_wanted

    def _check_several_workspaces(self) -> None:
        if not (self.slack_client_id and self.slack_client_secret):
            missing = "SLACK_CLIENT_SECRET" if self.slack_client_id else "SLACK_CLIENT_ID"
            raise SettingsError(f"{missing} is not set, but its twin is.", "Both stand under Basic Information.")
        if self.slack_bot_token:
            raise SettingsError(
                "SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set.",
                "The first is for one workspace, the second for several. Unset one of them.",
            )
        if self.port is None:
            raise SettingsError(
                "SLACK_CLIENT_ID is set, but PORT is not.",
                "Set PORT: people install the app at /slack/install of our web server.",
            )


def load_settings() -> Settings:
    """The settings of this process. Raises SettingsError, naming the first wrong or unknown one."""
    try:
        given = {**dotenv_values(".env"), **os.environ}
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise SettingsError(f".env cannot be read: {reason}.", "Check its owner and its permissions.") from None
    _refuse_unknown(given)
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        reason = _NUMBER if first["type"] in ("int_parsing", "int_type") else first["msg"].removeprefix("Value error, ")
        reason = _SHAPES[name] if first["type"] == "string_pattern_mismatch" else reason
        # Whoever sets a wrong variable may have put a token or a password there.
        value = "what it is" if name in _secret_names() else f"“{given.get(name)}”"
        said = Redactor().clean(f"{name} cannot be {value}: {reason}.")
        raise SettingsError(said, "Correct or unset it.") from None
    _ = settings.wants_slack, settings.wants_webhook, settings.wants_hubs
    return settings


def setting_names() -> tuple[str, ...]:
    """The name of every setting."""
    return tuple(str(field.validation_alias) for field in Settings.model_fields.values())


def _secret_names() -> frozenset[str]:
    fields = Settings.model_fields.values()
    return frozenset(str(field.validation_alias) for field in fields if SecretStr in get_args(field.annotation))


def _refuse_unknown(given: Mapping[str, str | None]) -> None:
    known = setting_names()
    for name in given:
        if name.startswith(_PREFIX) and name not in known:
            bare = {one.removeprefix(_PREFIX): one for one in known if one.startswith(_PREFIX)}
            near = [bare[word] for word in get_close_matches(name.removeprefix(_PREFIX), bare, n=1, cutoff=0.7)]
            cure = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(bare.values())}."
            raise SettingsError(f"{name} is not a setting.", cure)
