"""Forged views of Slack: modals that are sent off, and buttons pressed in them, about whatever they name."""

import json
import random

from bot.domain.chats import Destination

# The fields of all our dialogs (`bot/commands/`), with what somebody may want to bring in.
_FIELDS = {
    "yaml": "schema: 1\nid: csto\ntitle: Mine\npriority: low\nmatch: {rules: [{id: a, any: [border]}]}\n",
    "title": "Mine", "any": "border", "near": "", "not": "", "prio": "critical",
    "timezone": "Asia/Dushanbe", "quiet": "22:00-06:00", "override": "critical", "digest": "07:00",
    "what": "list", "for": "1d", "reason": "old", "owner": "independent", "grade": "A",
}  # fmt: skip


def build_sent_view(data: str, group: Destination, *, inside: bool) -> dict[str, object]:
    """A modal with this in its metadata and whatever in its fields, sent off."""
    chance = random.Random(data.encode("utf-8", "surrogatepass"))
    chosen = chance.sample(sorted(_FIELDS), k=chance.randrange(len(_FIELDS)))
    values = {f"field:{name}": {"v": {"value": _FIELDS[name]}} for name in chosen}
    view = _build_view(data, group, inside=inside) | {"state": {"values": values}, "hash": "1.2"}
    return {"type": "view_submission", "user": {"id": "U0STRANGER"}, "team": {"id": group.workspace}, "view": view}


def build_press_in_view(data: str, group: Destination, *, inside: bool) -> dict[str, object]:
    """A button with this data, pressed in a modal."""
    return {
        "type": "block_actions",
        "user": {"id": "U0STRANGER"},
        "team": {"id": group.workspace},
        "container": {"type": "view"},
        "view": _build_view(data, group, inside=inside),
        "actions": [{"value": data, "block_id": "field:1"}],
    }


def _build_view(data: str, group: Destination, *, inside: bool) -> dict[str, object]:
    _, subject, action, argument = (*data.split(":", 3), "", "", "")[:4]
    about = {
        "channel": group.address if inside else "D0STRANGER",
        "action": action,
        "subject": subject,
        "argument": argument,
        "wait": "",
    }
    return {"id": "V1", "type": "modal", "private_metadata": json.dumps(about)}
