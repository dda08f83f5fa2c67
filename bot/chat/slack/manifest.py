"""The app manifest: what Slack must know of Tocsin, with the least scopes. Pure.

https://docs.slack.dev/reference/app-manifest
"""

from typing import Any

# Each scope with what it is for. Deliberately absent: channels:history and groups:history (the bot reads no
# conversations), chat:write.public (it posts where it was invited), users:read.email and reactions:read.
SCOPES = {
    "commands": "the slash command and the shortcuts",
    "chat:write": "alerts, digests, answers and updates of cards; the bot must be invited to the channel",
    "app_mentions:read": "“@tocsin why” inside threads, where slash commands do not work",
    "im:history": "what people write in the app's own message tab",
    "files:write": "statistics and exports",
    "users:read": "who administers the workspace",
    "channels:read": "whether the bot is in the channel that a list is to go to",
    "groups:read": "the same for private channels that the bot is in",
}
# What is asked for only where the operator set a user group whose members may change what channels watch.
ADMIN_GROUP_SCOPE = "usergroups:read"
SOCKET_SCOPE = "connections:write"
EVENTS = (
    "app_home_opened",
    "app_mention",
    "message.im",
    "member_joined_channel",
    "channel_archive",
    "channel_deleted",
    "channel_left",
    "group_archive",
    "group_deleted",
    "group_left",
    "app_uninstalled",
    "tokens_revoked",
)
# The scope that each method of the Web API asks for; docs.slack.dev/reference/methods. Empty: any token.
METHOD_SCOPES = {
    "apps.connections.open": SOCKET_SCOPE,
    "auth.test": "",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.info": "channels:read",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "oauth.v2.access": "",
    "usergroups.users.list": ADMIN_GROUP_SCOPE,
    "users.info": "users:read",
    "views.open": "",
    "views.publish": "",
    "views.push": "",
    "views.update": "",
    # Only where the operator added it: to find out whether a message of which no receipt came was posted.
    "conversations.history": "channels:history",
}


def build_manifest(
    *, command: str = "/tocsin", url: str = "", several: bool = False, admin_group: bool = False
) -> dict[str, Any]:
    """The manifest of an app with this slash command.

    `url` is the https address of our web server, without a path; without one the app uses Socket Mode. `several` lets
    it be installed in more than one workspace, for which it needs the address.
    """
    events_url = f"{url.rstrip('/')}/slack/events" if url else ""
    called = {"request_url": events_url} if url else {}
    slash = {
        "command": command,
        "description": "Watchlists, tests, digests, mutes",
        "usage_hint": "watch | lists | test <query> | recent | mute | quiet | stats | help",
        "should_escape": True,
        **({"url": events_url} if url else {}),
    }
    scopes = [*SCOPES, *([ADMIN_GROUP_SCOPE] if admin_group else [])]
    redirect = {"redirect_urls": [f"{url.rstrip('/')}/slack/oauth_redirect"]} if several else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Tocsin",
            "description": "Security-news watchlists with reasons, stories and a quiet night",
            "background_color": "#1f3a5f",
        },
        "features": {
            "bot_user": {"display_name": "tocsin", "always_online": True},
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "slash_commands": [slash],
            "shortcuts": [
                {
                    "name": "Watch this",
                    "type": "message",
                    "callback_id": "watch_this",
                    "description": "Start a watchlist from this message",
                },
                {
                    "name": "Why this alert",
                    "type": "message",
                    "callback_id": "why_alert",
                    "description": "Explain an alert of Tocsin",
                },
                {
                    "name": "New watchlist",
                    "type": "global",
                    "callback_id": "watch_new",
                    "description": "Create a watchlist",
                },
            ],
        },
        "oauth_config": {**redirect, "scopes": {"bot": scopes}},
        "settings": {
            "event_subscriptions": {**called, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **called},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }
