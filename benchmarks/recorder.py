"""`python -m benchmarks.recorder [--calls N] [--json FILE]`: what a recorded call costs the service that makes it.

A predict function of 50 features, in plain Python, is called bare and recorded in turns, by one thread and by eight,
flat out and at a pace; with metrics and without. The overhead is the difference of the medians of both in the same run.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mispredict.online import Recorder
from mispredict.online.expected import Expected

NAMES = [f"feature_{number}" for number in range(50)]
WEIGHTS = {name: math.sin(number) / 50 for number, name in enumerate(NAMES)}
ROW: dict[str, Any] = {name: math.cos(number) for number, name in enumerate(NAMES)}
TURN = 500  # calls of one kind before the other's turn


def predict(features: dict[str, Any]) -> float:
    """Return a probability."""
    return 1 / (1 + math.exp(-sum(weight * features[name] for name, weight in WEIGHTS.items())))


def timed(function: Callable[[dict[str, Any]], float], calls: int, pause: float) -> list[float]:
    """Return the microseconds of each call; `pause` seconds lie between two."""
    spent = []
    for _ in range(calls):
        began = time.perf_counter()
        function(ROW)
        spent.append((time.perf_counter() - began) * 1e6)
        if pause:
            time.sleep(pause)
    return spent


def measure(recorder: Recorder, calls: int, *, threads: int, pause: float) -> dict[str, Any]:
    """Return the figures of bare and recorded calls, made in turns by each thread."""
    recorded, bare, logged = recorder.wrap(predict), [], []

    def work() -> None:
        for _ in range(max(1, calls // TURN // threads)):
            bare.append(timed(predict, TURN, pause))
            logged.append(timed(recorded, TURN, pause))

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    recorder.flush(60)
    return compared([v for part in bare for v in part], [v for part in logged for v in part]) | {
        "dropped": recorder.counts().dropped
    }


def compared(bare: list[float], logged: list[float]) -> dict[str, Any]:
    """Return medians and the 99th percentiles in microseconds, and what recording adds to each."""
    figures = {}
    for name, at in (("p50", 0.5), ("p99", 0.99)):
        one, other = (statistics.quantiles(values, n=1_000)[int(at * 1_000) - 1] for values in (bare, logged))
        figures[name] = {"bare": round(one, 1), "recorded": round(other, 1), "added": round(other - one, 1)}
    return {"calls": len(logged), **figures}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    from prometheus_client import CollectorRegistry

    from mispredict.online.metrics import ServiceMetrics

    expected = Expected(ranges=dict.fromkeys(NAMES, (-0.9, 0.9)))
    figures: dict[str, Any] = {}
    for name, threads, pause, has_metrics in (
        ("one thread, flat out", 1, 0.0, False),
        ("one thread, 1,000 calls a second", 1, 0.001, False),
        ("one thread, 1,000 calls a second, metrics", 1, 0.001, True),
        ("eight threads, flat out", 8, 0.0, False),
        ("eight threads, 8,000 calls a second asked for", 8, 0.001, False),
    ):
        metrics = ServiceMetrics(expected=expected, registry=CollectorRegistry()) if has_metrics else None
        with tempfile.TemporaryDirectory() as folder:
            recorder = Recorder(folder, metrics=metrics)
            figures[name] = measure(recorder, asked.calls, threads=threads, pause=pause)
            recorder.close()
    print(json.dumps(figures, indent=1))
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
