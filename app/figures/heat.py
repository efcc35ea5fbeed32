"""The heat map of two columns: each cell's errors against what was promised."""

from __future__ import annotations

import plotly.graph_objects as go

from app.figures.style import RIGHT, WRONG, styled
from app.text import plain
from app.wording import counted, signed
from mispredict.errors.heat import Cell, HeatMap

# Blue: fewer errors than promised, orange: more; the sign and the number say the same.
SHADES = ((0.0, RIGHT), (0.5, "#EEF1F4"), (1.0, WRONG))
LIMIT = 6.0  # standard deviations at which the colour is full


def draw_heat(found: HeatMap) -> go.Figure:
    """Return the cells, the first column across and the second one down; `customdata` is a cell's place in `cells`."""
    across, down = range(len(found.first_labels)), range(len(found.second_labels))
    places = [[first * len(down) + second for first in across] for second in down]
    cells = [[found.cells[place] for place in line] for line in places]
    figure = go.Figure(
        go.Heatmap(
            z=[[cell.z for cell in line] for line in cells], text=[[_words(cell) for cell in line] for line in cells],
            customdata=places, texttemplate="%{text}", hovertext=[[_hover(cell) for cell in line] for line in cells],
            hovertemplate="%{hovertext}<extra></extra>", colorscale=SHADES, zmin=-LIMIT, zmax=LIMIT, showscale=False,
            xgap=2, ygap=2,
        )
    )  # fmt: skip
    names = [[plain(label, limit=22) for label in labels] for labels in (found.first_labels, found.second_labels)]
    figure.update_xaxes(title=plain(found.first), tickvals=list(across), ticktext=names[0], showgrid=False)
    figure.update_yaxes(
        title=plain(found.second), tickvals=list(down), ticktext=names[1], showgrid=False, autorange="reversed"
    )
    return styled(figure, height=90 + 44 * max(len(down), 3))


def _words(cell: Cell) -> str:
    if cell.is_thin:
        return f"({cell.rows})" if cell.rows else ""
    ratio = "–" if cell.ratio is None else f"{cell.ratio:.1f} ×"
    return f"{ratio}<br>z {signed(cell.z or 0.0, 1)}"


def _hover(cell: Cell) -> str:
    said = f"{counted(cell.rows, 'row')}: {counted(cell.errors, 'error')}, {cell.expected_errors:.1f} expected"
    return f"{said}; too few rows to say more" if cell.is_thin else said
