"""Slack's seat: the real adapter on the fake workspace, which checks every block and view."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bot.chat.slack.connect import SlackChat
from bot.chat.slack.intake import take_payload
from bot.commands.inbox import Inbox
from bot.domain.chats import ChatKind, Destination
from bot.ports.clock import Clock
from tests.conformance.cases import How, Place, Step, Who
from tests.conformance.seats import LOST_RECEIPT, button_rows, file_words
from tests.conformance.voices import Voice
from tests.factories import build_slack_destination
from tests.fakes.server import JSON
from tests.fakes.slack import SlackFake
from tests.fakes.slack_blocks import check_blocks
from tests.fakes.slack_methods import SlackLimits
from tests.fakes.slack_opening import opened_slack
from tests.fakes.slack_socket import Delivery
from tests.fakes.slack_views import View
from tests.fakes.slack_world import SlackMessage

_IDS = {Who.DANA: "U0DANA", Who.BAHROM: "U0BAHROM", Who.SITORA: "U0SITORA"}
_NAMES = {user: who.value for who, user in _IDS.items()}
_GROUP = "C0DESK"


class SlackSeat:
    """People in direct messages with the bot and in one channel; Dana administers the workspace."""

    name = "Slack"

    def __init__(self, fake: SlackFake, chat: SlackChat, clock: Clock, voice: Voice) -> None:
        self.app, self.messenger = chat.app, chat.messenger
        self._fake = fake
        self._voice = voice
        self._clock = clock
        self._seen = {"sent": 0, "edits": 0, "files": 0}
        self._views: dict[str, tuple[str, int]] = {}

    def destination(self, place: Place) -> Destination | None:
        """Dana's direct message or the channel."""
        if place is Place.PRIVATE:
            dm = self._fake.opens_dm(_IDS[Who.DANA])
            return build_slack_destination(dm, kind=ChatKind.PRIVATE, title="", workspace="T0TOCSIN")
        return build_slack_destination(_GROUP, title="desk", workspace="T0TOCSIN")

    async def act(self, step: Step, inbox: Inbox) -> bool:
        """Somebody writes, presses or answers in a thread; the bot takes the payload as from a socket."""
        user = _IDS[step.who]
        channel = self._fake.opens_dm(user) if step.place is Place.PRIVATE else _GROUP
        delivery = self._do(step, user, channel)
        if delivery is None:
            return False
        taken = await take_payload(delivery.payload, partial(inbox.take, self.app), self._clock)
        assert taken.taken
        if delivery.payload.get("type") == "view_submission":
            self._fake.api.views.take_answer(user, taken.body)
        return True

    def _do(self, step: Step, user: str, channel: str) -> Delivery | None:
        if step.how is How.LOCATE:
            return None
        if step.how is How.FILE:
            return self._fake.user_shares_file_in_dm(user, "list.yaml", len(step.text))
        if step.how is How.PRESS:
            return self._press(step.text, user, channel)
        if step.how is How.WRITE:
            return self._fake.user_commands(user, channel, "/tocsin", step.text)
        cards = [one for one in self._fake.messages(channel) if "CSTO troops deploy" in one.visible]
        if step.place is Place.PRIVATE:
            return self._fake.user_says_in_dm(user, step.text, thread=cards[-1].ts)
        return self._fake.user_mentions(user, channel, step.text, thread=cards[-1].ts)

    def _press(self, label: str, user: str, channel: str) -> Delivery | None:
        for message in reversed([one for one in self._fake.sent if one.channel == channel]):
            for _, element in message.elements:
                if self._says(element, label):
                    return self._fake.user_presses(message, element["action_id"], user)
                option = next((one for one in element.get("options", ()) if self._says(one, label)), None)
                if option is not None:
                    return self._fake.user_presses(message, element["action_id"], user, option=option["value"])
        view = self._fake.api.views.front(user)
        return self._press_in(view, label, user) if view is not None else None

    def _press_in(self, view: View, label: str, user: str) -> Delivery | None:
        """Presses a button of a modal, or chooses what stands in one of its menus and sends it off."""
        if self._voice.says(view.view.get("submit", {}).get("text", ""), label):
            return self._fake.submits(user)
        for block in view.view["blocks"]:
            for element in block.get("elements", []):
                if self._says(element, label):
                    return self._fake.presses_in_view(user, element["action_id"], element["text"]["text"])
            for option in block.get("element", {}).get("options", []):
                if self._says(option, label):
                    return self._fake.submits(user, **{block["block_id"].removeprefix("field:"): option["value"]})
        return None

    def _says(self, element: JSON, label: str) -> bool:
        return self._voice.says(element.get("text", {}).get("text", ""), label)

    def take(self) -> list[str]:
        """Messages, edits, files, modals and home tabs, as Slack was given them."""
        shown = [("message", one) for one in self._fake.sent[self._seen["sent"] :]]
        shown += [("edit", one) for one in self._fake.edits[self._seen["edits"] :]]
        files = self._fake.api.files[self._seen["files"] :]
        self._seen = {
            "sent": len(self._fake.sent),
            "edits": len(self._fake.edits),
            "files": len(self._fake.api.files),
        }
        words = [_words(what, one) for what, one in shown]
        words += [file_words(one.name, one.data, one.alt) for one in files]
        return words + self._take_views()

    def _take_views(self) -> list[str]:
        """Modals and home tabs that look otherwise than before."""
        views = self._fake.api.views
        shown = [("modal", user, view) for user in _NAMES if (view := views.front(user)) is not None]
        shown += [("home tab", user, view) for user, view in views.homes.items()]
        words = []
        for what, user, view in shown:
            if self._views.get(f"{what} {user}") != (view.id, view.version):
                self._views[f"{what} {user}"] = (view.id, view.version)
                words.append(_view_words(what, user, view))
        return words

    def check(self) -> None:
        """Slack took everything, but for edits of what is on no screen."""
        refused = [call for call in self._fake.calls if call.error]
        wrong = [call for call in refused if not str(call.parameters.get("ts", "")).startswith(str(LOST_RECEIPT)[:2])]
        assert not wrong, [(call.method, call.error, call.parameters) for call in wrong]


def _words(what: str, message: SlackMessage) -> str:
    only = f" for {_NAMES[message.only_for]} alone" if message.only_for else ""
    where = " in the channel" if message.channel == _GROUP else ""
    thread = ", in the thread" if message.thread_ts else ""
    alive = [f"{one.kind} {one.target}" for one in message.mentions]
    head = f"({what}{only}{where}{thread}{', calls ' + ', '.join(alive) if alive else ''})"
    blocks = [_block_words(block) for block in message.blocks]
    return "\n".join([head, *(f"text: {message.text}" for _ in "x" if not message.blocks), *blocks])


def _view_words(what: str, user: str, view: View) -> str:
    head = f"({what} of {_NAMES[user]}{': ' + view.title if what == 'modal' else ''})"
    sends = [f"[{view.view['submit']['text']} sends it off]"] if "submit" in view.view else []
    return "\n".join([head, *(_block_words(block) for block in view.view["blocks"]), *sends])


def _block_words(block: JSON) -> str:
    """A block on its lines: what a person sees, or its buttons with their values."""
    if block["type"] == "actions":
        return button_rows([[_element_words(one) for one in block["elements"]]])
    if block["type"] == "divider":
        return "-----"
    if block["type"] == "input":
        element = block["element"]
        held = element.get("initial_value") or element.get("initial_option", {}).get("value") or ""
        return f"input {block['block_id']}: {block['label']['text']} = {held!r}"
    accessory = block.get("accessory")
    plain = {name: value for name, value in block.items() if name != "accessory"}
    said = check_blocks([plain]).visible.replace("\n", "\n  ")
    menu = f" {_element_words(accessory)}" if accessory else ""
    return f"{block['type']}: {said}{menu}"


def _element_words(element: JSON) -> str:
    if element["type"] == "overflow":
        options = ", ".join(f"{one['text']['text']} → {one['value']}" for one in element["options"])
        return f"[⋮ {options}]"
    return f"{element['text']['text']} → {element.get('value') or element.get('url')}"


@asynccontextmanager
async def open_slack_seat(clock: Clock, _: Path, voice: Voice) -> AsyncIterator[SlackSeat]:
    """The seat, with a fake of its own."""
    async with SlackFake(limits=SlackLimits(channel_interval=0.0)) as fake:
        for who, user in _IDS.items():
            fake.add_user(user, who.value, is_admin=who is Who.DANA, locale=voice.language)
            fake.opens_dm(user)
        fake.add_channel(_GROUP, "desk", members=list(_IDS.values()))
        async with opened_slack(fake.setup, clock) as chat:
            yield SlackSeat(fake, chat, clock, voice)
