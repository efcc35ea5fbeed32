"""A service's model as a subject: what a scan, a slice or a suspect asks like a model in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.subject import Family
from mispredict.endpoint.aligned import probabilities_of
from mispredict.endpoint.asker import Asker


@dataclass(frozen=True, eq=False)
class EndpointSubject:
    """Answers from a service, by batches. Several threads may ask at once."""

    asker: Asker
    columns: tuple[str, ...]
    classes: tuple[Any, ...]
    estimator: Any = None
    family: Family = "endpoint"

    def prepared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the columns that are sent."""
        return rows[list(self.columns)]

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return probabilities, shape (rows, classes), each batch checked; raises ModelRefused."""
        parts = [answer for answer, _ in self.timed(rows)]
        return np.concatenate(parts) if parts else np.empty((0, len(self.classes)))

    def timed(self, rows: pd.DataFrame) -> Iterator[tuple[np.ndarray, float]]:
        """Return each batch's probabilities and the seconds that its last call took, waits left out."""
        size = self.asker.settings.batch_rows
        for start in range(0, len(rows), size):
            batch = rows.iloc[start : start + size]
            payload, seconds = self.asker.ask(self.prepared(batch))
            first = _position(batch.index[0], start)
            yield probabilities_of(payload, self.classes, who=self.asker.who, first=first), seconds


def _position(label: Any, start: int) -> int:
    """Return the first row's position in its table, which frames read from one carry as their index."""
    return int(label) if isinstance(label, int | np.integer) else start
