"""What /metrics says, in Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.domain.chats import Platform
from bot.domain.deliveries import OutboxHealth
from bot.domain.feeds import FeedStatus
from bot.errors import StoreError
from bot.services.health import Health, Phase


class _Snapshot(Collector):
    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


async def build_metrics(health: Health, version: str, now: datetime) -> bytes:
    """Everything measured now. Without a database that answers, what stands in it is left out."""
    metrics = _process_metrics(health, version)
    if health.store is not None:
        try:
            metrics += _outbox_metrics(await health.store.measure_outbox(now), now)
            metrics += _feed_metrics(await health.store.list_feeds(), now)
        except StoreError:
            pass  # tocsin_database_writable says so
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(metrics))
    return generate_latest(registry)


def _process_metrics(health: Health, version: str) -> list[Metric]:
    phase = GaugeMetricFamily("tocsin_phase", "The phase this instance is in has the value 1.", labels=["phase"])
    for one in Phase:
        phase.add_metric([one.value], float(one is health.phase))
    ages = GaugeMetricFamily("tocsin_loop_age_seconds", "Since a loop was last seen alive.", labels=["loop"])
    for loop, age in health.ages().items():
        ages.add_metric([loop], age)
    silent = GaugeMetricFamily(
        "tocsin_platform_silent", "1 while a chat platform does not answer.", labels=["platform"]
    )
    for platform in Platform:
        silent.add_metric([platform.value], float(platform.value in health.silent_platforms))
    return [
        InfoMetricFamily("tocsin_build", "The running version.", {"version": version}),
        phase,
        ages,
        silent,
        GaugeMetricFamily("tocsin_ready", "1 while it polls and sends.", float(health.is_ready)),
        GaugeMetricFamily(
            "tocsin_database_writable", "0 while the database takes no writes.", float(not health.store_problem)
        ),
        CounterMetricFamily("tocsin_database_pauses", "How often the database refused to be written.", health.pauses),
        CounterMetricFamily("tocsin_clock_jumps", "How often the machine's clock was set.", health.clock_jumps),
    ]


def _outbox_metrics(platforms: Sequence[OutboxHealth], now: datetime) -> list[Metric]:
    labels = ["platform"]
    pending = GaugeMetricFamily("tocsin_outbox_pending", "Messages that wait or are being sent.", labels=labels)
    age = GaugeMetricFamily("tocsin_outbox_oldest_due_seconds", "Age of the oldest message that is due.", labels=labels)
    dead = GaugeMetricFamily("tocsin_outbox_dead", "Messages that were given up.", labels=labels)
    repeats = GaugeMetricFamily("tocsin_outbox_repeats", "Messages sent though a copy may have come.", labels=labels)
    for one in platforms:
        name = [one.platform.value]
        pending.add_metric(name, one.pending)
        age.add_metric(name, max((now - one.oldest_due_at).total_seconds(), 0) if one.oldest_due_at else 0)
        dead.add_metric(name, one.dead)
        repeats.add_metric(name, one.repeats)
    return [pending, age, dead, repeats]


def _feed_metrics(statuses: Sequence[FeedStatus], now: datetime) -> list[Metric]:
    enabled = [status.state for status in statuses if status.feed.enabled]
    feeds = GaugeMetricFamily("tocsin_feeds", "Feeds in use, by how their last poll went.", labels=["state"])
    troubled = sum(bool(state.problem) for state in enabled)
    unread = sum(state.last_poll is None for state in enabled)
    for name, count in (("ok", len(enabled) - troubled - unread), ("troubled", troubled), ("unread", unread)):
        feeds.add_metric([name], count)
    ages = sorted((now - state.last_success).total_seconds() for state in enabled if state.last_success)
    staleness = GaugeMetricFamily("tocsin_feed_staleness_seconds", "Since feeds were last read well.", labels=["which"])
    if ages:
        staleness.add_metric(["newest"], ages[0])
        staleness.add_metric(["median"], ages[len(ages) // 2])
        staleness.add_metric(["oldest"], ages[-1])
    return [feeds, staleness]
