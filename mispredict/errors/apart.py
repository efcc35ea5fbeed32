"""What sets some rows apart from others, column by column: beyond chance, the clearest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mispredict.errors.findings import Apart
from mispredict.errors.predicates import is_number, numbers_of

MOST = 8
LEAST = 0.2  # a smaller strength is not worth a sentence
LEVEL = 0.05  # chance of any column at all among rows that were drawn alike
COMPARED = 10_000  # rows of either side, spread evenly over it: more change no figure that is printed
MISSING = "missing"


def columns_apart(here: pd.DataFrame, rest: pd.DataFrame, columns: Sequence[str]) -> tuple[Apart, ...]:
    """Return the columns in which the rows `here` differ from the `rest`, at most 8, the clearest first.

    Numbers are compared by rank (|2 AUC - 1|), anything else and missing cells by the share of the value that differs
    most. A column is listed where its strength is 0.2 or more and chance would do as much for any of the columns in
    one of twenty pairs of samples (Bonferroni). Times are left to rules: their medians are no numbers to print.
    """
    here, rest = _thinned(here), _thinned(rest)
    if not len(here) or not len(rest):
        return ()
    named = [column for column in dict.fromkeys(columns) if column in here and column in rest]
    found = [_of_column(here[column], rest[column]) for column in named]
    kept = [apart for apart, chance in found if apart is not None and chance * len(named) <= LEVEL]
    kept.sort(key=lambda apart: -apart.strength)
    return tuple(apart for apart in kept[:MOST] if apart.strength >= LEAST)


def _thinned(rows: pd.DataFrame) -> pd.DataFrame:
    if len(rows) <= COMPARED:
        return rows
    return rows.iloc[np.linspace(0, len(rows) - 1, COMPARED).astype(np.int64)]


_Judged = tuple[Apart | None, float]  # and the chance of so much between rows drawn alike
_NOTHING: _Judged = (None, 1.0)


def _of_column(here: pd.Series, rest: pd.Series) -> _Judged:
    if pd.api.types.is_datetime64_any_dtype(here.dtype):
        return _of_missing(here, rest)
    if is_number(here) and is_number(rest):
        options = (_of_numbers(str(here.name), numbers_of(here), numbers_of(rest)), _of_missing(here, rest))
        return max(options, key=lambda option: option[0].strength if option[0] is not None else 0.0)
    return _of_values(str(here.name), _as_text(here), _as_text(rest))


def _of_numbers(column: str, here: np.ndarray, rest: np.ndarray) -> _Judged:
    here, rest = here[~np.isnan(here)], rest[~np.isnan(rest)]
    if not len(here) or not len(rest):
        return _NOTHING
    in_order = np.sort(rest)
    below = np.searchsorted(in_order, here, side="left") + np.searchsorted(in_order, here, side="right")
    strength = abs(float(below.mean()) / len(rest) - 1)
    apart = Apart(column, "number", "", _median(here), _median(rest), strength)
    return apart, _chance_of_ranks(strength, here, rest)


def _median(values: np.ndarray) -> float:
    """Return the median; of two infinite values in the middle, between which there is nothing, the lower one."""
    middle = np.sort(values)[(len(values) - 1) // 2 : len(values) // 2 + 1]
    return float(middle.mean() if np.isfinite(middle).all() else middle[0])


def _chance_of_ranks(strength: float, here: np.ndarray, rest: np.ndarray) -> float:
    """Return the two-sided chance of the rank sum (Mann and Whitney's normal approximation, with ties)."""
    from scipy.special import erfc

    _, counts = np.unique(np.concatenate([here, rest]), return_counts=True)
    rows = len(here) + len(rest)
    ties = float((counts.astype(np.float64) ** 3 - counts).sum()) / (rows**3 - rows) if rows > 1 else 1.0
    spread = (1 - ties) * (rows + 1) / (3 * len(here) * len(rest))
    return float(erfc(strength / np.sqrt(2 * spread))) if spread > 0 else 1.0


def _of_missing(here: pd.Series, rest: pd.Series) -> _Judged:
    gone, gone_there = here.isna(), rest.isna()
    if not gone.any() and not gone_there.any():
        return _NOTHING
    counts = (int(gone.sum()), int(gone_there.sum()))
    return _of_share(str(here.name), MISSING, counts, (len(here), len(rest)), tried=1)


def _as_text(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column.notna(), MISSING).map(str)


def _of_values(column: str, here: pd.Series, rest: pd.Series) -> _Judged:
    counts = pd.DataFrame({"here": here.value_counts(), "rest": rest.value_counts()}).fillna(0.0).sort_index()
    shares = counts / [len(here), len(rest)]
    apart = (shares["here"] - shares["rest"]).abs()
    # Of a pair of values that differ alike, the one that is frequent here says more.
    value = (apart + 1e-9 * shares["here"]).idxmax()
    rows = (int((here == value).sum()), int((rest == value).sum()))
    return _of_share(column, str(value), rows, (len(here), len(rest)), tried=len(counts))


def _of_share(column: str, value: str, rows: tuple[int, int], sizes: tuple[int, int], *, tried: int) -> _Judged:
    here, rest = rows[0] / sizes[0], rows[1] / sizes[1]
    apart = Apart(column, "value", value, here, rest, abs(here - rest))
    if apart.strength < LEAST:
        return apart, 1.0
    return apart, min(1.0, _chance_of_counts(rows, sizes) * tried)


def _chance_of_counts(rows: tuple[int, int], sizes: tuple[int, int]) -> float:
    """Return the two-sided chance of such counts (Fisher's exact test, twice its smaller tail)."""
    from scipy.stats import hypergeom

    both = hypergeom(sum(sizes), sum(rows), sizes[0])
    return 2 * float(min(both.cdf(rows[0]), both.sf(rows[0] - 1)))
