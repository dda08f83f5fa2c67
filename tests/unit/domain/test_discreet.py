"""A discreet card shows nothing of what it is about until somebody asks."""

from bot.domain.cards import build_card
from bot.domain.chat_settings import Attention, ChatSettings
from bot.domain.discreet import hide_card, hide_update
from bot.domain.messages import Button, plain_message, plain_text
from tests.factories import build_alert_view, build_destination
from tests.unit.domain.test_updates import CONFIRMING, plan, shown, watching


def test_a_hidden_card_says_its_priority_and_its_number_only() -> None:
    view = build_alert_view()
    hidden = hide_card(build_card(view, build_destination(), frozenset({"csto"})), view)
    assert plain_text(hidden) == f"🟠 Update {view.alert.id}"
    assert hidden.buttons == ((Button("Show", "show", view.alert.id),),)
    assert view.reports[0].item.title not in repr(hidden)


def test_a_hidden_message_sounds_as_the_open_one_would() -> None:
    assert hide_update(plain_message("Update", ()), "7Q2M").silent is False


def test_an_update_in_a_discreet_chat_is_a_number_too() -> None:
    (planned,) = plan(shown(), CONFIRMING, watching(attention=Attention(ChatSettings(discreet=True))))
    assert plain_text(planned.message) == f"🔺 Update {planned.alert_id}"
