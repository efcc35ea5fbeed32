"""How alike the methods order the columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from app.figures.style import RIGHT, WRONG, styled
from app.text import plain
from app.wording import number

# Solid shades with dark figures in the middle: they are read in light and dark.
SHADES = ((0.0, WRONG), (0.5, "#EEF1F4"), (1.0, RIGHT))


def draw_correlations(ranks: pd.DataFrame) -> go.Figure:
    """Return the matrix; a pair that can't be compared is blank, and so is a method with itself."""
    shown = ranks.to_numpy(dtype=float, copy=True)
    np.fill_diagonal(shown, np.nan)
    words = [["" if np.isnan(cell) else number(cell, 2) for cell in line] for line in shown]
    names = [plain(name, limit=14) for name in ranks.columns]
    at = list(range(len(names)))
    figure = go.Figure(
        go.Heatmap(
            z=shown, text=words, texttemplate="%{text}", colorscale=SHADES, zmin=-1, zmax=1, showscale=False,
            xgap=2, ygap=2, hoverongaps=False, hovertemplate="%{text}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(tickvals=at, ticktext=names, showgrid=False, side="top")
    figure.update_yaxes(tickvals=at, ticktext=names, showgrid=False, autorange="reversed")
    return styled(figure, height=60 + 44 * max(len(names), 3))
