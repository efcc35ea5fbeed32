"""Figures for Prometheus: how scores, latency and features behave while serving. Needs prometheus-client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mispredict.online.entry import plain
from mispredict.online.expected import Expected

try:
    from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
except ImportError as absent:
    raise ImportError("metrics need prometheus-client: pip install 'mispredict[online]'") from absent

SCORES = (0.001, 0.01, 0.02, 0.05, *(at / 10 for at in range(1, 10)), 0.95, 0.98, 0.99, 0.999, 1.0)
SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
MOST_FEATURES = (
    1_000  # names that get figures of their own: a service that is sent other names at each call has a limit
)


class ServiceMetrics:
    """Counts what a recorder logs. `expected` says which values are out of range and which levels unseen."""

    def __init__(self, *, expected: Expected | None = None, registry: CollectorRegistry = REGISTRY) -> None:
        self._expected = expected or Expected()
        self._score = Histogram("mispredict_score", "Scores that were answered", buckets=SCORES, registry=registry)
        self._seconds = Histogram("mispredict_predict_seconds", "Seconds of a call", buckets=SECONDS, registry=registry)
        self._missing = Counter(
            "mispredict_feature_missing", "Rows that lack the feature", ["feature"], registry=registry
        )
        self._unexpected = Counter(
            "mispredict_feature_unexpected", "Rows with a value that is not expected", ["feature", "how"],
            registry=registry,
        )  # fmt: skip
        self._recorded = Counter(
            "mispredict_recorded", "Entries and calls by what became of them", ["outcome"], registry=registry
        )
        self._model = _last("mispredict_model_info", "The model that answers", "sha256", registry)
        self._offline = _last("mispredict_score_offline", "Quantiles of the score offline", "quantile", registry)
        self._names: set[str] = set()
        for quantile, score in self._expected.score.items():
            self._offline.labels(quantile).set(score)
        for outcome in ("written", "dropped", "failed", "raised"):
            self._recorded.labels(outcome)

    def name_model(self, sha256: str) -> None:
        """Say which model answers."""
        self._model.labels(sha256).set(1)

    def count(self, outcome: str, by: int = 1) -> None:
        """Count entries that were written, calls that were dropped or raised, and what failed."""
        self._recorded.labels(outcome).inc(by)

    def observe(self, rows: Sequence[Mapping[str, Any]], scores: Sequence[float | None], seconds: float | None) -> None:
        """Count the rows of one call, their scores and how long it took."""
        if seconds is not None:
            self._seconds.observe(seconds)
        for score in scores:
            if score is not None:
                self._score.observe(score)
        for row in rows:
            for name, value in row.items():
                self._look(str(name), plain(value))

    def _look(self, name: str, value: Any) -> None:
        if name not in self._names:
            if len(self._names) >= MOST_FEATURES:
                return
            self._names.add(name)
            self._missing.labels(name)
        if value is None:
            self._missing.labels(name).inc()
        elif (how := self._how(name, value)) is not None:
            self._unexpected.labels(name, how).inc()

    def _how(self, name: str, value: Any) -> str | None:
        levels = self._expected.levels.get(name)
        if levels is not None:
            return None if str(value) in levels else "unseen"
        ends = self._expected.ranges.get(name)
        if ends is None or isinstance(value, str):
            return None
        return "low" if value < ends[0] else "high" if value > ends[1] else None


def _last(name: str, words: str, label: str, registry: CollectorRegistry) -> Gauge:
    """Return a gauge of which, of several processes, the one that was set last counts."""
    return Gauge(name, words, [label], registry=registry, multiprocess_mode="mostrecent")
