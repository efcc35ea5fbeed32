"""A model file that is asked through a worker of its own, which is started at the first question and opens it once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mispredict.endpoint.measured import Latency
from mispredict.investigation.explained import Explained
from mispredict.worker.process import Worker

ANSWER_SECONDS = 300.0


class ModelFile:
    """A model file of any accepted format. Close it, or use it in a `with` block."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).absolute()
        self._worker: Worker | None = None

    def predict_proba(self, rows: pd.DataFrame, classes: Sequence[Any] = (), *, threshold: float = 0.5) -> np.ndarray:
        """Return probabilities, shape (rows, classes), in the order of `classes` where they are given."""
        answer: np.ndarray = self._ask("score", rows, classes, threshold=threshold)
        return answer

    def explain(
        self, rows: pd.DataFrame, classes: Sequence[Any], of: Any, *, among: pd.DataFrame
    ) -> tuple[Explained | None, ...]:
        """Return each row's exact contributions to a class, None where the model has none.

        A linear model's terms are measured from the means of the rows `among` which the row stands.
        """
        return tuple(self._ask("explain_rows", rows, classes, of=of, among=among))

    def latency(self, rows: pd.DataFrame, classes: Sequence[Any], *, size: int, calls: int) -> Latency:
        """Return how long calls of `size` rows take inside the worker."""
        answer: Latency = self._ask("time_model", rows, classes, size=size, calls=calls)
        return answer

    def features(self, columns: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the columns that the model reads; `columns` where it names none itself."""
        return tuple(self._request("features", columns=tuple(columns)))

    def fresh(self, investigation: Path) -> tuple[float, int, str]:
        """Return the model's share of right rows in an investigation's table, the rows, and the table's digest."""
        accuracy, rows, digest = self._request("fresh", investigation=str(investigation.absolute()))
        return accuracy, rows, digest

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()

    def __enter__(self) -> ModelFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, request: str, rows: pd.DataFrame, classes: Sequence[Any], **more: Any) -> Any:
        return self._request(request, rows=rows, classes=tuple(classes), **more)

    def _request(self, request: str, **asked: Any) -> Any:
        if self._worker is None or not self._worker.is_alive:
            self._worker = Worker()
        return self._worker.ask(request, timeout=ANSWER_SECONDS, path=str(self.path), **asked)


def score_file(
    model_path: str, rows: pd.DataFrame, *, classes: Sequence[Any] = (), threshold: float = 0.5
) -> np.ndarray:
    """Return a model file's probabilities for `rows`, shape (rows, classes), computed in a worker of its own."""
    with ModelFile(model_path) as model:
        return model.predict_proba(rows, classes, threshold=threshold)
