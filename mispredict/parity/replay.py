"""What the model at hand says of both sides of each pair, beside what the service answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.bad_input import BadInput
from mispredict.errors.predicates import numbers_of
from mispredict.parity.pairs import Pairs


@dataclass(frozen=True, eq=False)
class Replay:
    """Scores of the event of n pairs, or why the model can't tell them."""

    offline: np.ndarray  # the model's on the table's rows
    online: np.ndarray  # the model's on the logged features, those that were not logged taken from the table
    logged: np.ndarray | None  # what the service answered; None where no score was logged
    rows: pd.DataFrame  # the logged features in the table's dtypes
    why_not: str = ""

    @property
    def answered(self) -> np.ndarray:
        """Return what the service answered, or what the model says of what it was given."""
        return self.online if self.logged is None else np.where(np.isfinite(self.logged), self.logged, self.online)


def replayed(
    pairs: Pairs, features: tuple[str, ...], score: Callable[[pd.DataFrame], np.ndarray], logged: str | None
) -> Replay:
    """Return both sides scored by the model; `score` gives the event's probability, shape (rows,)."""
    answered = numbers_of(pairs.online[logged]) if logged is not None and logged in pairs.online else None
    rows = as_offline(pairs, features)
    nothing = np.full(len(pairs), np.nan)
    try:
        return Replay(score(pairs.offline[list(features)]), score(rows), answered, rows)
    except BadInput as refused:
        return Replay(nothing, nothing, answered, rows, refused.found)


def as_offline(pairs: Pairs, features: tuple[str, ...]) -> pd.DataFrame:
    """Return the logged features as the table types them, so that equal values are equal to the model."""
    made = {one: _typed(pairs, one) for one in features}
    return pd.DataFrame(made, index=pairs.offline.index)


def _typed(pairs: Pairs, name: str) -> pd.Series:
    offline, cells = pairs.offline[name], pairs.compared.get(name)
    if cells is None:
        return offline
    given, differs = _values(pairs, name), cells.differs
    if given.dtype == offline.dtype:
        return given
    if not differs.any():
        return offline
    if isinstance(offline.dtype, pd.CategoricalDtype):
        return offline.astype(object).where(~differs, given.astype(object))
    if pd.api.types.is_numeric_dtype(offline.dtype) and pd.api.types.is_numeric_dtype(given.dtype):
        return offline.astype(np.float64).where(~differs, given)
    return offline.astype(object).where(~differs, given.astype(object))


def _values(pairs: Pairs, name: str) -> pd.Series:
    """Return the logged values, read as the offline ones are where both read as numbers."""
    cells = pairs.compared[name]
    online = pairs.online[name]
    if cells.kind == "number" and not pd.api.types.is_numeric_dtype(online.dtype):
        return pd.Series(cells.online, index=online.index)
    return online
