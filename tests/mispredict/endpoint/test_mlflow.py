"""Against MLflow's own scoring server, started as `mlflow models serve --env-manager local` starts it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import skops.io
import urllib3

from mispredict.bad_input import ModelRefused
from mispredict.endpoint.checking import check_endpoint
from tests.mispredict.endpoint.conftest import opened

FLAVOUR = """flavors:
  python_function:
    loader_module: mlflow.sklearn
    model_path: model.skops
    predict_fn: {answers}
  sklearn:
    pickled_model: model.skops
    serialization_format: skops
    sklearn_version: 1.7.0
"""


def save(fitted, folder: Path, answers: str) -> Path:
    """Write the folder that `mlflow.sklearn.save_model` writes, without MLflow's slow look at the environment."""
    folder.mkdir()
    skops.io.dump(fitted, folder / "model.skops")
    (folder / "MLmodel").write_text(FLAVOUR.format(answers=answers))
    return folder


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[Path], str]]:
    started: list[subprocess.Popen[bytes]] = []

    def do(folder: Path) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", "--port", str(port), "mlflow.pyfunc.scoring_server.app:app"]
        settings = {"__pyfunc_model_path__": str(folder), "OMP_NUM_THREADS": "1", "MLFLOW_DISABLE_TELEMETRY": "true"}
        log = (folder / "log").open("wb")
        started.append(subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log))
        log.close()
        _wait(f"http://127.0.0.1:{port}/ping", started[-1], folder / "log")
        return f"http://127.0.0.1:{port}/invocations"

    yield do
    for process in started:
        process.terminate()
        process.wait(10)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if urllib3.request("GET", url, retries=False, timeout=1.0).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
    raise AssertionError(log.read_text()[-2_000:])


@pytest.fixture(scope="module")
def soft(serve, fitted, tmp_path_factory) -> tuple[str, Path]:
    folder = save(fitted, tmp_path_factory.mktemp("mlflow") / "soft", "predict_proba")
    return serve(folder), folder


def test_the_scoring_server_answers_as_the_file_in_its_folder(soft, write, table):
    url, folder = soft
    found = check_endpoint(write(f'url = "{url}"'), against=folder, rows=400, calls=20)
    assert found.parity.is_same
    assert found.parity.rows == found.of == 400
    assert found.parity.max_difference < 1e-12
    assert [(one.rows_a_call, one.calls, one.warm_up) for one in found.latency] == [(1, 20, 10), (400, 4, 10)]
    assert all(0 < one.p50_ms <= one.p95_ms <= one.p99_ms for one in found.latency)


def test_a_model_that_was_saved_to_answer_labels_is_refused_with_the_cure(serve, fitted, table, tmp_path):
    url = serve(save(fitted, tmp_path / "hard", "predict"))
    with pytest.raises(
        ModelRefused, match=r"answers labels only, such as '(yes|no)'.*pyfunc_predict_fn='predict_proba'"
    ):
        opened(url, table, protocol="mlflow")


def test_the_servers_own_words_are_said_when_the_rows_do_not_fit(soft, table):
    with pytest.raises(ModelRefused, match=r"answers status 400: .*BAD_REQUEST"):
        opened(soft[0], table[["a"]], protocol="mlflow")
    np.testing.assert_equal(opened(soft[0], table, protocol="mlflow").predict_proba(table).shape, (400, 2))
