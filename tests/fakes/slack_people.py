"""What people do on the fake Slack: command, press buttons, mention the bot, write to it, invite and remove it."""

import html
import re
import time
from collections.abc import Iterable

from tests.fakes.server import JSON
from tests.fakes.slack_methods import ResponseUrl, WebApi
from tests.fakes.slack_socket import Delivery, SocketMode
from tests.fakes.slack_views import View, find_element
from tests.fakes.slack_world import (
    APP_ID,
    BOT_ID,
    BOT_USER_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    Conversation,
    ConversationKind,
    SlackMessage,
    SlackUser,
    Workspace,
)

WEB_ADDRESS = re.compile(r"https?://[^\s<>|]+")
CHANNEL_LETTERS = {"public": "C", "private": "G", "im": "D"}
EVENT_FAMILIES = {"public": "channel", "private": "group", "im": "im"}


class People:
    """A test's hands and mouth. People and direct messages exist once they are named; channels are added first."""

    origin: str

    def __init__(self, api: WebApi, sockets: SocketMode) -> None:
        self._api = api
        self._world: Workspace = api.world
        self._sockets = sockets

    def add_user(
        self, user_id: str, name: str, timezone: str = "UTC", *, is_admin: bool = False, locale: str = "en-US"
    ) -> SlackUser:
        """A person with a name of their own; others are made up when first seen."""
        self._world.people[user_id] = SlackUser(user_id, name, timezone, is_admin, locale=locale)
        return self._world.people[user_id]

    def add_channel(
        self,
        channel_id: str,
        name: str = "security",
        *,
        kind: ConversationKind = "public",
        members: Iterable[str] = (),
        has_bot: bool = True,
    ) -> Conversation:
        """A channel, with the bot in it unless told otherwise; nobody is told about that."""
        everybody = {self._world.person(user).id for user in members} | ({BOT_USER_ID} if has_bot else set())
        self._world.conversations[channel_id] = Conversation(channel_id, name, kind, everybody)
        return self._world.conversations[channel_id]

    def opens_dm(self, user: str) -> str:
        """The id of the direct message between this person and the bot."""
        return self._world.direct_message(user).id

    def invites_bot(self, channel: str, by: str) -> Delivery:
        """The bot joins a channel and is told so."""
        conversation = self._world.conversations[channel]
        conversation.members |= {BOT_USER_ID, self._world.person(by).id}
        event = {
            "type": "member_joined_channel",
            "user": BOT_USER_ID,
            "channel": channel,
            "channel_type": CHANNEL_LETTERS[conversation.kind],
            "team": TEAM_ID,
            "inviter": by,
        }
        return self._tell(event)

    def removes_bot(self, channel: str, by: str) -> Delivery:
        """The bot is taken out of a channel; posting there is refused from now on."""
        conversation = self._world.conversations[channel]
        conversation.members.discard(BOT_USER_ID)
        family = EVENT_FAMILIES[conversation.kind]
        return self._tell({"type": f"{family}_left", "channel": channel, "actor_id": by})

    def archives(self, channel: str, by: str) -> Delivery:
        """Nobody can write there any more."""
        conversation = self._world.conversations[channel]
        conversation.is_archived = True
        family = EVENT_FAMILIES[conversation.kind]
        return self._tell({"type": f"{family}_archive", "channel": channel, "user": by})

    def user_commands(self, user: str, channel: str, command: str, text: str = "") -> Delivery:
        """A person uses a slash command; its text comes as Slack escapes it."""
        person, conversation = self._in_channel(user, channel)
        return self._sockets.deliver(
            "slash_commands",
            {
                "token": "verification",
                "team_id": TEAM_ID,
                "team_domain": TEAM_DOMAIN,
                "channel_id": conversation.id,
                "channel_name": "directmessage" if conversation.kind == "im" else conversation.name,
                "user_id": person.id,
                "user_name": person.name,
                "command": command,
                "text": as_slack_sends(text.strip()),
                "api_app_id": APP_ID,
                "is_enterprise_install": "false",
                "response_url": self._open_response_url(conversation.id, person.id, None),
                "trigger_id": self._open_trigger(person.id),
            },
            accepts_payload=True,
        )

    def user_presses(
        self, message: SlackMessage, action_id: str, user: str, *, forged_value: str = "", option: str = ""
    ) -> Delivery:
        """A person presses a button, or takes the option with this value from a menu.

        Raises:
            AssertionError: the message has no such element now.
        """
        person, conversation = self._in_channel(user, message.channel)
        shown = conversation.sent.get(message.ts, message)
        block_id, element = shown.element(action_id)
        chosen = {"selected_option": next(o for o in element["options"] if o["value"] == option)} if option else {}
        worth = {"value": forged_value or element.get("value")} if forged_value or "value" in element else {}
        action = {
            "type": element["type"],
            "action_id": action_id,
            "block_id": block_id,
            **({"text": element["text"]} if "text" in element else {}),
            **worth,
            **chosen,
            "action_ts": f"{time.time():.6f}",
        }
        return self._sockets.deliver(
            "interactive",
            {
                "type": "block_actions",
                "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": TEAM_ID},
                "api_app_id": APP_ID,
                "token": "verification",
                "container": {
                    "type": "message",
                    "message_ts": shown.ts,
                    "channel_id": conversation.id,
                    "is_ephemeral": bool(shown.only_for),
                },
                "trigger_id": self._open_trigger(person.id),
                "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
                "enterprise": None,
                "is_enterprise_install": False,
                "channel": {"id": conversation.id, "name": conversation.name},
                **({} if shown.only_for else {"message": shown.json()}),
                "state": {"values": {}},
                "response_url": self._open_response_url(conversation.id, person.id, shown),
                "actions": [action],
            },
        )

    def user_mentions(self, user: str, channel: str, text: str, *, thread: str = "") -> Delivery:
        """A person writes "@tocsin text" in a channel, or in the thread under the message with this timestamp."""
        event = self._write(user, channel, f"<@{BOT_USER_ID}> {as_slack_sends(text)}", thread)
        return self._tell({**event, "type": "app_mention"})

    def user_says_in_dm(self, user: str, text: str, *, thread: str = "") -> Delivery:
        """A person writes to the bot in its message tab."""
        event = self._write(user, self.opens_dm(user), as_slack_sends(text), thread)
        return self._tell({**event, "channel_type": "im"})

    def user_shares_file_in_dm(self, user: str, name: str, size: int) -> Delivery:
        """A person sends the bot a file, which an app without `files:read` only learns the name of."""
        event = self._write(user, self.opens_dm(user), "", "")
        file = {"id": "F0SHARED", "name": name, "size": size}
        return self._tell({**event, "channel_type": "im", "subtype": "file_share", "files": [file]})

    def opens_home(self, user: str) -> Delivery:
        """A person opens the app's home tab."""
        event = {"type": "app_home_opened", "user": user, "channel": self.opens_dm(user), "tab": "home"}
        return self._tell(event)

    def takes_shortcut(self, user: str, callback_id: str, message: SlackMessage | None = None) -> Delivery:
        """A person takes a shortcut: of a message if one is given, else of the search bar."""
        person = self._world.person(user)
        about: JSON = {"type": "shortcut"}
        if message is not None:
            channel = self._world.conversations[message.channel]
            about = {
                "type": "message_action",
                "channel": {"id": channel.id, "name": channel.name},
                "message_ts": message.ts,
                "message": message.json(),
                "response_url": self._open_response_url(channel.id, person.id, message),
            }
        return self._sockets.deliver("interactive", {**self._person_part(person), "callback_id": callback_id, **about})

    def presses_in_view(
        self, user: str, action_id: str, text: str = "", *, option: str = "", home: bool = False, block: int = 0
    ) -> Delivery:
        """A person presses a button of the modal in front or of the home tab, or takes an option of a menu there."""
        view = self._api.views.homes[user] if home else self._front(user)
        block_id, element = find_element(view, action_id, text, block)
        chosen = {"selected_option": next(o for o in element["options"] if o["value"] == option)} if option else {}
        worth = {"value": element["value"]} if "value" in element else {}
        action = {"type": element["type"], "action_id": action_id, "block_id": block_id, **worth, **chosen}
        return self._sockets.deliver(
            "interactive",
            {
                "type": "block_actions",
                **self._person_part(self._world.person(user)),
                "container": {"type": "view", "view_id": view.id},
                "view": view.json(),
                "actions": [action],
            },
        )

    def submits(self, user: str, **values: str) -> Delivery:
        """A person sends the modal in front off, with these values by the names of its fields."""
        view = self._front(user)
        assert "submit" in view.view, "there is nothing to send off"
        state = self._api.views.fill_in(view, {f"field:{name}": value for name, value in values.items()})
        return self._sockets.deliver(
            "interactive",
            {
                "type": "view_submission",
                **self._person_part(self._world.person(user)),
                "view": {**view.json(), "state": {"values": state}},
                "response_urls": [],
            },
            accepts_payload=True,
        )

    def _front(self, user: str) -> View:
        view = self._api.views.front(user)
        assert view is not None, f"{user} looks at no modal"
        return view

    def _person_part(self, person: SlackUser) -> JSON:
        return {
            "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": TEAM_ID},
            "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
            "api_app_id": APP_ID,
            "token": "verification",
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self._open_trigger(person.id),
        }

    def retries(self, delivery: Delivery) -> Delivery:
        """Slack sends an event once more: another envelope, the same event id."""
        return self._sockets.deliver("events_api", delivery.payload, retry_attempt=delivery.retry_attempt + 1)

    def hears_itself(self, message: SlackMessage) -> None:
        """Slack tells the bot of its own messages in direct messages."""
        if self._world.conversations[message.channel].kind == "im" and not message.only_for:
            event = {**message.json(), "channel": message.channel, "channel_type": "im", "event_ts": message.ts}
            self._tell({**event, "bot_profile": {"id": BOT_ID, "app_id": APP_ID, "name": "tocsin"}})

    def _in_channel(self, user: str, channel: str) -> tuple[SlackUser, Conversation]:
        person, conversation = self._world.person(user), self._world.conversations[channel]
        if conversation.kind != "im":
            conversation.members.add(user)
        return person, conversation

    def _write(self, user: str, channel: str, text: str, thread: str) -> JSON:
        person, conversation = self._in_channel(user, channel)
        ts = self._world.next_ts()
        body: JSON = {"type": "message", "user": person.id, "text": text, "ts": ts, "team": TEAM_ID}
        if thread:
            body["thread_ts"] = thread
        conversation.said[ts] = body
        return {**body, "client_msg_id": self._world.next_id("msg-"), "channel": channel, "event_ts": ts}

    def _tell(self, event: JSON) -> Delivery:
        return self._sockets.deliver(
            "events_api",
            {
                "token": "verification",
                "team_id": TEAM_ID,
                "api_app_id": APP_ID,
                "event": event,
                "type": "event_callback",
                "event_id": self._world.next_id("Ev"),
                "event_time": int(time.time()),
                "authorizations": [{"enterprise_id": None, "team_id": TEAM_ID, "user_id": BOT_USER_ID, "is_bot": True}],
                "is_ext_shared_channel": False,
            },
        )

    def _open_trigger(self, user: str) -> str:
        return self._api.views.give_trigger(user)

    def _open_response_url(self, channel: str, user: str, source: SlackMessage | None) -> str:
        key = self._world.next_id("r")
        self._api.response_urls[key] = ResponseUrl(channel, user, source, self._api.now())
        return f"{self.origin}/response/{key}"


def as_slack_sends(text: str) -> str:
    """What a person typed as Slack hands it on: three characters escaped, web addresses in angle brackets."""
    return WEB_ADDRESS.sub(lambda match: f"<{match[0]}>", html.escape(text, quote=False))
