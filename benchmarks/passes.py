"""One pass in a process of its own: `python -m benchmarks.passes bare|scan FOLDER TABLE` prints seconds and memory."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

MB = 1024.0  # ru_maxrss counts kB on Linux


def peak() -> float:
    """Return the process's peak memory so far, MB."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB
    # Linux counts the parent's peak into a new process's ru_maxrss; this line begins anew with the program.
    line = next(s for s in status.read_text().splitlines() if s.startswith("VmHWM:"))
    return int(line.split()[1]) / MB


def bare(folder: Path, table: str) -> None:
    """Read the table in batches and call predict: the least that a scan must do."""
    import lightgbm
    import pyarrow.parquet as pq

    booster = lightgbm.Booster(model_file=folder / "model.txt")
    names = booster.feature_name()
    with pq.ParquetFile(folder / table) as file:
        for batch in file.iter_batches(batch_size=65_536, columns=names):
            booster.predict(batch.to_pandas())


def scan(folder: Path, table: str) -> None:
    """Scan the same table with the same model, from an empty cache."""
    import os

    from benchmarks.tables import write_investigation
    from mispredict import Investigation

    with tempfile.TemporaryDirectory() as cache:
        os.environ["MISPREDICT_CACHE"] = cache
        toml = folder / f"{table}.toml"
        write_investigation(toml, folder / table, folder / "model.txt")
        Investigation.from_file(toml).scan()


def main() -> None:
    """Run one pass and print what it took as JSON."""
    import lightgbm  # noqa: F401 - the interpreter's own memory is measured with the libraries that both passes need
    import pandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    import mispredict.investigation.investigation  # noqa: F401

    own, begin, cpu = peak(), time.perf_counter(), time.process_time()
    {"bare": bare, "scan": scan}[sys.argv[1]](Path(sys.argv[2]), sys.argv[3])
    seconds = time.perf_counter() - begin
    print(
        json.dumps(
            {
                "seconds": round(seconds, 2),
                "cpu": round(time.process_time() - cpu, 2),
                "peak_mb": round(peak() - own),
                "interpreter_mb": round(own),
            }
        )
    )


if __name__ == "__main__":
    main()
