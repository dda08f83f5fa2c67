"""The dashboard and the alert rules that are shipped ask for metrics that exist."""

import json
import re
from pathlib import Path

import yaml

from bot.ports.store import Store
from bot.services.health import Health
from bot.web.metrics import build_metrics
from tests.fakes.clock import FakeClock

DEPLOY = Path(__file__).parents[3] / "docs" / "deploy"


async def _known_metrics(store: Store) -> set[str]:
    clock = FakeClock()
    health = Health(clock)
    health.store = store
    text = (await build_metrics(health, "1.0", clock.now())).decode()
    return set(re.findall(r"^# TYPE (tocsin_\w+)", text, re.MULTILINE))


async def test_the_dashboard_draws_metrics_that_exist(store: Store) -> None:
    dashboard = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in re.findall(r"tocsin_\w+", target["expr"])
    }
    assert asked <= await _known_metrics(store)
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


async def test_every_alert_rule_asks_for_metrics_that_exist_and_names_a_cure(store: Store) -> None:
    known = await _known_metrics(store)
    (group,) = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]:
        asked = set(re.findall(r"tocsin_\w+", rule["expr"]))
        assert asked, rule["alert"]
        assert asked <= known, rule["alert"]
        assert rule["annotations"]["summary"], rule["alert"]
        assert rule["annotations"]["cure"], rule["alert"]
