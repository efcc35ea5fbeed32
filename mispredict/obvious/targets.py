"""What can be held to a set: a model file, which is opened in a worker, or a live endpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import pandas as pd

from mispredict.bad_input import ModelRefused
from mispredict.endpoint.address import address_of
from mispredict.endpoint.latency import measure_latency
from mispredict.endpoint.measured import Latency
from mispredict.endpoint.scoring import endpoint_scorer, open_for_scoring
from mispredict.endpoint.subject import EndpointSubject
from mispredict.investigation.explained import Explained
from mispredict.tables.digests import digest_of
from mispredict.worker.model_file import ModelFile


class Target(Protocol):
    """A model to check."""

    name: str  # its file's name or its address
    sha256: str | None

    def predict_proba(self, rows: pd.DataFrame, classes: tuple[Any, ...]) -> np.ndarray:
        """Return probabilities, shape (rows, classes)."""

    def explain(
        self, rows: pd.DataFrame, classes: tuple[Any, ...], of: Any, *, among: pd.DataFrame
    ) -> tuple[Explained | None, ...]:
        """Return each row's exact contributions to a class, a linear model's from the means of the rows `among` it."""

    def latency(self, rows: pd.DataFrame, classes: tuple[Any, ...], *, size: int, calls: int) -> Latency:
        """Return how long calls of `size` rows take."""

    def close(self) -> None:
        """Let go of what was started for it."""


class FileTarget(ModelFile):
    """A model file, opened in a worker of its own; raises ModelRefused where there is none."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise ModelRefused(f"no file {path}", needed="a model file", do="check --model")
        super().__init__(path)
        self.name = path.name
        self.sha256 = digest_of(path) if path.is_file() else None  # a folder has none of its own


class EndpointTarget:
    """A live endpoint, asked by this process, which opens no file for it."""

    sha256: str | None = None

    def __init__(self, url: str, *, protocol: str | None, auth_env: str | None) -> None:
        self._asked = (url, protocol, auth_env)
        self.name = address_of(url).shown
        self.predict_proba = endpoint_scorer(url, protocol=protocol, auth_env=auth_env)

    def explain(
        self, rows: pd.DataFrame, classes: tuple[Any, ...], of: Any, *, among: pd.DataFrame
    ) -> tuple[Explained | None, ...]:
        """Return None for each row: an endpoint shows nothing of its model."""
        del classes, of, among
        return (None,) * len(rows)

    def latency(self, rows: pd.DataFrame, classes: tuple[Any, ...], *, size: int, calls: int) -> Latency:
        """Return how long calls of `size` rows take, from the first byte sent to the last one read."""
        repeated = rows.iloc[np.resize(np.arange(len(rows)), max(size, len(rows)))]
        url, protocol, auth_env = self._asked
        model = open_for_scoring(url, repeated, classes, protocol=protocol, auth_env=auth_env)
        return measure_latency(cast("EndpointSubject", model.subject), repeated, size=size, calls=calls)

    def close(self) -> None:
        """Let go of nothing: connections end with the process."""
