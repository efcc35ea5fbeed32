"""Rows of a table that are equal or almost equal to some rows, found in one pass over the table.

Rows are hashed by a few columns at a time, numbers by cells of a grid that begins anywhere (locality-sensitive hashing,
Indyk and Motwani 1998); those that fall together with a wanted row are compared in full.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mispredict.bad_input import TableRefused
from mispredict.obvious.likeness import Coded, Coder, coder_of
from mispredict.tables.plain import to_frame
from mispredict.tables.table import Table

ROUNDS = 16
CELL = 20  # hairs: rows a hair apart share a cell 19 times of 20
MOST = 20  # twins of one row that are kept
MOST_TOGETHER = 1_000  # rows of a batch with one hash that are compared in full
SAMPLE = 10_000  # rows that tell how far a column's values spread
PROBED = 500  # of the table's own rows, whose twins there tell what chance brings
_MIX = np.uint64(0x9E3779B97F4A7C15)
_STIR = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, eq=False)
class Twins:
    """What a table holds of each row; positions are the table's, from 0."""

    equal: tuple[tuple[int, ...], ...]  # of each row, at most MOST
    near: tuple[tuple[int, ...], ...]  # almost equal, and not equal
    columns: tuple[str, ...]  # compared in
    of_columns: int  # that the rows have
    rows: int  # of the table, all of them
    by_chance: int  # of `probed` rows of the table itself: those that have another almost equal one there
    probed: int


@dataclass(eq=False)
class _Round:
    """One way to throw rows together: some columns, and where the grid begins."""

    numbers: np.ndarray  # places of numeric columns
    texts: np.ndarray
    begins: np.ndarray  # shape (numbers,)
    hashes: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.uint64))  # of the wanted rows, sorted
    order: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def find_twins(
    table: Table, rows: pd.DataFrame, report: Callable[[float], None] = lambda share: None, *, seed: int = 0
) -> Twins:
    """Return the twins of rows in a table, compared in the columns that both have; raises TableRefused for too few."""
    step = max(1, table.rows // SAMPLE)
    names = [str(name) for name in rows.columns if name in table.schema.names]
    _require_common(table, names, rows)
    ordinary = table.take(np.arange(0, table.rows, step)[:SAMPLE], names)
    coder = coder_of(rows, ordinary)
    probes = np.arange(0, len(ordinary), max(1, len(ordinary) // PROBED))[:PROBED]
    wanted = _stacked(coder.code(rows), coder.code(ordinary.iloc[probes]))
    own = np.r_[np.full(len(rows), -1), ordinary.index.to_numpy()[probes]]  # a probe is not its own twin
    found = _search(table, coder, wanted, own, report, np.random.default_rng(seed))
    equal, near = ([tuple(sorted(f[kind])) for f in found] for kind in (True, False))
    chance = sum(bool(e or n) for e, n in zip(equal[len(rows) :], near[len(rows) :], strict=True))
    own_equal, own_near = tuple(equal[: len(rows)]), tuple(near[: len(rows)])
    return Twins(own_equal, own_near, coder.columns, len(rows.columns), table.rows, chance, len(probes))


def _require_common(table: Table, names: list[str], rows: pd.DataFrame) -> None:
    if 2 * len(names) >= len(rows.columns) and names:
        return
    lacking = [str(name) for name in rows.columns if name not in names]
    raise TableRefused(
        f"{table.name}, which lacks {len(lacking)} of the {len(rows.columns)} columns of the cases, "
        f"such as {lacking[0]!r}",
        needed="the table that the model learned from, with at least half of them",
        do="name another table",
    )


_Found = list[dict[bool, set[int]]]  # of each wanted row: its equal twins (True) and the others


def _search(
    table: Table,
    coder: Coder,
    wanted: Coded,
    own: np.ndarray,
    report: Callable[[float], None],
    rng: np.random.Generator,
) -> _Found:
    found: _Found = [{True: set(), False: set()} for _ in own]
    rounds = [_round(coder, wanted, rng) for _ in range(ROUNDS)]
    begin = 0
    for batch in table.batches(list(coder.columns)):
        part = coder.code(to_frame(batch, begin))
        for one in rounds:
            _compare(coder, wanted, part, one, begin, own, found)
        begin += batch.num_rows
        report(begin / max(1, table.rows))
    return found


def _round(coder: Coder, wanted: Coded, rng: np.random.Generator) -> _Round:
    places = rng.permutation(len(coder.columns))[: max(1, min(8, len(coder.columns) // 2))]
    numbers, texts = places[places < len(coder.numeric)], places[places >= len(coder.numeric)] - len(coder.numeric)
    made = _Round(numbers, texts, rng.random(len(coder.numeric)))
    hashes = _hashes(coder, wanted, made)
    made.order = np.argsort(hashes, kind="stable")
    made.hashes = hashes[made.order]
    return made


def _hashes(coder: Coder, rows: Coded, one: _Round) -> np.ndarray:
    digests = np.full(len(rows.numbers), _MIX)
    for place in one.numbers:
        cells = _cells(rows.numbers[:, place], coder.hair[place], one.begins[place])
        digests = _stirred(digests * _STIR + cells)
    for place in one.texts:
        digests = _stirred(digests * _STIR + rows.texts[:, place])
    return digests


def _cells(values: np.ndarray, hair: float, begins: float) -> np.ndarray:
    placed = np.floor(values / (CELL * hair) + begins) if hair else values.astype(np.float32).astype(float)
    return np.where(np.isnan(placed), 7e305, placed + 0.0).view(np.uint64)


def _stirred(values: np.ndarray) -> np.ndarray:
    mixed: np.ndarray = (values ^ (values >> np.uint64(31))) * _MIX
    return mixed ^ (mixed >> np.uint64(29))


def _compare(coder: Coder, wanted: Coded, part: Coded, one: _Round, begin: int, own: np.ndarray, found: _Found) -> None:
    here, there = _fallen_together(_hashes(coder, part, one), one, found)
    if not len(here):
        return
    equal, apart = coder.apart(wanted.take(there), part.take(here))
    positions = here + begin
    alike = (equal | (apart <= coder.may_differ)) & (positions != own[there])
    for row, position, same in zip(there[alike], positions[alike], equal[alike], strict=True):
        kept = found[row][bool(same)]
        if len(kept) < MOST:
            kept.add(int(position))


def _fallen_together(hashes: np.ndarray, one: _Round, found: _Found) -> tuple[np.ndarray, np.ndarray]:
    """Return places in the part and among the wanted rows that share a hash; of many in the part, the first ones."""
    here = _first_of_each(np.flatnonzero(np.isin(hashes, one.hashes)), hashes)
    low, high = np.searchsorted(one.hashes, hashes[here], "left"), np.searchsorted(one.hashes, hashes[here], "right")
    times = high - low
    here = np.repeat(here, times)
    there = one.order[np.repeat(low - np.cumsum(times) + times, times) + np.arange(len(here))]
    is_full = np.array([len(f[True]) >= MOST for f in found])[there]
    return here[~is_full], there[~is_full]


def _first_of_each(places: np.ndarray, hashes: np.ndarray) -> np.ndarray:
    order = places[np.argsort(hashes[places], kind="stable")]
    rank = np.arange(len(order)) - np.searchsorted(hashes[order], hashes[order], "left")
    return order[rank < MOST_TOGETHER]


def _stacked(one: Coded, other: Coded) -> Coded:
    return Coded(np.vstack([one.numbers, other.numbers]), np.vstack([one.texts, other.texts]))
