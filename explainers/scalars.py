"""Values of a table as JSON scalars."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd


def scalar(value: Any) -> Any:
    """Return a cell as a JSON scalar: missing and not-a-number become None, dates ISO text, infinity "inf"."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    is_json = isinstance(value, (str, int, bool)) or (isinstance(value, float) and math.isfinite(value))
    return value if is_json else str(value)


def scalars(row: pd.Series) -> dict[str, Any]:
    """Return a row as column -> JSON scalar."""
    return {str(name): scalar(value) for name, value in row.items()}
