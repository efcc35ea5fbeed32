"""`python -m benchmarks.parity [--rows N] [--columns N] [--by-moment] [--json FILE]`: what a log beside a table takes.

A table and its log as Parquet files, joined by a text id, five columns served otherwise; the join, the causes, shares
and places, and the whole answer with quantiles over time and by slice, in a process of its own, after the scan. Prints
seconds and that process's peak memory.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROWS, COLUMNS = 1_000_000, 50
IDS = 'id = "row"\n'


def write(folder: Path, rows: int, columns: int, *, by_id: bool) -> None:
    """Write table, log, model and `investigation.toml`."""
    import skops.io
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    names = [f"x{number}" for number in range(columns)]
    table = pd.DataFrame({name: rng.normal(size=rows).astype("float32").astype(float) for name in names})
    odds = table[names[:8]].sum(axis=1)
    table["label"] = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)
    table["build"] = rng.choice(["1.0", "1.1", "2.0"], rows)
    table.insert(0, "row", [f"r{number}" for number in range(rows)])
    seconds = np.sort(rng.integers(0, 30 * 86_400, rows))
    table.insert(1, "when", pd.Timestamp("2026-03-01") + pd.to_timedelta(seconds, unit="s"))
    table.insert(2, "who", rng.integers(0, rows // 20, rows))
    model = LogisticRegression(max_iter=200).fit(table.loc[:20_000, names], table.loc[:20_000, "label"])
    log = served(table, names, rng)
    log["score"] = model.predict_proba(log[names])[:, 1]
    table.to_parquet(folder / "table.parquet")
    log.sample(frac=1, random_state=0).to_parquet(folder / "online.parquet")
    skops.io.dump(model, folder / "model.skops")
    (folder / "investigation.toml").write_text(
        '[investigation]\nname = "parity"\n[data]\npath = "table.parquet"\ntarget = "label"\npositive = 1\nid = "row"\n'
        f'time = "when"\nentity = "who"\nfeatures = {json.dumps(names)}\n[model]\npath = "model.skops"\n'
        f'[online]\npath = "online.parquet"\ntime = "when"\nscore = "score"\n{IDS if by_id else ""}'
    )


def served(table: pd.DataFrame, names: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """Return the log: five columns differ, each in its way and on its part of the rows."""
    log = table[["row", "when", "who", *names]].copy()
    part = rng.random(len(log))
    old = (table["build"] == "1.1").to_numpy()
    log["x0"] = log["x0"].where(~old, log["x0"] * 100)
    log["x1"] = log["x1"].where(part > 0.02)
    log["x2"] = log["x2"].where(part < 0.9, 0.0)
    log["x3"] = log["x3"].where(part > 0.3, log["x3"] + rng.normal(0, 0.1, len(log)))
    log["x4"] = log["x4"].clip(upper=2.0)
    return log.fillna({"x1": -1.0})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--columns", type=int, default=COLUMNS)
    parser.add_argument("--by-moment", action="store_true", help="join by entity and time instead of by id")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        apart = multiprocessing.get_context("spawn")
        with apart.Pool(1) as pool:  # what making the tables takes is no part of the figures
            pool.apply(write, (Path(folder), asked.rows, asked.columns), {"by_id": not asked.by_moment})
        with apart.Pool(1) as pool:
            measured = pool.apply(measure, (Path(folder),))
    print(json.dumps(measured, indent=1))
    if asked.json:
        asked.json.write_text(json.dumps(measured, indent=1))


def measure(folder: Path) -> dict[str, object]:
    """Return seconds of the scan, of both kinds and of the whole answer, the peak memory, and what was named."""
    from mispredict import suspects
    from mispredict.investigation.investigation import Investigation

    others = [kind for kind in suspects.SUSPECTS if kind not in ("skew", "score_mismatch", "invariant")]
    for kind in others:
        del suspects.SUSPECTS[kind]
    started = time.perf_counter()
    investigation = Investigation.from_file(folder / "investigation.toml")
    investigation.scan()
    scanned = time.perf_counter()
    whole = investigation.online()
    answered = time.perf_counter()
    found = investigation.suspects()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    named = [f"{one.culprits} {one.cause} {one.share or 0:.2f}" for one in found.suspects]
    return {
        "scan_s": round(scanned - started, 1),
        "online_s": round(answered - scanned, 1),
        "suspects_after_it_s": round(time.perf_counter() - answered, 1),
        "pairs": f"{whole.joined.looked_at:,} of {whole.joined.pairs:,}",
        "peak_mb": round(peak),
        "named": named,
    }


if __name__ == "__main__":
    main()
