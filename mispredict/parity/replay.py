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
        online = score(rows)
        if answered is not None:
            online = _nearer(pairs, rows, score, (online, answered))
        return Replay(score(pairs.offline[list(features)]), online, answered, rows)
    except BadInput as refused:
        return Replay(nothing, nothing, answered, rows, refused.found)


def as_offline(pairs: Pairs, features: tuple[str, ...]) -> pd.DataFrame:
    """Return the logged features as the table types them; what equals the table's but for noise is the table's."""
    made = {one: _typed(pairs, one) for one in features}
    return pd.DataFrame(made, index=pairs.offline.index)


def _nearer(
    pairs: Pairs, rows: pd.DataFrame, score: Callable[[pd.DataFrame], np.ndarray], scores: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Return the scores, of the very digits that were logged where these come nearer to what was answered.

    The last digit of a number, which a log may round or keep, can lie on the other side of a tree's threshold.
    """
    online, answered = scores
    exact = {str(one): _digits(pairs, str(one)) for one in rows}
    noisy = {one: digits for one, digits in exact.items() if digits is not None}
    given = rows.assign(**noisy)
    is_other = (given[list(noisy)] != rows[list(noisy)]).any(axis=1).to_numpy()
    moved = is_other & (np.abs(online - answered) > 0)
    if not moved.any():
        return online
    again = np.array(online)
    again[moved] = score(given[moved])
    return np.where(np.abs(again - answered) < np.abs(online - answered), again, online)


def _digits(pairs: Pairs, name: str) -> pd.Series | None:
    """Return a float column as it was logged, None for another one."""
    if name not in pairs.compared or pairs.offline[name].dtype.kind != "f":
        return None
    values = _values(pairs, name)
    return values if values.dtype == pairs.offline[name].dtype else None


def _typed(pairs: Pairs, name: str) -> pd.Series:
    offline, cells = pairs.offline[name], pairs.compared.get(name)
    if cells is None or not cells.differs.any():
        return offline
    given, differs = _values(pairs, name), cells.differs
    if given.dtype == offline.dtype:
        return offline.where(~differs, given)
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
