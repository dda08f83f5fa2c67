"""Installing an app in workspaces of the fake Slack: codes that work once, and the tokens they become."""

import secrets
from dataclasses import dataclass, field

from tests.fakes.server import JSON
from tests.fakes.slack_world import APP_ID, SlackError

CLIENT_ID, CLIENT_SECRET = "700.800", "client-secret-fakefake"


@dataclass(slots=True)
class Installations:
    """Codes that Slack gave out, by workspace, and the tokens that are good, by token."""

    codes: dict[str, JSON] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)

    def grant(self, workspace: str, name: str, *, by: str = "U0OWNER", enterprise: bool = False) -> str:
        """An admin of a workspace allows the app; the code that Slack sends them back with."""
        code = f"700.{secrets.token_hex(8)}"
        self.codes[code] = {
            "app_id": APP_ID,
            "token_type": "bot",
            "access_token": f"xoxb-{workspace.lower()}-{secrets.token_hex(4)}",
            "scope": "commands,chat:write",
            "bot_user_id": f"U0BOT{workspace}",
            "team": None if enterprise else {"id": workspace, "name": name},
            "enterprise": {"id": "E0ORG", "name": "Org"} if enterprise else None,
            "is_enterprise_install": enterprise,
            "authed_user": {"id": by},
        }
        return code

    def exchange(self, given: JSON) -> JSON:
        """What a code is worth.

        Raises:
            SlackError: it was used already, or the app did not prove who it is.
        """
        if given.get("client_id") != CLIENT_ID:
            raise SlackError("invalid_client_id")
        if given.get("client_secret") != CLIENT_SECRET:
            raise SlackError("bad_client_secret")
        answer = self.codes.pop(str(given.get("code") or ""), None)
        if answer is None:
            raise SlackError("invalid_code")
        if answer["team"]:
            self.tokens[answer["access_token"]] = answer["team"]["id"]
        return answer

    def check(self, token: str) -> None:
        """Whether a token is good.

        Raises:
            SlackError: it is not.
        """
        if token in self.revoked:
            raise SlackError("token_revoked")
        if token not in self.tokens:
            raise SlackError("invalid_auth")
