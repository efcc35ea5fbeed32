"""Rows that differ from one row in a few columns, as frames that the model reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from explainers.changes.values import Known, Options, known
from explainers.columns import Encoded
from explainers.explanation import Unsupported
from explainers.subject import Subject

CELLS = 4_000_000  # cells of a frame that is built at once: 32 MB of numbers


@dataclass(frozen=True, eq=False)
class Around:
    """One row, what was seen of its columns, and which of them may change."""

    subject: Subject
    columns: tuple[Known, ...]
    free: tuple[bool, ...]  # False: locked

    def frame(self, options: Sequence[Options], places: np.ndarray) -> pd.DataFrame:
        """Return one row for each row of `places` (rows, columns), which says the option of every column."""
        names = [column.name for column in self.columns]
        found = [choice.values.take(places[:, i]) for i, choice in enumerate(options)]
        if found and all(isinstance(values, np.ndarray) for values in found):  # numbers: one block, however many
            return pd.DataFrame(np.column_stack(found), columns=names)
        return pd.DataFrame({c: pd.Series(v, dtype=v.dtype) for c, v in zip(names, found, strict=True)})

    def probabilities(self, options: Sequence[Options], places: np.ndarray) -> np.ndarray:
        """Return the model's own probabilities (rows, classes) of these rows."""
        size = max(1, CELLS // max(1, len(self.columns)))
        parts = [
            self.subject.predict_proba(self.frame(options, places[s : s + size])) for s in range(0, len(places), size)
        ]
        return np.vstack(parts) if parts else np.zeros((0, len(self.subject.classes)))

    def nowhere(self, options: Sequence[Options], rows: int) -> np.ndarray:
        """Return the places of so many copies of the row itself."""
        return np.tile(np.array([o.own for o in options], dtype=np.int64), (rows, 1))


def around(subject: Subject, row: pd.DataFrame, seen: pd.DataFrame, locked: Sequence[str]) -> Around:
    """Return the row among the rows seen. Raises `Unsupported` for a locked column that the model doesn't read."""
    unknown = [c for c in locked if c not in subject.columns and c not in row.columns]
    if unknown:
        raise Unsupported(
            f"the locked column {unknown[0]!r} is none of the row's columns; the model reads "
            f"{', '.join(repr(c) for c in subject.columns[:8])}"
        )
    names = list(subject.columns)
    mine, theirs = subject.prepared(row), subject.prepared(seen)
    found = []
    for name in names:
        is_number = _is_number(subject, mine[name], theirs[name])
        raw = [mine[name], theirs[name]] if is_number else [row[name], seen[name]]
        column = _joined(raw).rename(name)
        if is_number and np.isinf(float(column.iloc[0])):
            raise Unsupported(f"the row's {name!r} is infinite, so no change of it has a size; put a finite number in")
        found.append(known(column, is_number=is_number, dtype=row[name].dtype))
    return Around(subject, tuple(found), tuple(c not in set(locked) for c in names))


def _joined(parts: list[pd.Series]) -> pd.Series:
    """Return the row's value and those seen in one column; categories that differ become plain values."""
    if parts[0].dtype != parts[1].dtype and not all(p.dtype.kind in "iuf" for p in parts):
        parts = [p.astype(object) for p in parts]
    return pd.concat(parts, ignore_index=True)


def _is_number(subject: Subject, mine: pd.Series, theirs: pd.Series) -> bool:
    """Return True for a column of numbers that the model doesn't read as codes of categories."""
    name = str(mine.name)
    encoded: tuple[Encoded, ...] = getattr(subject, "encoded", None) or ()
    kinds = {c.kind for c in encoded if c.raw == name}
    is_coded = bool(kinds & {"levels", "one-hot"}) and kinds <= {"levels", "one-hot", "missing"}
    return not is_coded and mine.dtype.kind in "iuf" and theirs.dtype.kind in "iuf"
