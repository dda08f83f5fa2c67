"""What chats hear of lists whose files go and come back."""

import pytest

from bot.domain.audit import FILES, Action, AuditEntry, Subject
from bot.domain.chat_settings import ChatSettings
from bot.domain.chats import Destination
from bot.domain.messages import plain_text
from bot.services.list_notices import build_list_notices
from tests.factories import at, build_destination, build_slack_destination, build_subscription


def told(action: Action, destination: Destination, *, discreet: bool) -> str:
    (notice,) = build_list_notices(
        [AuditEntry(at(0), FILES, action, Subject.WATCHLIST, "csto")],
        [build_subscription(destination=destination)],
        [],
        first_time=False,
        settings={destination.key: ChatSettings(discreet=discreet)},
    )
    assert notice.message.summary == " ".join(plain_text(notice.message).split())
    return plain_text(notice.message)


def test_a_notice_names_the_list_and_says_commands_as_they_are_typed_there() -> None:
    gone = told(Action.REMOVED, build_destination(), discreet=False)
    assert gone.startswith("The file of csto was removed.")
    assert gone.endswith("/unwatch csto forgets it.")
    assert told(Action.REMOVED, build_slack_destination(), discreet=False).endswith("/tocsin unwatch csto forgets it.")


@pytest.mark.parametrize("action", [Action.REMOVED, Action.ADDED])
def test_in_a_discreet_chat_it_names_no_list(action: Action) -> None:
    said = told(action, build_destination(), discreet=True)
    assert "csto" not in said
    assert said.endswith("/watchlists")
