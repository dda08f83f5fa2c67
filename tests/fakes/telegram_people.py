"""What people do on the fake Telegram: write, press buttons, add and remove the bot."""

import time
from collections.abc import Iterable
from itertools import count

from tests.fakes.server import JSON
from tests.fakes.telegram_files import Upload
from tests.fakes.telegram_html import automatic_entities
from tests.fakes.telegram_methods import BotApi
from tests.fakes.telegram_world import BotStatus, Chat, ChatType, SentMessage, User


class People:
    """A test's hands and mouth. Chats with people exist once the person wrote; other chats are added first."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._world = api.world
        self._query_ids = count(4_400_000_000_001)

    def add_user(self, user_id: int, first_name: str, username: str = "", language_code: str = "en") -> User:
        """A person with a name of their own; others are made up when first seen."""
        self._world.people[user_id] = User(user_id, first_name, username, language_code)
        return self._world.people[user_id]

    def add_chat(
        self,
        chat_id: int,
        chat_type: ChatType = "supergroup",
        *,
        title: str = "Test chat",
        username: str = "",
        members: Iterable[int] = (),
        admins: Iterable[int] = (),
        topics: Iterable[int] = (),
        bot_status: BotStatus = "member",
    ) -> Chat:
        """A chat the bot is in already; the admin with the lowest id is its creator, topics make it a forum.

        Raises:
            ValueError: the id does not fit the type: people have positive ids, all others negative.
        """
        if (chat_id > 0) != (chat_type == "private"):
            raise ValueError(f"a {chat_type} cannot have the id {chat_id}")
        chat = Chat(
            chat_id,
            chat_type,
            title=title,
            username=username,
            members={*members, *admins},
            admins=set(admins),
            topics=dict.fromkeys(topics, True),
            bot_status="administrator" if chat_type == "channel" and bot_status == "member" else bot_status,
        )
        for user_id in chat.members | ({chat_id} if chat_type == "private" else set()):
            self._world.person(user_id)
        self._world.chats[chat_id] = chat
        return chat

    def user_says(
        self,
        chat_id: int,
        user_id: int,
        text: str,
        *,
        reply_to: SentMessage | int | None = None,
        thread_id: int | None = None,
    ) -> int:
        """A person writes; gives back the message id. Privacy mode decides whether the bot hears it in a group."""
        chat = self._chat_of(chat_id, user_id)
        body = self._world.message_json(chat, chat.next_message_id(), self._world.person(user_id), thread_id)
        body["text"] = text
        if entities := automatic_entities(text, []):
            body["entities"] = entities
        target = reply_to.message_id if isinstance(reply_to, SentMessage) else reply_to
        if target is not None:
            original = chat.messages[target]
            body["reply_to_message"] = {name: value for name, value in original.items() if name != "reply_to_message"}
        chat.messages[body["message_id"]] = body
        if self._bot_hears(chat, body, target):
            self._api.updates.add("message", body)
        return int(body["message_id"])

    def user_sends_file(
        self, chat_id: int, user_id: int, upload: Upload, *, caption: str = "", reply_to: SentMessage | None = None
    ) -> int:
        """A person sends a document; gives back the message id. Privacy mode holds as for `user_says`."""
        chat = self._chat_of(chat_id, user_id)
        body = self._world.message_json(chat, chat.next_message_id(), self._world.person(user_id), None)
        body["document"] = upload.json(self._api.files.add(upload))
        if caption:
            body["caption"] = caption
        if reply_to is not None:
            body["reply_to_message"] = chat.messages[reply_to.message_id]
        chat.messages[body["message_id"]] = body
        if self._bot_hears(chat, body | {"text": caption}, reply_to.message_id if reply_to else None):
            self._api.updates.add("message", body)
        return int(body["message_id"])

    def user_shares_location(self, chat_id: int, user_id: int, latitude: float, longitude: float) -> int:
        """A person sends the place where they are, which a bot in privacy mode hears in private chats alone."""
        chat = self._chat_of(chat_id, user_id)
        body = self._world.message_json(chat, chat.next_message_id(), self._world.person(user_id), None)
        body["location"] = {"latitude": latitude, "longitude": longitude}
        chat.messages[body["message_id"]] = body
        if self._bot_hears(chat, body | {"text": ""}, None):
            self._api.updates.add("message", body)
        return int(body["message_id"])

    def posts_in_channel(self, chat_id: int, text: str) -> int:
        """An admin posts in the channel's name; gives back the message id."""
        chat = self._world.chats[chat_id]
        body = self._world.message_json(chat, chat.next_message_id(), None, None) | {"text": text}
        if entities := automatic_entities(text, []):
            body["entities"] = entities
        chat.messages[body["message_id"]] = body
        self._api.updates.add("channel_post", body)
        return int(body["message_id"])

    def user_presses(self, message: SentMessage, callback_data: str, user_id: int, *, is_forged: bool = False) -> str:
        """A person presses the button with this data; gives back the query id for `wait_for_answer`.

        Raises:
            AssertionError: the message has no such button now, and the press is not forged.
        """
        chat = self._chat_of(message.chat_id, user_id)
        if not is_forged:
            button = chat.sent[message.message_id].button(callback_data)
            callback_data = button.get("callback_data", "")
            assert callback_data, f"the button {button['text']!r} opens a page and tells the bot nothing"
        query_id = str(next(self._query_ids))
        self._api.open_queries.add(query_id)
        self._api.updates.add(
            "callback_query",
            {
                "id": query_id,
                "from": self._world.person(user_id).json(),
                "message": chat.messages[message.message_id],
                "chat_instance": str(abs(chat.id)),
                "data": callback_data,
            },
        )
        return query_id

    def blocks_bot(self, user_id: int) -> None:
        """The person blocks the bot; sending answers 403 from now on."""
        chat = self._chat_of(user_id, user_id)
        chat.is_bot_blocked = True
        self._tell_membership(chat, user_id, "member", "kicked")

    def unblocks_bot(self, user_id: int) -> None:
        """The person takes the bot back."""
        chat = self._chat_of(user_id, user_id)
        chat.is_bot_blocked = False
        self._tell_membership(chat, user_id, "kicked", "member")

    def deactivates(self, user_id: int) -> None:
        """The person's account is deleted."""
        self._world.person(user_id).is_deactivated = True

    def sets_bot_status(self, chat_id: int, status: BotStatus, *, by: int) -> None:
        """Adds, promotes, removes ("left") or bans ("kicked") the bot."""
        chat = self._world.chats[chat_id]
        before, chat.bot_status = chat.bot_status, status
        self._tell_membership(chat, by, before, status)

    def closes_topic(self, chat_id: int, thread_id: int) -> None:
        """Nobody but admins can write there any more."""
        self._world.chats[chat_id].topics[thread_id] = False

    def deletes_topic(self, chat_id: int, thread_id: int) -> None:
        """The topic and its messages are gone."""
        del self._world.chats[chat_id].topics[thread_id]

    def deletes_message(self, chat_id: int, message_id: int) -> None:
        """The message can no longer be edited or replied to."""
        chat = self._world.chats[chat_id]
        del chat.messages[message_id]
        chat.sent.pop(message_id, None)

    def migrates(self, chat_id: int, new_id: int) -> Chat:
        """The group becomes a supergroup with another id; both sides get their service message."""
        old = self._world.chats[chat_id]
        new = self.add_chat(
            new_id, "supergroup", title=old.title, members=old.members, admins=old.admins, bot_status=old.bot_status
        )
        old.migrated_to = new_id
        someone = self._world.person(min(old.admins or old.members or {1}))
        for chat, note in ((old, {"migrate_to_chat_id": new_id}), (new, {"migrate_from_chat_id": chat_id})):
            body = self._world.message_json(chat, chat.next_message_id(), someone, None) | note
            self._api.updates.add("message", body)
        return new

    def _chat_of(self, chat_id: int, user_id: int) -> Chat:
        self._world.person(user_id)
        if chat_id == user_id and chat_id not in self._world.chats:
            self.add_chat(chat_id, "private")
        chat = self._world.chats[chat_id]
        if chat.type != "private":
            chat.members.add(user_id)
        return chat

    def _bot_hears(self, chat: Chat, body: JSON, target: int | None) -> bool:
        if chat.type == "private" or chat.bot_status == "administrator":
            return True
        if chat.bot_status != "member":
            return False
        name = f"@{self._world.bot.username}".lower()
        commands = [word for word in str(body["text"]).split()[:1] if word.startswith("/")]
        return target in chat.sent or any("@" not in word or word.lower().endswith(name) for word in commands)

    def _tell_membership(self, chat: Chat, by: int, before: str, after: str) -> None:
        self._api.updates.add(
            "my_chat_member",
            {
                "chat": chat.json(self._world.people),
                "from": self._world.person(by).json(),
                "date": int(time.time()),
                "old_chat_member": self._world.status_json(chat, self._world.bot.id, before),
                "new_chat_member": self._world.status_json(chat, self._world.bot.id, after),
            },
        )
