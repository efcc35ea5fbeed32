"""One door to fitted models of every library: what explainers and scans ask of a model."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

Family = Literal["trees", "linear", "neural", "other", "scores", "endpoint"]


class Subject(Protocol):
    """A fitted classifier behind one interface. `subject_of(estimator)` makes one from any supported object."""

    estimator: Any  # the library's own object: a Pipeline, a Booster, an InferenceSession, ...
    family: Family
    classes: tuple[Any, ...]  # in the order of the probabilities; a native booster that stores none has 0..n-1
    columns: tuple[str, ...]  # the raw columns it reads, in its own order

    def prepared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the model's columns with the dtypes and category order it learned; never changes `rows`."""

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return probabilities, shape (rows, classes), for a frame that holds at least `columns`."""
