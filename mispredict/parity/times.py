"""Times as numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mispredict.errors.predicates import is_number, numbers_of


def moments_of(values: pd.Series) -> np.ndarray:
    """Return times as microseconds since 1970 in UTC, numbers as they are, NaN where there is none.

    Times without a zone are taken as UTC, and texts as ISO 8601.
    """
    if not is_number(values):
        values = pd.to_datetime(values.astype(str), errors="coerce", utc=True, format="ISO8601")
    return numbers_of(values)
