"""Ids that look like one that a table does not have."""

from __future__ import annotations

import numpy as np

from mispredict.tables.ids import ids_in
from mispredict.tables.table import Table

LONGEST = 64  # characters of an id that are compared


def near_ids(table: Table, column: str, wanted: str, *, most: int = 3) -> tuple[str, ...]:
    """Return the ids that agree with the wanted one in the most characters, the most alike first.

    Reads the id column once, in batches.
    """
    best: list[tuple[int, str]] = []
    for _, ids in ids_in(table, column):
        agree, apart = _agreeing(ids.astype(str), wanted)
        order = np.argsort(apart - agree, kind="stable")
        chosen = order[agree[order] > 0][:most]
        best += [(int(apart[place] - agree[place]), str(ids[place])) for place in chosen]
        best = sorted(best)[:most]
    return tuple(row for _, row in best)


def _agreeing(ids: np.ndarray, wanted: str) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each id, how many characters agree, and by how many it is longer or shorter.

    A slip changes one character, or leaves the ends as they are: what agrees from both ends counts together.
    """
    lengths = np.char.str_len(ids)
    left, right = _same(ids, wanted), _same(_turned(ids), wanted[::-1])
    ends = np.minimum(_run(left) + _run(right), np.minimum(lengths, len(wanted)))
    best = np.maximum.reduce([left.sum(axis=1), right.sum(axis=1), ends])
    return np.asarray(best), np.abs(lengths - len(wanted))


def _same(ids: np.ndarray, wanted: str) -> np.ndarray:
    width = min(len(wanted), LONGEST)
    letters = ids.astype(f"<U{width}").view("<U1").reshape(len(ids), width)
    return np.asarray(letters == np.array(list(wanted[:width])))


def _run(same: np.ndarray) -> np.ndarray:
    return np.asarray(np.logical_and.accumulate(same, axis=1).sum(axis=1))


def _turned(ids: np.ndarray) -> np.ndarray:
    return np.array([row[::-1] for row in ids.tolist()])
