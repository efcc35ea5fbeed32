"""A heat map of the errors: two columns in readable groups, and in each cell the errors against the promises."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from mispredict.bad_input import BadInput
from mispredict.errors.columns import cut_columns
from mispredict.errors.findings import Condition
from mispredict.errors.grid import GROUPS, Grouped, best_pair, grouped
from mispredict.errors.promises import Promises, expected_errors, promises_of
from mispredict.scan.scored import Scored

THIN = 20  # rows under which nothing is claimed of a cell


@dataclass(frozen=True)
class Cell:
    """The rows of one group of each column."""

    first: int  # the group's place among the first column's labels
    second: int
    conditions: tuple[Condition, ...]  # they hold for exactly these rows
    rows: int
    errors: int
    expected_errors: float  # by the model's own probabilities
    ratio: float | None  # errors over expected errors; None where the cell is thin, or none are expected
    z: float | None  # of the errors beyond the recalibrated promises, of this cell alone; None where the cell is thin
    is_thin: bool  # fewer than 20 rows


@dataclass(frozen=True)
class HeatMap:
    """Every cell of two columns, empty ones too; no cells where there are no two columns to choose from."""

    first: str
    second: str
    first_labels: tuple[str, ...]
    second_labels: tuple[str, ...]
    cells: tuple[Cell, ...]  # the first column's groups one after the other
    error_columns: tuple[str, ...]  # that may be chosen
    looked_at: int  # rows
    of: int  # rows of the whole table
    notes: tuple[str, ...]


def heat_map(
    sample: Scored, *, first: str | None = None, second: str | None = None, exclude: Collection[str], seed: int = 0
) -> HeatMap:
    """Return the heat map of two columns; of those not given, the ones whose cells stand out most."""
    columns, notes = cut_columns(sample.rows, exclude=exclude, bins=GROUPS)
    names = tuple(column.name for column in columns)
    for name in (first, second):
        _check(name, names)
    if len(columns) < 2:
        said = (*notes, "a heat map needs two columns that a rule may use")
        return HeatMap("", "", (), (), (), names, len(sample), len(sample), said)
    if first is not None and first == second:
        raise BadInput(f"the column {first!r} twice", needed="two different columns", do="choose another second column")
    promises = promises_of(sample, learn=np.ones(len(sample), dtype=bool), seed=seed)
    given = [names.index(name) for name in (first, second) if name is not None]
    if len(given) == 2:
        pair = [grouped(columns[place], sample.rows[names[place]]) for place in given]
    else:
        every = [grouped(column, sample.rows[column.name]) for column in columns]
        chosen = best_pair(every, promises, fixed=given[0] if given else None, seed=seed)
        pair = [every[place] for place in (chosen if first is not None or not given else chosen[::-1])]
        notes = [*notes, "the columns were chosen because their cells stand out most, so some of that is luck"]
    cells = _cells(pair[0], pair[1], sample, promises)
    notes = [*notes, f"each z is of its cell alone, not corrected for the {len(cells)} cells"]
    labels = (pair[0].labels, pair[1].labels)
    return HeatMap(pair[0].name, pair[1].name, *labels, cells, names, len(sample), len(sample), tuple(notes))


def _check(name: str | None, names: tuple[str, ...]) -> None:
    if name is not None and name not in names:
        raise BadInput(
            f"the column {name!r}",
            needed=f"one of the {len(names)} columns that a rule may use",
            do="choose one of error_columns; ids, the target, constant columns and columns shut out are not among them",
        )


def _cells(first: Grouped, second: Grouped, sample: Scored, promises: Promises) -> tuple[Cell, ...]:
    across = len(second.labels)
    codes = first.codes * across + second.codes
    signals = (None, sample.is_error, expected_errors(sample), promises.excess, promises.spread)
    sums = [np.bincount(codes, weights=one, minlength=len(first.labels) * across) for one in signals]
    return tuple(
        _cell(divmod(number, across), (first, second), figures)
        for number, figures in enumerate(np.column_stack(sums).tolist())
    )


def _cell(at: tuple[int, int], pair: tuple[Grouped, Grouped], figures: list[float]) -> Cell:
    rows, errors, expected, excess, spread = figures
    is_thin = rows < THIN
    return Cell(
        first=at[0],
        second=at[1],
        conditions=(*pair[0].conditions[at[0]], *pair[1].conditions[at[1]]),
        rows=int(rows),
        errors=int(errors),
        expected_errors=expected,
        ratio=None if is_thin or expected <= 0 else errors / expected,
        z=None if is_thin else excess / float(np.sqrt(max(spread, 1e-12))),
        is_thin=is_thin,
    )
