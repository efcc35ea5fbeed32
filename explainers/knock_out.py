"""The referee: what happens to the model's answer when one column's value is taken away, measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import answers, margin_unit, margins_of
from explainers.dtypes import taken
from explainers.explanation import Unit, Unsupported
from explainers.refusing import asked, check_class
from explainers.sampling import Score
from explainers.subject import Subject

ASKED = 50_000  # rows that the model is asked in all: a second or two of a large forest
MOST = 200  # background rows: the standard error of a probability's mean is then at most 0.036
FEWEST = 5  # of however many columns; less would be no average
CELLS = 10_000_000  # of one question to the model: 80 MB of numbers, whatever the width


@dataclass(frozen=True)
class KnockOut:
    """What each column's value adds to one answer: the answer, less its mean with background values in that column."""

    row: str
    class_: Any
    unit: Unit  # of score, changes and errors
    score: float  # the model's own answer
    changes: dict[str, float]  # column -> score - mean score with the column replaced
    errors: dict[str, float]  # column -> standard error of that mean over the background rows used
    background: int  # background rows used
    notes: tuple[str, ...]


def knock_out(
    model: Any,
    row: pd.DataFrame,
    background: pd.DataFrame,
    *,
    class_index: int = 1,
    unit: Unit | None = None,
    seed: int = 0,
) -> KnockOut:
    """Return what each column's own value adds to the answer for a frame of one row; `unit` None is the model's own.

    One column is replaced at a time (Breiman 2001, section 10, for one row), so columns that stand in for each other
    show little. A background value that equals the row's is not asked and changes nothing. Raises `Unsupported`
    where there is no model to ask, more or less than one row, or no background.
    """
    subject = asked(model)
    check_class(subject, class_index)
    _check_rows(row, background)
    unit = unit or own_unit(subject, row)
    chosen = _chosen(len(background), len(subject.columns), seed)
    frame, others = subject.prepared(row), subject.prepared(background.iloc[chosen])
    score = float(answers(subject, frame, class_index, unit)[0])
    both = pd.concat([frame, others], ignore_index=True)
    falls = _falls(both, score, lambda mixed: answers(subject, mixed, class_index, unit))
    errors = _errors(falls)
    return KnockOut(
        row=str(row.index[0]),
        class_=subject.classes[class_index],
        unit=unit,
        score=score,
        changes=dict(zip(subject.columns, falls.mean(axis=1).tolist(), strict=True)),
        errors=dict(zip(subject.columns, errors.tolist(), strict=True)),
        background=len(chosen),
        notes=(_note(len(chosen), len(background), float(errors.max(initial=0.0))),),
    )


def own_unit(subject: Subject, row: pd.DataFrame) -> Unit:
    """Return the unit of the model's raw scores where it has them, else probability."""
    return "probability" if margins_of(subject, row) is None else margin_unit(subject)


def _check_rows(row: pd.DataFrame, background: pd.DataFrame) -> None:
    if len(row) != 1:
        raise Unsupported(f"a knock-out measures one row, and found {len(row)}; ask for them one by one")
    if not len(background):
        raise Unsupported("a knock-out needs background rows to take values from, and found none; add a table of them")


def _chosen(rows: int, columns: int, seed: int) -> np.ndarray:
    """Return positions of the background rows used, in their order: fewer where there are many columns."""
    most = int(np.clip(ASKED // max(columns, 1), FEWEST, MOST))
    return np.sort(np.random.default_rng(seed).permutation(rows)[:most])


def _falls(both: pd.DataFrame, score: float, ask: Score) -> np.ndarray:
    """Return score - score with the value replaced, (columns, background rows); row 0 of `both` is the one measured."""
    falls = np.zeros((both.shape[1], len(both) - 1))
    pairs = np.argwhere([_differs(both.iloc[:, j]) for j in range(both.shape[1])])
    size = max(1, CELLS // max(both.shape[1], 1))
    for start in range(0, len(pairs), size):
        columns, places = pairs[start : start + size].T
        falls[columns, places] = score - ask(_mixed(both, columns, places + 1))
    return falls


def _differs(column: pd.Series) -> np.ndarray:
    """Return True for each background value that isn't the row's own; two missing values are the same."""
    values, _ = pd.factorize(column)
    return np.asarray(values[1:] != values[0])


def _mixed(both: pd.DataFrame, columns: np.ndarray, places: np.ndarray) -> pd.DataFrame:
    """Return the measured row once for each pair, with that column's value from that place."""
    mixed = both.iloc[np.zeros(len(columns), dtype=np.int64)].reset_index(drop=True)
    for j in np.unique(columns):
        mixed[both.columns[j]] = taken(both.iloc[:, j], np.where(columns == j, places, 0))
    return mixed


def _errors(falls: np.ndarray) -> np.ndarray:
    """Return the standard errors of the means; of a single background row nothing can be told, and 0 stands."""
    count = falls.shape[1]
    return falls.std(axis=1, ddof=1) / np.sqrt(count) if count > 1 else np.zeros(len(falls))


def _note(used: int, rows: int, error: float) -> str:
    measured = f"each column was replaced by the values of {used:,} of {rows:,} background rows"
    return f"{measured}; {f'standard error at most {error:.2g}' if used > 1 else 'of one row no error can be told'}"
