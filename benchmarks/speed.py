"""`python -m benchmarks.speed [--json FILE] [--folder DIR] [--rounds N]`: speed and memory, as a table and as JSON.

Ratios compare two processes of the same run, in turn. Targets are printed beside what was measured; nothing here fails.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.clicks import time_clusters, time_explanations
from benchmarks.lasso import time_lasso
from benchmarks.start import time_demo
from benchmarks.tables import make_model, make_table

MILLION = 1_000_000


def run_pass(kind: str, folder: Path, table: str) -> dict[str, float]:
    """Return seconds and memory of one pass in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.passes", kind, str(folder), table]
    answer: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return answer


def time_scans(folder: Path, rounds: int) -> list[dict[str, Any]]:
    """Return the scan's rows of the table: speed against the bare loop, memory at 1 and at 4 million rows."""
    make_model(folder / "model.txt")
    make_table(folder / "one.parquet", MILLION)
    make_table(folder / "four.parquet", 4 * MILLION)
    pairs = [(run_pass("bare", folder, "one.parquet"), run_pass("scan", folder, "one.parquet")) for _ in range(rounds)]
    ratios = [scan["seconds"] / bare["seconds"] for bare, scan in pairs]
    one = _median(scan["peak_mb"] for _, scan in pairs)
    four = _median(run_pass("scan", folder, "four.parquet")["peak_mb"] for _ in range(rounds))
    return [
        row("bare loop, 1,000,000 x 30, 300 trees", _median(bare["seconds"] for bare, _ in pairs), "s", ""),
        row("scan of the same", _median(scan["seconds"] for _, scan in pairs), "s", ""),
        row(f"ratio, median of {rounds} pairs", statistics.median(ratios), "x", "at most 1.3"),
        row("peak memory above the interpreter's, 1,000,000 rows", one, "MB", "at most 1,000"),
        row("the same, 4,000,000 rows", four, "MB", "the same, to 10 %"),
        row("4,000,000 against 1,000,000", four / one, "x", "at most 1.1"),
    ]


def row(what: str, figure: float, unit: str, target: str) -> dict[str, Any]:
    """Return one row of the table."""
    return {"what": what, "figure": round(figure, 3), "unit": unit, "target": target}


def _median(figures: Any) -> float:
    return statistics.median(list(figures))


def show(rows: list[dict[str, Any]]) -> None:
    """Print the table."""
    print(f"\n{'what':<58}{'measured':>12} {'':<4}target")
    for r in rows:
        print(f"{r['what']:<58}{r['figure']:>12,.3f} {r['unit']:<4}{r['target']}")


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("speed.json"))
    parser.add_argument("--folder", type=Path, help="keep the large tables here instead of in a temporary folder")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["scan", "demo", "lasso", "clusters", "explain"])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        parts = {
            "demo": lambda: [row(*r) for r in time_demo(asked.rounds)],
            "lasso": lambda: [row(*r) for r in time_lasso(asked.rounds)],
            "clusters": lambda: [row(*r) for r in time_clusters()],
            "explain": lambda: [row(*r) for r in time_explanations()],
            "scan": lambda: time_scans(folder, asked.rounds),
        }
        rows = [r for name, part in parts.items() if asked.only in (None, name) for r in part()]
    show(rows)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    asked.json.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
