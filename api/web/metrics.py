"""Figures for Prometheus: numbers, and labels that are codes of ours. No agency, no id, no kind of document."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily

from api.flow.node import Node
from api.rules.watch.deadline import INFORMS_FOR, AlertSeverity
from api.store import agencies, gauges
from api.store.attachments_waiting import WaitingFiles, count_files_by_reason
from api.store.deadlines import Wanted, count_alerts
from api.store.engine import Session
from api.store.waiting import Waiting, count_waiting_by_reason

_FROM_PEERS = ("peer_says_", "peer_answered_")
"""What follows these was written by somebody else: it is left out."""


def write_metrics(node: Node) -> bytes:
    """Return the figures of this moment in the text form of Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Writing(node))
    with node.database.reader() as session:
        _waiting(
            registry, "outbox", "Items that have not reached their recipient", count_waiting_by_reason(session), node
        )
        _waiting(registry, "attachments", "Files that are not where they belong", count_files_by_reason(session), node)
        _alerts(registry, session, node)
        receipts = gauges.count_receipts(session)
        _labelled(registry, "homeward_receipts", "Signed receipts, issued here and held as proof", "status", receipts)
        _plain(registry, "homeward_log_size", "Lines in the evidence log", gauges.log_size(session))
    return generate_latest(registry)


class _Writing:
    """What the one door for writing did since this process began."""

    def __init__(self, node: Node) -> None:
        self._writer = node.writer

    def collect(self) -> Iterable[CounterMetricFamily]:
        """Return the counters; units by groups is how many writes share a commit."""
        yield self._counter("homeward_writer_groups", "Groups committed", self._writer.groups)
        yield self._counter("homeward_writer_units", "Units of work in them", self._writer.units)

    @staticmethod
    def _counter(name: str, says: str, value: float) -> CounterMetricFamily:
        """Return a counter of this very process: where several serve, each call is answered by one of them."""
        family = CounterMetricFamily(name, says, labels=["process"])
        family.add_metric([str(os.getpid())], value)
        return family


def _waiting(
    registry: CollectorRegistry, name: str, says: str, groups: Sequence[Waiting | WaitingFiles], node: Node
) -> None:
    reasons: Counter[str] = Counter()
    for group in groups:
        reasons[_reason(group)] += group.count
    total, oldest = sum(reasons.values()), min((group.oldest for group in groups), default=node.clock())
    seconds = max(0.0, (node.clock() - oldest).total_seconds())
    _plain(registry, f"homeward_{name}_waiting", says, total)
    _plain(registry, f"homeward_{name}_oldest_seconds", "How long the oldest of them waits", seconds)
    _labelled(registry, f"homeward_{name}_waiting_by_reason", "What waits, by why", "reason", reasons)


def _reason(group: Waiting | WaitingFiles) -> str:
    """Return why some items wait, as a code of which there are few."""
    reason = group.reason or "new"
    if isinstance(group, Waiting) and group.reason is None and group.is_fetched:
        reason = "peer_fetches"
    return next((start.rstrip("_") for start in _FROM_PEERS if reason.startswith(start)), reason)


def _alerts(registry: CollectorRegistry, session: Session, node: Node) -> None:
    served = agencies.list_local(session)
    now = node.clock()
    counts = {
        severity.value: sum(count_alerts(session, agency, Wanted(now, INFORMS_FOR, severity)) for agency in served)
        for severity in AlertSeverity
    }
    _labelled(registry, "homeward_alerts", "What somebody is reminded of, by how urgent it is", "severity", counts)
    _plain(registry, "homeward_deadlines_open", "Deadlines that are not met yet", gauges.count_open_deadlines(session))


def _plain(registry: CollectorRegistry, name: str, says: str, value: float) -> None:
    Gauge(name, says, registry=registry).set(value)


def _labelled(registry: CollectorRegistry, name: str, says: str, label: str, counts: Mapping[str, int]) -> None:
    gauge = Gauge(name, says, [label], registry=registry)
    for key, count in sorted(counts.items()):
        gauge.labels(str(key)).set(count)
