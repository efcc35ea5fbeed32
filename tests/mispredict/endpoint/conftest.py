import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import uvicorn
from fastapi import FastAPI, Request
from sklearn.linear_model import LogisticRegression

from mispredict.endpoint.opening import open_endpoint
from mispredict.endpoint.settings import CallSettings
from mispredict.investigation.spec import ModelSpec
from mispredict.models.model import Model


class Service:
    """A FastAPI application that serves on a free port of this computer, and what it was asked."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.bodies: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        config = uvicorn.Config(self.app, port=0, log_level="critical", lifespan="off", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def answers(self, path: str, answer: Callable[[Any], Any]) -> str:
        """Serve what `answer` returns for a request's document, under a path; returns the URL."""

        async def route(request: Request) -> Any:
            body = await request.body()
            self.times.append(time.monotonic())
            self.headers.append(dict(request.headers))
            self.bodies.append(json.loads(body) if body else None)
            return answer(self.bodies[-1])

        self.app.add_api_route(path, route, methods=["POST"], response_model=None)
        return self.url + path


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"a": rng.normal(size=400), "b": rng.normal(size=400)})
    chance = 1 / (1 + np.exp(-2 * (rows["a"] + rows["b"])))
    return rows.assign(label=np.where(rng.random(400) < chance, "yes", "no"), row=[f"r{i}" for i in range(400)])


@pytest.fixture(scope="session")
def fitted(table: pd.DataFrame) -> LogisticRegression:
    return LogisticRegression().fit(table[["a", "b"]], table["label"])


@pytest.fixture(scope="session")
def chances(table: pd.DataFrame, fitted: LogisticRegression) -> np.ndarray:
    return np.asarray(fitted.predict_proba(table[["a", "b"]]))


def opened(url: str, rows: pd.DataFrame, *, protocol: str = "records", **calls: Any) -> Model:
    """Return the model behind a URL; the target's values are no and yes."""
    spec = ModelSpec(url=url, protocol=protocol, calls=CallSettings(**{"retries": 0, "timeout": 5.0} | calls))
    columns = [name for name in rows.columns if name not in ("label", "row")]
    return open_endpoint(spec, rows, classes=("no", "yes"), positive="yes", columns=columns)


@pytest.fixture
def write(tmp_path: Path, table: pd.DataFrame) -> Callable[..., Path]:
    """Return a function that writes the table and an investigation with the lines given under [model]."""

    def do(model: str, more: str = "") -> Path:
        table.to_parquet(tmp_path / "table.parquet")
        file = tmp_path / "investigation.toml"
        data = '[data]\npath = "table.parquet"\ntarget = "label"\nid = "row"\npositive = "yes"\n'
        file.write_text(f"{data}[model]\n{model}\n{more}\n")
        return file

    return do
