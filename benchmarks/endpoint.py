"""`python -m benchmarks.endpoint [--rows N] [--calls N] [--json FILE]`: what asking a service costs.

One LightGBM model of 100 trees and 10 columns behind MLflow's scoring server, the Open Inference Protocol and plain
records, each in a process of its own on this computer, against the same file asked in memory: the latency of one row
and of a batch, rows a second of a whole pass, and how far the answers are apart.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import urllib3
from fastapi import FastAPI, Request

NAMES = [f"x{number}" for number in range(10)]
PATHS = {"mlflow": "/invocations", "kserve-v2": "/v2/models/fraud", "records": "/records"}
MANIFEST = """flavors:
  lightgbm: {data: model.txt, lgb_version: "4", model_class: lightgbm.basic.Booster}
  python_function: {loader_module: mlflow.lightgbm, data: model.txt}
"""


def application() -> Any:
    """Return the service of the two protocols for which no server is at hand. uvicorn calls this."""
    import lightgbm

    booster = lightgbm.Booster(model_file=os.environ["BENCHMARK_MODEL"])
    app = FastAPI()

    async def ping() -> str:
        return "up"

    async def records(request: Request) -> Any:
        rows = pd.DataFrame(json.loads(await request.body()))
        return {"predictions": booster.predict(rows[NAMES], num_threads=1).tolist()}

    async def infer(request: Request) -> Any:
        tensor = json.loads(await request.body())["inputs"][0]
        found = booster.predict(np.array(tensor["data"]).reshape(tensor["shape"]), num_threads=1).tolist()
        return {"outputs": [{"name": "probability", "shape": [len(found)], "datatype": "FP64", "data": found}]}

    app.add_api_route("/records", records, methods=["POST"], response_model=None)
    app.add_api_route("/v2/models/fraud/infer", infer, methods=["POST"], response_model=None)
    app.add_api_route("/ping", ping)
    return app


def write(folder: Path, rows: int) -> None:
    """Write the table and the model, as a file and as an MLflow folder."""
    import lightgbm

    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(rows, len(NAMES))), columns=NAMES)
    table["label"] = (rng.random(rows) < 1 / (1 + np.exp(-table[NAMES[:4]].sum(axis=1)))).astype(int)
    learned = lightgbm.Dataset(table.loc[:20_000, NAMES], table.loc[:20_000, "label"])
    settings = {"objective": "binary", "verbose": -1, "deterministic": True, "num_threads": 2, "seed": 0}
    model = lightgbm.train(settings, learned, num_boost_round=100)
    table.to_parquet(folder / "table.parquet")
    (folder / "served").mkdir()
    for place in (folder, folder / "served"):
        model.save_model(place / "model.txt")
    (folder / "served" / "MLmodel").write_text(MANIFEST)


@contextmanager
def served(folder: Path, protocol: str) -> Iterator[str]:
    """Yield the URL of a running service."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    real = ["mlflow.pyfunc.scoring_server.app:app"]
    app = real if protocol == "mlflow" else ["--factory", "benchmarks.endpoint:application"]
    settings = {"BENCHMARK_MODEL": str(folder / "model.txt"), "__pyfunc_model_path__": str(folder / "served")}
    command = [sys.executable, "-m", "uvicorn", "--log-level", "critical", "--port", str(port), *app]
    process = subprocess.Popen(command, env=os.environ | settings | {"OMP_NUM_THREADS": "1"})
    try:
        address = f"http://127.0.0.1:{port}"
        urllib3.request("GET", f"{address}/ping", retries=urllib3.Retry(connect=60, backoff_factor=0.1, backoff_max=1))
        yield address + PATHS[protocol]
    finally:
        process.terminate()
        process.wait()


def measure(folder: Path, protocol: str, calls: int) -> dict[str, Any]:
    """Return the figures of one protocol."""
    from mispredict.endpoint.checking import check_endpoint
    from mispredict.investigation.investigation import Investigation

    with served(folder, protocol) as url:
        file = investigation(folder, f'url = "{url}"\nprotocol = "{protocol}"')
        found = check_endpoint(file, against=folder / "model.txt", rows=10_000, calls=calls)
        opened = Investigation.from_file(file)
        began = time.perf_counter()
        rows = opened.scan().rows
        seconds = time.perf_counter() - began
    assert found.parity is not None
    timed = {
        f"{one.rows_a_call} rows": [round(v, 2) for v in (one.p50_ms, one.p95_ms, one.p99_ms)] for one in found.latency
    }
    counted = {f"{one.rows_a_call} rows": [one.calls, one.warm_up] for one in found.latency}
    return {
        "p50, p95, p99 in ms": timed,
        "calls, warm-up": counted,
        "scan, rows a second": round(rows / seconds),
        "rows compared": found.parity.rows,
        "apart at most": found.parity.max_difference,
    }


def investigation(folder: Path, model: str) -> Path:
    """Write the investigation and return its file."""
    file = folder / "investigation.toml"
    file.write_text(f'[data]\npath = "table.parquet"\ntarget = "label"\npositive = 1\n[model]\n{model}\n')
    return file


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        write(folder, asked.rows)
        figures = {"rows": asked.rows} | {name: measure(folder, name, asked.calls) for name in PATHS}
    print(json.dumps(figures, indent=1))
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
