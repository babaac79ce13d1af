"""What is counted and timed. Labels come from the fixed sets below: never a text, never an id."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

KINDS = ("command", "action", "view", "shortcut", "options", "event", "other")
OUTCOMES = ("answered", "busy", "failed", "unhandled")
REFUSALS = ("signature", "size", "type")
INSTALLS = ("started", "completed", "refused", "failed", "removed")

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)


class Timed:
    """A request that is being answered; ``outcome`` is set before it ends."""

    outcome = "failed"


class Metrics:
    """The figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "icdlens_slack_requests",
            "Requests from Slack that were taken.",
            ("kind", "outcome"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "icdlens_slack_request_seconds",
            "Time to an answer.",
            ("kind",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._in_flight = Gauge(
            "icdlens_slack_requests_in_flight", "Requests that are being answered.", registry=self._registry
        )
        self._refused = Counter(
            "icdlens_slack_refused",
            "Requests that were not taken: not signed by Slack, too large, of another type.",
            ("reason",),
            registry=self._registry,
        )
        self._installs = Counter(
            "icdlens_slack_installs", "Steps of installations.", ("step",), registry=self._registry
        )
        self._connections = Counter(
            "icdlens_slack_socket_connections",
            "Socket Mode connections that were opened.",
            registry=self._registry,
        )
        self._duplicates = Counter(
            "icdlens_slack_duplicates",
            "Events that Slack delivered again and that were answered already.",
            registry=self._registry,
        )
        self._undelivered = Counter(
            "icdlens_slack_undelivered",
            "Answers that failed after their request was acknowledged: to clicks, mentions and shortcuts.",
            registry=self._registry,
        )
        # All of them from the start, so that a rate can be taken of each.
        for kind in KINDS:
            self._seconds.labels(kind)
            for outcome in OUTCOMES:
                self._requests.labels(kind, outcome)
        for reason in REFUSALS:
            self._refused.labels(reason)
        for step in INSTALLS:
            self._installs.labels(step)

    @contextmanager
    def request(self, kind: str) -> Iterator[Timed]:
        """Time one request of a kind of ``KINDS``."""
        timed = Timed()
        start = time.perf_counter()
        self._in_flight.inc()
        try:
            yield timed
        finally:
            self._in_flight.dec()
            self._seconds.labels(kind).observe(time.perf_counter() - start)
            self._requests.labels(kind, timed.outcome).inc()

    def refused(self, reason: str) -> None:
        self._refused.labels(reason).inc()

    def install(self, step: str) -> None:
        self._installs.labels(step).inc()

    def connected(self) -> None:
        self._connections.inc()

    def duplicate(self) -> None:
        self._duplicates.inc()

    def undelivered(self) -> None:
        self._undelivered.inc()

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        return generate_latest(self._registry)
