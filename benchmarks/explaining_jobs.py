"""Jobs of the benchmark in a process of their own: `python -m benchmarks.explaining_jobs walk|shap|cold`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

Row = tuple[str, float, str, str]


def walk() -> list[Row]:
    """Return the peak memory of walking 10,000 rows down the forest, above what was there before."""
    bench, peak = _bench()
    from explainers import attribute

    model, before = bench.forest, peak()
    attribute(model, bench.rows, bench.background)
    return [("peak memory of 10,000 walks", peak() - before, "MB", "at most 1,000")]


def shap() -> list[Row]:
    """Return the peak memory of the Shapley values of 10,000 rows of LightGBM, above what was there before."""
    bench, peak = _bench()
    from explainers import attribute

    model, before = bench.booster, peak()
    attribute(model, bench.rows, bench.background)
    return [("peak memory of 10,000 exact Shapley values", peak() - before, "MB", "at most 1,000")]


def cold() -> list[Row]:
    """Return the first call's time in a process that has to compile, and in the next one, which finds it on disk."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        command = [sys.executable, "-m", "benchmarks.explaining_jobs", "first"]
        first, second = (
            json.loads(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)
            for _ in range(2)
        )
    return [
        ("first exact Shapley values of a machine: compiled", first, "s", ""),
        ("first of the next process: loaded from disk", second, "s", ""),
    ]


def first() -> float:
    """Return the time of the first Shapley values of a small forest along its paths and against a background, s."""
    from benchmarks.explaining import Bench
    from explainers import subject_of
    from explainers.tree_shap import against, along_paths

    bench = Bench(trees=5, depth=3, rows=20, rounds=1)
    subject = subject_of(bench.forest)
    begin = time.perf_counter()
    along_paths(subject, bench.rows, 1)
    against(subject, bench.rows[:1], bench.background[:10], 1)
    return time.perf_counter() - begin


def _bench() -> tuple[Any, Any]:
    from benchmarks.explaining import Bench
    from benchmarks.passes import peak

    return Bench(trees=300, depth=12, rows=10_000, rounds=1), peak


if __name__ == "__main__":
    print(json.dumps({"walk": walk, "shap": shap, "cold": cold, "first": first}[sys.argv[1]]()))
