"""How many of all pairs differ, column by column: causes are named from a sample, counts need not be."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mispredict.parity.cells import cells_of
from mispredict.parity.joining import Join
from mispredict.parity.pairs import taken
from mispredict.tables.table import Table

CELLS = 10_000_000  # of either side that are held at once


def differing_counts(
    sides: tuple[Table, Table], join: Join, columns: Sequence[str], report: Callable[[float], None]
) -> dict[str, int]:
    """Return how many of all joined pairs differ in each column of the table and the log."""
    size, counts = max(1, CELLS // max(1, len(join))), {}
    for begin in range(0, len(columns), size):
        report(begin / len(columns))
        names = list(columns[begin : begin + size])
        offline, online = taken(sides[0], join.rows, names), taken(sides[1], join.entries, names)
        counts.update({name: int(cells_of(name, offline[name], online[name]).differs.sum()) for name in names})
    return counts
