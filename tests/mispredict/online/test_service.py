"""The documentation's example service: asked on loopback, its log opened, itself held to its file."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import urllib3

from mispredict.endpoint.checking import check_endpoint
from mispredict.investigation.investigation import Investigation

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "sample_data"
ASKED = 1_200

INVESTIGATION = """
[data]
path = "rows.parquet"
target = "is_fraud"
positive = 1
id = "payment_id"
time = "event_time"
entity = "customer_id"
[model]
{model}
threshold = 0.3
[online]
path = "log"
id = "payment_id"
time = "served_at"
score = "score"
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, list[float]]]:
    """A folder with rows and a log, the service's address, and its answers; one client sends amounts in cents."""
    folder = tmp_path_factory.mktemp("served")
    rows = pd.read_parquet(SAMPLE / "incident.parquet").iloc[:ASKED]
    rows.to_parquet(folder / "rows.parquet")
    shutil.copy(SAMPLE / "random_forest.skops", folder)
    sent = rows.assign(amount=rows["amount"].where(rows["platform"] != "ios", rows["amount"] * 100))
    with _running(folder) as address:
        yield folder, address, _answers(address, sent)


class _running:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        own = {"MODEL": str(folder / "random_forest.skops"), "LOG": str(folder / "log"), "OMP_NUM_THREADS": "1"}
        self._command = [sys.executable, "-m", "uvicorn", "--port", str(self._port), "docs.service:app"]
        self._log, self._own = folder / "uvicorn.log", own

    def __enter__(self) -> str:
        with self._log.open("wb") as said:
            self._process = subprocess.Popen(
                self._command, env=os.environ | self._own, cwd=ROOT, stdout=said, stderr=said
            )
        address = f"http://127.0.0.1:{self._port}"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                urllib3.request("GET", f"{address}/docs", retries=False, timeout=1.0)
            except urllib3.exceptions.HTTPError:
                time.sleep(0.1)
                continue
            return address
        raise AssertionError(self._log.read_text()[-2_000:])

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(20)


def _answers(address: str, sent: pd.DataFrame) -> list[float]:
    rows: list[dict[str, Any]] = json.loads(sent.to_json(orient="records", date_format="iso"))
    found: list[float] = []
    for start in range(0, len(rows), 100):
        reply = urllib3.request("POST", f"{address}/predict", json=rows[start : start + 100])
        assert reply.status == 200, reply.data
        found += reply.json()
    return found


def _opened(folder: Path, model: str = 'path = "random_forest.skops"') -> Path:
    file = folder / "investigation.toml"
    file.write_text(INVESTIGATION.format(model=model))
    return file


def test_its_log_opens_as_it_is_and_the_client_that_sends_cents_is_named(asked) -> None:
    folder, _, answers = asked
    time.sleep(0.5)  # the recorder's thread writes within a tenth of a second
    found = Investigation.from_file(_opened(folder)).suspects()
    about = {kind: next(one for one in found.judged if one.kind == kind) for kind in ("skew", "score_mismatch")}
    assert about["skew"].looked_at.endswith(f"{ASKED:,} of {ASKED:,} pairs")
    skews = [one for one in about["skew"].suspects if one.severity != "info"]
    assert [(one.culprits, one.cause) for one in skews] == [(("amount",), "scale")]
    assert skews[0].where is not None
    assert skews[0].where.rule == "platform = 'ios'"
    assert about["score_mismatch"].suspects == ()
    logged = [json.loads(line) for file in (folder / "log").iterdir() for line in file.read_text().splitlines()]
    assert [one["score"] for one in logged] == answers


def test_its_answers_are_the_files(asked) -> None:
    folder, address, _ = asked
    file = _opened(folder, f'url = "{address}/predict"')
    found = check_endpoint(file, against=folder / "random_forest.skops", rows=300, calls=20)
    assert found.parity is not None
    assert found.parity.sentence.startswith("the endpoint answers as the file does: 300 rows")
    assert [one.rows_a_call for one in found.latency] == [1, 300]


def test_its_figures_can_be_scraped(asked) -> None:
    _, address, answers = asked
    said = urllib3.request("GET", f"{address}/metrics/").data.decode()
    counted = {line.split(" ")[0]: float(line.split(" ")[-1]) for line in said.splitlines() if line[0] != "#"}
    assert counted["mispredict_score_count"] >= len(answers)
    assert counted['mispredict_recorded_total{outcome="written"}'] >= len(answers)
    assert counted['mispredict_recorded_total{outcome="failed"}'] == 0
    assert counted["mispredict_predict_seconds_count"] >= len(answers) / 100
    assert any(name.startswith('mispredict_model_info{sha256="') for name in counted)
