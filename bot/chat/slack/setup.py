"""What the operator set for Slack."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlackSetup:
    """The tokens, and how payloads come.

    With an `app_token` they come over a socket, with a `signing_secret` by calls of our web server, with both in both
    ways. With a `bot_token` the app serves the workspace of that token; with a `client_id` and its `client_secret` it
    serves every workspace that people install it in. `api_url` is the root of the Web API, such as
    https://slack.com/api/; `command` is the slash command of the app's manifest, `admin_group` the id of a user group
    whose members may change what channels watch.
    """

    bot_token: str = ""
    app_token: str = ""
    signing_secret: str = ""
    api_url: str = "https://slack.com/api/"
    command: str = "/tocsin"
    admin_group: str = ""
    client_id: str = ""
    client_secret: str = ""

    @property
    def several(self) -> bool:
        """Whether the app may serve more than one workspace."""
        return bool(self.client_id)
