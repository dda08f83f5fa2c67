"""What the operator set for Slack."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlackSetup:
    """What the operator set: the tokens, and how payloads come.

    With an `app_token` they come over a socket, with a `signing_secret` by calls of our web server, with both in both
    ways. `api_url` is the root of the Web API, such as https://slack.com/api/; `command` is the slash command of the
    app's manifest, `admin_group` the id of a user group whose members may change what channels watch.
    """

    bot_token: str = ""
    app_token: str = ""
    signing_secret: str = ""
    api_url: str = "https://slack.com/api/"
    command: str = "/tocsin"
    admin_group: str = ""
