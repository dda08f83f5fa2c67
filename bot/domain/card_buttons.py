"""The buttons under a card and the keyboards behind them. Pure; their layout is that of the UX specification 2.3."""

from urllib.parse import urlsplit

from bot.domain.alerts import AlertView, Report
from bot.domain.chats import ChatKind, Destination, Platform
from bot.domain.language import later, tr
from bot.domain.messages import Button
from bot.domain.origins import outlet_of
from bot.domain.wording import shorten
from bot.matching.records import Match

Rows = tuple[tuple[Button, ...], ...]

MORE, CARD, TRANSLATE = "unfold", "back", "tr"
UNDO = "undo"
REASONS = {
    "sense": later("Wrong meaning"),
    "place": later("Wrong place"),
    "aside": later("Only mentioned"),
    "minor": later("Too minor"),
    "old": later("Old or repeat"),
    "src": later("Bad source"),
}
_NAME_LIMIT = 24


def build_buttons(view: AlertView, lead: Report, destination: Destination) -> Rows:
    """What stands under a card. Where others read along, somebody takes the story in hand rather than rating it."""
    alert_id, count = view.alert.id, len(view.reports)
    if destination.platform is Platform.SLACK:
        return (_slack_row(view, lead, destination),)
    opens = (Button(tr("🔗 Open"), url=lead.item.link),) if lead.item.link else ()
    story = (Button(tr("🧵 Story ({count})", count=count), "story", alert_id),) if count > 1 else ()
    if destination.kind is ChatKind.PRIVATE:
        own = Button(tr("👍 Useful"), "up", alert_id)
    else:
        own = Button(tr("✅ I have this"), "ack", alert_id, primary=True)
    not_relevant, more = Button(tr("👎 Not relevant"), "dn", alert_id), Button(tr("⋯ More"), MORE, alert_id)
    return (*opens, Button(tr("❓ Why"), "why", alert_id), *story), (own, not_relevant, more)


def _slack_row(view: AlertView, lead: Report, destination: Destination) -> tuple[Button, ...]:
    """Slack has a menu for the rest, and breaks rows itself."""
    alert_id, count = view.alert.id, len(view.reports)
    host = _host(lead.item.link)
    label = tr("Open the article at {host}", host=host) if host else ""
    opens = (Button(tr("Open article"), url=lead.item.link, label=label),) if lead.item.link else ()
    if destination.kind is ChatKind.PRIVATE:
        own = Button(tr("Useful"), "up", alert_id)
    else:
        own = Button(tr("I have this"), "ack", alert_id, primary=True)
    story = (Button(tr("Story ({count})", count=count), "story", alert_id),) if count > 1 else ()
    return (*opens, own, *story, Button(tr("Why"), "why", alert_id), Button(tr("Not relevant"), "dn", alert_id))


def _host(link: str) -> str:
    try:
        return urlsplit(link).hostname or ""
    except ValueError:  # feeds have broken addresses, too
        return ""


def build_menu(view: AlertView) -> tuple[Button, ...]:
    """What platforms with menus fold into one beside the headline."""
    alert_id = view.alert.id
    return (
        Button(tr("Full text"), "full", alert_id),
        Button(tr("Save for me"), "save", alert_id),
        Button(tr("Mute…"), "mute", alert_id),
        Button(tr("Translate headline"), TRANSLATE, alert_id),
        Button(tr("Export story"), "export", alert_id),
    )


def build_more(view: AlertView, lead: Report, primary: Match) -> Rows:
    """What `⋯ More` unfolds: other things to do, and what can be muted: the story, its list, its outlet."""
    alert_id = view.alert.id
    return (
        (
            Button(tr("📄 Full text"), "full", alert_id),
            Button(tr("🔖 Save"), "save", alert_id),
            Button(tr("🌐 Translate"), TRANSLATE, alert_id),
        ),
        (
            Button(tr("🔕 This story"), "mute", alert_id, "story"),
            Button(f"🔕 {shorten(primary.title, _NAME_LIMIT)}", "mute", alert_id, "list"),
            Button(f"🔕 {shorten(outlet_of(lead.feed), _NAME_LIMIT)}", "mute", alert_id, "source"),
        ),
        (Button(tr("‹ Back"), CARD, alert_id),),
    )


def build_reasons(alert_id: str) -> Rows:
    """What `👎 Not relevant` asks."""
    buttons = [Button(tr(text), "dn", alert_id, reason) for reason, text in REASONS.items()]
    pairs = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    return (*pairs, (Button(tr("‹ Undo"), "dn", alert_id, UNDO),))
