"""Cells that are more than a number or a word: pictures of display columns."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mispredict.investigation.pictures import picture


def pictured(rows: pd.DataFrame, columns: Sequence[str]) -> tuple[str, ...]:
    """Return which of the columns hold a picture in some row."""
    return tuple(c for c in columns if c in rows and any(picture(cell) is not None for cell in rows[c]))
