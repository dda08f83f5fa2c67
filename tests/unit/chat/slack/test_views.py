"""Dialogs become modals that Slack takes, and come back as they were filled in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.slack.payloads import View
from bot.chat.slack.views import build_home, build_mistakes, build_modal, build_waiting, find_place, read_view
from bot.domain.chats import ChatKind, Destination, Platform
from bot.domain.dialogs import Choice, Dialog, Field
from bot.domain.messages import Button, Message, bold, line, plain_message
from tests.fakes.slack_blocks import check_view

DESK = Destination(Platform.SLACK, "T0ONE/C0DESK", kind=ChatKind.CHANNEL, workspace="T0ONE")
CHOICES = (Choice("1h", "1 hour"), Choice("1d", "1 day"))
FORM = Dialog(
    "Mute",
    (
        Field("what", "What?", value="csto"),
        Field("text", "More", "text", optional=True, hint="As you like."),
        Field("for", "For how long?", "choice", "1d", choices=CHOICES),
        Field("dest", "Where?", "chat"),
    ),
    "mute",
    "7Q2M",
    "{what} {for}",
    submit="Mute",
    close="Cancel",
    wait="Reading…",
)


def view_of(modal: dict[str, Any], **values: dict[str, Any]) -> View:
    state = {"values": {f"field:{name}": {"v": held} for name, held in values.items()}}
    return View.model_validate({"id": "V1", "hash": "h", "type": "modal", **modal, "state": state})


def test_what_is_sent_off_is_read_back() -> None:
    modal = build_modal(FORM, DESK)
    assert modal is not None
    check_view(modal)
    sent = read_view(
        view_of(
            modal,
            what={"value": "ttp"},
            text={"value": None},
            **{"for": {"selected_option": {"value": "1h"}}},
        )
    )
    assert sent is not None
    assert (sent.channel, sent.action, sent.subject, sent.argument) == ("C0DESK", "mute", "7Q2M", "ttp 1h")
    assert (sent.fields, sent.waits) == ({"what": "ttp", "text": "", "for": "1h"}, True)


def test_the_chosen_channel_is_the_one_that_is_meant() -> None:
    modal = build_modal(FORM, DESK)
    assert modal is not None
    sent = read_view(view_of(modal, dest={"selected_conversation": "C0OTHER"}))
    assert sent is not None
    assert sent.channel == "C0OTHER"


def test_what_slack_would_refuse_is_not_built() -> None:
    assert build_modal(Dialog("x", (Field("a", "A", "text", "x" * 3001),), submit="Go"), DESK) is None
    assert build_modal(Dialog("x", (Field("a", "A", value="12345", longest=4),), submit="Go"), DESK) is None
    assert build_modal(Dialog("x", argument="y" * 3000, submit="Go"), DESK) is None


@given(st.text(max_size=200), st.text(max_size=2900), st.text(max_size=200), st.text(max_size=400))
def test_every_form_is_one_that_slack_takes(title: str, value: str, hint: str, words: str) -> None:
    fields = (Field("a", title, "text", value, hint), Field("b", words, "choice", "1d", choices=CHOICES))
    parts = (plain_message(words or "x", ((Button("Near misses", "draft", "3", "near"),),)),)
    modal = build_modal(Dialog(title, fields, "new", submit=title or "Go", close=title, parts=parts), DESK)
    assert modal is not None
    check_view(modal)


def test_who_waits_is_shown_so_and_who_does_not_is_not() -> None:
    modal = build_modal(FORM, DESK)
    assert modal is not None
    waiting = build_waiting(view_of(modal), "V1:h")
    assert waiting is not None
    check_view(waiting)
    assert waiting["external_id"] == "V1:h"
    done = build_modal(Dialog("x", action="a", submit="Go"), DESK)
    assert done is not None
    assert build_waiting(view_of(done), "V1:h") is None


def test_a_home_tab_keeps_its_limits_and_names_the_channels_of_its_parts() -> None:
    part = Message((line(bold("CSTO"), style="title"),), "CSTO", menu=(Button("Edit", "edit", "csto"),) * 2)
    home = build_home(Dialog("Home", parts=(part,) * 60, elsewhere=((DESK, part),) * 60), DESK)
    check_view(home)
    assert len(home["blocks"]) == 100
    assert find_place(home["blocks"][-1]["block_id"]) == "C0DESK"
    assert find_place("field:x") == ""


def test_mistakes_stand_at_the_blocks_of_their_fields() -> None:
    assert build_mistakes({"any": "Line 2: too short."}) == {
        "response_action": "errors",
        "errors": {"field:any": "Line 2: too short."},
    }


@pytest.mark.parametrize("metadata", ["", "[]", "nonsense", "[" * 2000, json.dumps({"channel": 7}), "x" * 4000])
def test_metadata_that_is_not_ours_leads_nowhere(metadata: str) -> None:
    sent = read_view(View(private_metadata=metadata))
    assert sent is None or (sent.action, sent.subject) == ("", "")
