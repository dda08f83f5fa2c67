"""Modals and home tabs of the fake Slack: opened within three seconds of a trigger, three on top of each other at most,
renewed by their hash; and what people do in them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.server import JSON, Signal
from tests.fakes.slack_blocks import Content, check_view, elements_of
from tests.fakes.slack_shapes import ShapeError
from tests.fakes.slack_world import APP_ID, TEAM_ID, SlackError, Workspace, with_ids

TRIGGER_SECONDS = 3.0
STACK_MAX = 3  # docs.slack.dev/surfaces/modals: views in a stack
ANSWERS = ("errors", "clear", "push", "update")


@dataclass(frozen=True, slots=True)
class View:
    """A modal or home tab as it looks now; `version` counts its changes."""

    id: str
    user: str
    view: JSON
    content: Content
    version: int = 1

    @property
    def visible(self) -> str:
        """What a person reads in it."""
        return self.content.visible

    @property
    def title(self) -> str:
        """The title of a modal."""
        return str(self.view["title"]["text"])

    @property
    def hash(self) -> str:
        """What Slack tells a change of the view by."""
        return f"1732430000.{self.id}.{self.version}"

    def json(self) -> JSON:
        """Slack's view object."""
        filled = {"private_metadata": "", "callback_id": "", "external_id": "", **self.view}
        state: JSON = {"values": {}}
        return {
            **filled, "id": self.id, "team_id": TEAM_ID, "app_id": APP_ID, "app_installed_team_id": TEAM_ID,
            "hash": self.hash, "state": state,
        }  # fmt: skip


class Views:
    """What is open where. `open` holds each person's stack, the one in front last."""

    def __init__(self, world: Workspace, now: Callable[[], float], signal: Signal) -> None:
        self._world = world
        self._now = now
        self._signal = signal
        self._triggers: dict[str, tuple[str, float]] = {}
        self.open: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.mistakes: dict[str, Mapping[str, str]] = {}
        self.methods: dict[str, Callable[[JSON], JSON]] = {
            "views.open": lambda given: self._show(given, pushes=False),
            "views.push": lambda given: self._show(given, pushes=True),
            "views.update": self._update,
            "views.publish": self._publish,
        }

    def give_trigger(self, user: str) -> str:
        """Lets the bot show one modal to this person within three seconds."""
        trigger = self._world.next_id("trigger.")
        self._triggers[trigger] = (user, self._now())
        return trigger

    def front(self, user: str) -> View | None:
        """The modal that a person looks at."""
        stack = self.open.get(user)
        return stack[-1] if stack else None

    def close(self, user: str, *, everything: bool = False) -> None:
        """The person closes the modal in front, or all."""
        self.open[user] = [] if everything else self.open.get(user, [])[:-1]
        self._signal.fire()

    def _show(self, given: JSON, *, pushes: bool) -> JSON:
        user, issued_at = self._triggers.pop(str(given.get("trigger_id") or ""), ("", 0.0))
        if not user:
            raise SlackError("invalid_trigger_id")
        if self._now() - issued_at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        return {"view": self._put(user, given.get("view"), pushes=pushes).json()}

    def _put(self, user: str, view: Any, *, pushes: bool) -> View:
        shown = self._read(self._world.next_id("V"), user, view, "modal")
        stack = self.open.setdefault(user, [])
        if pushes and not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK_MAX:
            raise SlackError("push_limit_reached")
        if not pushes:
            stack.clear()
        stack.append(shown)
        self._signal.fire()
        return shown

    def _update(self, given: JSON) -> JSON:
        named = str(given.get("external_id") or "")
        for user, stack in self.open.items():
            for place, old in enumerate(stack):
                if old.id == given.get("view_id") or (named and old.view.get("external_id") == named):
                    if given.get("hash") not in {None, old.hash}:
                        raise SlackError("hash_conflict")
                    stack[place] = self._read(old.id, user, given.get("view"), "modal", old.version + 1)
                    self._signal.fire()
                    return {"view": stack[place].json()}
        raise SlackError("not_found")

    def _publish(self, given: JSON) -> JSON:
        user = str(given.get("user_id") or "")
        if user not in self._world.people:
            raise SlackError("user_not_found")
        self.homes[user] = self._read(self._world.next_id("V"), user, given.get("view"), "home")
        self._signal.fire()
        return {"view": self.homes[user].json()}

    def _read(self, view_id: str, user: str, view: Any, kind: str, version: int = 1) -> View:
        try:
            content = check_view(view)
        except ShapeError as error:
            raise SlackError("invalid_arguments", [str(error)]) from error
        if view["type"] != kind:
            raise SlackError("invalid_arguments", [f"[ERROR] must be one of {kind} [json-pointer:/view/type]"])
        name = view.get("external_id")
        taken = {one.view.get("external_id") for stack in self.open.values() for one in stack if one.id != view_id}
        if name and name in taken:
            raise SlackError("duplicate_external_id")
        return View(view_id, user, {**view, "blocks": list(with_ids(view["blocks"], self._world))}, content, version)

    def fill_in(self, view: View, values: Mapping[str, str]) -> JSON:
        """The state of a modal's inputs: as they stood, with these values by block id.

        Raises:
            AssertionError: an input is missing, or holds what it does not take.
        """
        state: JSON = {}
        inputs = {block["block_id"]: block for block in view.view["blocks"] if block["type"] == "input"}
        assert set(values) <= set(inputs), f"no inputs {set(values) - set(inputs)} among {list(inputs)}"
        for block_id, block in inputs.items():
            held = _held(block["element"], values.get(block_id))
            assert block.get("optional") or any(held[name] for name in held if name != "type"), f"{block_id} is empty"
            state[block_id] = {block["element"]["action_id"]: held}
        return state

    def take_answer(self, user: str, answer: JSON | None) -> None:
        """What the acknowledgement of a modal that was sent off does to the stack.

        Raises:
            AssertionError: it is none of the answers that Slack knows, or names inputs that are not there.
        """
        self.mistakes.pop(user, None)
        if not answer:
            self.close(user)
            return
        action = answer.get("response_action")
        assert action in ANSWERS, f"response_action {action!r}"
        if action == "errors":
            front = self.front(user)
            assert front is not None
            known = {block["block_id"] for block in front.view["blocks"] if block["type"] == "input"}
            assert answer["errors"], "no errors"
            assert set(answer["errors"]) <= known, f"errors for {set(answer['errors']) - known}"
            self.mistakes[user] = answer["errors"]
            self._signal.fire()
        elif action == "clear":
            self.close(user, everything=True)
        elif action == "push":
            self._put(user, answer["view"], pushes=True)
        else:
            self.close(user)
            self._put(user, answer["view"], pushes=bool(self.open.get(user)))


def find_element(view: View, action_id: str, text: str = "", skipped: int = 0) -> tuple[str, JSON]:
    """The block id and element of a view with this action id, and this text on it if one is given.

    `skipped` of those that fit are passed over.

    Raises:
        AssertionError: there is none.
    """
    found = elements_of(view.view["blocks"])
    fitting = [
        (block_id, element)
        for block_id, element in found
        if element["action_id"] == action_id and text in element.get("text", {}).get("text", "")
    ]
    if len(fitting) > skipped:
        return fitting[skipped]
    raise AssertionError(
        f"no element {action_id!r} {text!r} among {[(e['action_id'], e.get('text')) for _, e in found]}"
    )


def _held(element: JSON, value: str | None) -> JSON:
    kind = element["type"]
    if kind == "static_select":
        chosen = element.get("initial_option")
        if value is not None:
            chosen = next((option for option in element["options"] if option["value"] == value), None)
            assert chosen is not None, f"no option {value!r}"
        return {"type": kind, "selected_option": chosen}
    if kind == "conversations_select":
        return {"type": kind, "selected_conversation": value or element.get("initial_conversation")}
    text = element.get("initial_value") if value is None else value
    assert len(text or "") <= element.get("max_length", 3000), "longer than the input takes"
    return {"type": kind, "value": text or None}
