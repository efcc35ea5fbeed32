"""`python -m benchmarks.battery [--rows N] [--training M] [--json FILE]`: what judging all suspects costs.

A made table of 50 columns with a training table three times as long, from an empty cache, in a process of its own.
Faults are planted, so that detectors have something to work out: leaks, shared rows, late labels.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.passes import peak

NUMBERS, CODES = 34, 10  # and six columns with a role, the label among them
TARGETS = {"all suspects": "at most 90", "peak memory": "at most 3,000"}
THREADS = "2"


def make(folder: Path, rows: int, training: int) -> None:
    """Write two tables, a model and the investigation that joins them."""
    rng = np.random.default_rng(0)
    both = made_rows(rng, rows + training)
    learned, examined = both.iloc[:training], both.iloc[training:]
    shared = rows // 50
    replayed = learned.sample(shared, random_state=0).assign(id=examined["id"].to_numpy()[:shared])
    learned.to_parquet(folder / "training.parquet", index=False)
    pd.concat([replayed, examined.iloc[shared:]]).to_parquet(folder / "data.parquet", index=False)
    make_model(folder / "model.txt", learned.iloc[:50_000])
    (folder / "investigation.toml").write_text(
        '[investigation]\nname = "battery"\n[data]\npath = "data.parquet"\ntarget = "y"\nid = "id"\ntime = "at"\n'
        'entity = "customer"\nlabel_time = "known"\n'
        '[training]\npath = "training.parquet"\n[model]\npath = "model.txt"\n'
    )


def made_rows(rng: np.random.Generator, count: int) -> pd.DataFrame:
    """Return rows of 34 numbers, 10 categories as codes and 6 columns with a role, in order of time."""
    frame = pd.DataFrame({f"x{i:02}": rng.normal(size=count).round(4) for i in range(NUMBERS - 4)})
    frame = frame.assign(**{f"k{i:02}": rng.integers(0, 4 * 2**i, count) for i in range(CODES)})
    odds = frame["x00"] + frame["x01"] * frame["x02"] + 0.3 * (frame["k00"] == 1) - 1.5
    label = (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    day = np.sort(rng.uniform(0, 120, count))
    told = day + rng.exponential(6, count)
    start = pd.Timestamp("2026-01-01")
    known = (start + pd.Series(pd.to_timedelta(told, unit="D"))).where((label == 1) & (told < 120))
    columns = {
        "copy": label + rng.normal(0, 1.2, count),
        "sparse": np.where(rng.random(count) < 0.05, 90.0 + label, rng.integers(0, 80, count)),
        "gaps": np.where(rng.random(count) < 0.05 + 0.3 * label, np.nan, rng.normal(size=count)),
        "number": np.arange(count) + rng.normal(0, 5, count),
        "id": np.arange(count),
        "at": start + pd.to_timedelta(day, unit="D"),
        "customer": rng.integers(0, count // 8, count),
        "known": known,
        "reviewer": rng.choice(list("abcdefgh"), count),
        "y": np.where(told < 120, label, 0),
    }
    return frame.assign(**columns)


def make_model(path: Path, rows: pd.DataFrame) -> None:
    """Write a booster of 100 trees over the columns without a role."""
    import lightgbm

    features = [c for c in rows if c not in ("id", "at", "customer", "known", "reviewer", "y")]
    settings = {"objective": "binary", "num_leaves": 31, "verbose": -1, "seed": 0}
    lightgbm.train(settings, lightgbm.Dataset(rows[features], rows["y"]), 100).save_model(path)


def judge(folder: Path) -> dict[str, float]:
    """Return seconds of the scan, of every detector and of all, and the process's peak memory in MB."""
    from mispredict import Investigation

    begin = time.perf_counter()
    opened = Investigation.from_file(folder / "investigation.toml")
    opened.scan()
    scanned = time.perf_counter()
    found = opened.suspects()
    done = time.perf_counter()
    parts = {f"{one.kind}: {len(one.suspects)} found": one.seconds for one in found.judged}
    return {"open and scan": scanned - begin, "all suspects": done - scanned, **parts, "peak memory": peak()}


def measure(rows: int, training: int) -> dict[str, float]:
    """Return the figures, measured in a fresh process with an empty cache."""
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as cache:
        make(Path(place), rows, training)
        settings = os.environ | {"MISPREDICT_CACHE": cache, "OMP_NUM_THREADS": THREADS, "NUMBA_NUM_THREADS": THREADS}
        command = [sys.executable, "-m", "benchmarks.battery", "--judge", place]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=settings).stdout
    figures: dict[str, float] = json.loads(said)
    return figures


def main() -> None:
    """Measure, or judge a folder that is ready and print its figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--training", type=int, default=300_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--judge", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.judge:
        print(json.dumps(judge(given.judge)))
        return
    figures = measure(given.rows, given.training)
    print(f"{given.rows:,} rows x 50 columns, training {given.training:,}\n")
    print("| what | figure | target |\n| --- | --- | --- |")
    for what, figure in figures.items():
        unit = "MB" if "memory" in what else "s"
        print(f"| {what} | {figure:,.1f} {unit} | {TARGETS.get(what, '')} |")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
