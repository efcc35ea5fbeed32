"""Rows that are equal in all that a model reads, of one table or two, with each one's label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.errors.row_digests import Kinds, common_kinds, digests_of
from mispredict.suspects.inquiry import Inquiry
from mispredict.tables.table import Table


@dataclass(frozen=True, eq=False)
class EqualRows:
    """Labelled rows that have an equal one, sorted by group; arrays with one entry a row."""

    group: np.ndarray  # int64, 0, 1, ... ascending
    label: np.ndarray  # uint64, a digest of the label
    side: np.ndarray  # 0 examined, 1 training
    position: np.ndarray  # in its table
    rows: int  # labelled rows compared, of both tables
    columns: int

    @property
    def groups(self) -> int:
        """Return how many groups there are."""
        return int(self.group[-1]) + 1 if len(self.group) else 0

    def is_conflict(self) -> np.ndarray:
        """Return True for each row whose group has more than one label."""
        return self.conflicts(np.ones(len(self.group), dtype=bool))[self.group]

    def conflicts(self, which: np.ndarray) -> np.ndarray:
        """Return True for each group that has more than one label among some rows (a mask), shape (groups,)."""
        pairs = np.unique(np.stack([self.group[which].astype(np.uint64), self.label[which]]), axis=1)
        many: np.ndarray = np.bincount(pairs[0].astype(np.int64), minlength=self.groups) > 1
        return many


def equal_rows(inquiry: Inquiry) -> EqualRows:
    """Return the rows that have an equal one. Both tables are streamed; held are two digests a row."""
    columns = inquiry.common(inquiry.read)
    tables = [side.table for side in inquiry.sides]
    kinds = common_kinds(tables[0].schema, tables[-1].schema, (*columns, inquiry.data.target))
    if isinstance(kinds, str):  # cannot be: both sides have them
        raise ValueError(kinds)
    target = {inquiry.data.target: kinds.pop(inquiry.data.target)}
    read = [_digests(inquiry, table, kinds, target) for table in tables]
    rows, labels, places = (np.concatenate(one) for one in zip(*read, strict=True))
    side = np.repeat(np.arange(len(read)), [len(one[0]) for one in read])
    _, group, times = np.unique(rows, return_inverse=True, return_counts=True)
    twice = np.flatnonzero(times[group] > 1)
    twice = twice[np.argsort(group[twice], kind="stable")]
    numbers = np.unique(group[twice], return_inverse=True)[1]
    return EqualRows(numbers, labels[twice], side[twice], places[twice], len(rows), len(columns))


def _digests(inquiry: Inquiry, table: Table, kinds: Kinds, target: Kinds) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return digests of the features and of the label, and the position, of each labelled row."""
    rows, labels, places = [], [], []
    first = 0
    for batch in table.batches([*kinds, *target]):
        inquiry.report(first / max(1, table.rows), "comparing rows")
        known = np.asarray(batch.column(next(iter(target))).is_valid().to_numpy(zero_copy_only=False))
        rows.append(digests_of(batch, kinds)[known])
        labels.append(digests_of(batch, target)[known])
        places.append(first + np.flatnonzero(known))
        first += batch.num_rows
    return np.concatenate(rows), np.concatenate(labels), np.concatenate(places)
