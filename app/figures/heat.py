"""The heat map of two columns as a table of shaded cells: each cell's errors against what was promised.

A table and not a chart: its cells are reached by keyboard, and the first click on one counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pandas as pd
from pandas.io.formats.style import Styler

from app.figures.style import RIGHT, WRONG
from app.text import code_free
from app.wording import count
from mispredict.errors.heat import Cell, HeatMap

# Blue: fewer errors than promised, orange: more; the number in the cell says the same.
PALE = "#EEF1F4"
SHADES = ((0.0, RIGHT), (0.5, PALE), (1.0, WRONG))
LIMIT = 6.0  # standard deviations at which a node's colour is full
FULL = 3.0  # times the expected errors, or a third of them: the darkest shade of a cell
SURE = 3.0  # standard deviations from which on a cell is as dark as its factor says
DARK_TEXT, LIGHT_TEXT = "#1C2530", "#FFFFFF"
GROUP = "group"  # the table's column that holds the second column's groups
LONGEST = 28  # characters of a group


def heat_table(found: HeatMap) -> Styler:
    """Return the cells: the first column across as c0, c1, ..., the second one down, its groups as `group`."""
    heads = [GROUP, *cells_of(found)]
    words = pd.DataFrame(_lines(found, _words), columns=heads)
    shades = pd.DataFrame(_lines(found, _shade), columns=heads).assign(**{GROUP: ""})
    styled: Styler = words.style.apply(lambda _: shades, axis=None)
    return styled


def cells_of(found: HeatMap) -> list[str]:
    """Return the names of the table's columns of cells: our own, since two groups may be called alike."""
    return [f"c{place}" for place in range(len(found.first_labels))]


def cell_at(found: HeatMap, line: int, column: str) -> Cell | None:
    """Return the cell of a line and of a column of the table, None for the column of the groups."""
    names = cells_of(found)
    if column not in names:
        return None
    return found.cells[names.index(column) * len(found.second_labels) + line]


def _lines(found: HeatMap, of: Callable[[Cell], str]) -> list[list[str]]:
    down = len(found.second_labels)
    return [
        [code_free(label, limit=LONGEST), *(of(cell) for cell in found.cells[line::down])]
        for line, label in enumerate(found.second_labels)
    ]


def _words(cell: Cell) -> str:
    """Return how many times the expected errors there are, and how many; of a thin cell its errors and rows."""
    if not cell.rows:
        return ""
    if cell.ratio is None:
        return f"{count(cell.errors)} of {count(cell.rows)}"
    return f"{cell.ratio:.1f} × · {count(cell.errors)}"


def _shade(cell: Cell) -> str:
    """Return the cell's look: as far from the promise as it says, and paler where chance would do as much."""
    if cell.z is None or cell.ratio is None:
        return ""
    far = abs(math.log(max(cell.ratio, 1e-9))) / math.log(FULL)
    amount = min(far, abs(cell.z) / SURE, 1.0)
    shade = mixed(PALE, WRONG if cell.ratio > 1 else RIGHT, amount)
    return f"background-color: {shade}; color: {LIGHT_TEXT if amount > 0.7 else DARK_TEXT}"


def mixed(first: str, second: str, amount: float) -> str:
    """Return a colour on the way from one to another.

    >>> mixed("#000000", "#FFFFFF", 0.5)
    '#808080'
    """
    pairs = zip(_parts(first), _parts(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * amount):02X}" for a, b in pairs)


def _parts(colour: str) -> Sequence[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
