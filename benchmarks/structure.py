"""`python -m benchmarks.structure [--json FILE] [--folder DIR] [--rows N]`: what finding structure in the errors costs.

Each part runs in a process of its own. A slice is planted in the table, so that there is something to find.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.passes import peak

MILLION = 1_000_000
THREADS = "2"  # what the targets are for
FLIPPED = 0.35  # of the planted slice's rows: their labels are turned round
TARGETS = {
    "scan, slices, clusters, verdict": "at most 60",
    "peak memory": "at most 2,000",
    "clustered and mapped, fresh process": "at most 25",
    "clustered and mapped, warm": "at most 10",
}

Row = tuple[str, float, str, str]


def plant(source: Path, target: Path) -> None:
    """Write the table with labels turned round in a slice of about 2 % of its rows."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(7)
    with pq.ParquetFile(source) as table, pq.ParquetWriter(target, table.schema_arrow) as writer:
        for group in range(table.num_row_groups):
            part = table.read_row_group(group)
            inside = (part["x05"].to_numpy() > 1.0) & (np.abs(part["x06"].to_numpy()) < 0.15)
            flipped = inside & (rng.random(part.num_rows) < FLIPPED)
            labels = pa.array(np.where(flipped, 1 - part["y"].to_numpy(), part["y"].to_numpy()))
            writer.write_table(part.set_column(part.schema.get_field_index("y"), "y", labels))


def large(folder: Path) -> dict[str, float]:
    """Return seconds of the steps over the large table, from an empty cache, and the process's peak memory."""
    import numpy as np

    investigation = _opened(folder)
    steps = investigation._steps
    taken = {
        "scan": _taken(investigation.scan),
        "contributions": _taken(steps.placed),
        "slices, clusters, verdict": _taken(investigation.groups),
    }
    together = np.sum([*taken.values()], axis=0)
    groups, memory = investigation.groups(), peak()
    taken |= {"scan, slices, clusters, verdict": together, "map": _taken(investigation.error_map)}
    seconds = {what: one[0] for what, one in taken.items()}
    cpu = {f"{what}: CPU": one[1] for what, one in taken.items()}
    inside = {"of these: slices and verdict": groups.slices_s, "of these: clusters": groups.clusters_s}
    found = {"slices found": float(len(groups.slices)), "clusters found": float(len(groups.clusters))}
    return seconds | cpu | inside | {"peak memory": memory, "peak memory with the map": peak()} | found


def small(folder: Path) -> dict[str, float]:
    """Return seconds to cluster and map 5,000 errors: in this fresh process, then again with everything compiled."""
    first, second = _opened(folder), _opened(folder)
    for investigation in (first, second):
        investigation.scan()
    fresh, fresh_cpu = _taken(first.error_map)
    second._steps.kept.folder = None  # the first one's answers are not to be read
    warm, warm_cpu = _taken(second.error_map)
    return {
        "clustered and mapped, fresh process": fresh,
        "clustered and mapped, warm": warm,
        "clustered and mapped, fresh process: CPU": fresh_cpu,
        "clustered and mapped, warm: CPU": warm_cpu,
        "errors": float(len(second._steps.errors())),
    }


PARTS: dict[str, Callable[[Path], dict[str, float]]] = {"large": large, "small": small}


def _opened(folder: Path) -> Any:
    from mispredict import Investigation

    return Investigation.from_file(folder / "investigation.toml")


def _taken(work: Callable[[], object]) -> tuple[float, float]:
    """Return seconds by the clock and of the processors: others at work on the machine stretch the first alone."""
    begin, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin, time.process_time() - cpu


def _in_process(part: str, folder: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as cache:
        settings = os.environ | {"MISPREDICT_CACHE": cache, "OMP_NUM_THREADS": THREADS, "NUMBA_NUM_THREADS": THREADS}
        command = [sys.executable, "-m", "benchmarks.structure", "--part", part, "--folder", str(folder)]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=settings).stdout
    answer: dict[str, float] = json.loads(said)
    return answer


def measure(folder: Path, rows: int) -> list[Row]:
    """Return what was measured over a table of `rows` rows made in the folder."""
    from benchmarks.tables import make_model, make_table, write_investigation

    make_model(folder / "model.txt")
    make_table(folder / "plain.parquet", rows)
    plant(folder / "plain.parquet", folder / "planted.parquet")
    write_investigation(folder / "investigation.toml", folder / "planted.parquet", folder / "model.txt")
    return [
        (f"{part}: {what}", figure, _unit(what), TARGETS.get(what, ""))
        for part in PARTS
        for what, figure in _in_process(part, folder).items()
    ]


def _unit(what: str) -> str:
    if "memory" in what:
        return "MB"
    return "" if what.endswith(("found", "errors")) else "s"


def main() -> None:
    """Measure, or run one part in this process and print its figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("structure.json"))
    parser.add_argument("--folder", type=Path, help="keep the table here instead of in a temporary folder")
    parser.add_argument("--rows", type=int, default=MILLION)
    parser.add_argument("--part", choices=[*PARTS], help="run one part on a folder that is ready")
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(PARTS[asked.part](asked.folder)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        rows = measure(folder, asked.rows)
    print(f"{asked.rows:,} rows x 30 columns")
    for what, figure, unit, target in rows:
        print(f"{what:<52}{figure:>12,.2f} {unit:<3} {target}")
    asked.json.write_text(json.dumps([dict(zip(("what", "figure", "unit", "target"), r, strict=True)) for r in rows]))


if __name__ == "__main__":
    main()
