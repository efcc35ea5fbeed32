"""Scored rows as the tables that pages show."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pandas as pd

from mispredict.investigation.pictures import picture
from mispredict.scan.scored import Scored

# Then the table's own columns.
SHOWN = ("id", "truth", "predicted", "probability", "surprise", "beyond", "cost", "cluster")


def shown_probability(scored: Scored) -> np.ndarray:
    """Return the event's probability when binary, else the predicted class's."""
    if len(scored.classes) == 2:
        return scored.probabilities[:, 1]
    return scored.probabilities.max(axis=1)


def table_of_scored(scored: Scored, cluster: np.ndarray) -> pd.DataFrame:
    """Return `SHOWN` and then the table's columns; one of the same name as ours is called "name (table)"."""
    names = np.array([str(c) for c in scored.classes], dtype=object)
    ours = {
        "id": scored.ids,
        "truth": names[scored.truth],
        "predicted": names[scored.predicted],
        "probability": shown_probability(scored),
        "surprise": scored.surprise,
        "beyond": scored.beyond,
        "cost": scored.cost,
        "cluster": cluster,
    }
    theirs = scored.rows.reset_index(drop=True).rename(columns={c: f"{c} (table)" for c in SHOWN})
    return pd.concat([pd.DataFrame(ours), theirs], axis=1)


def plain(value: Any) -> Any:
    """Return a cell as a JSON scalar: None for missing, ISO text for times, a data URI for a picture's bytes."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return picture(value) or f"{len(value):,} bytes"
    if isinstance(value, (datetime.date, datetime.datetime, pd.Timestamp)):
        return value.isoformat()
    return str(value)


def plain_row(rows: pd.DataFrame) -> dict[str, Any]:
    """Return a frame's first row as column -> JSON scalar."""
    return {str(column): plain(rows[column].iloc[0]) for column in rows.columns}
