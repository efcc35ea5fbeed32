"""Which class was called what."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from app.figures.calibration import HEIGHT
from app.figures.style import RIGHT, WRONG, styled
from app.text import plain
from app.wording import count, share
from mispredict.scan.summary import ScanSummary

# Wrong to the left of the middle, right to the right of it; solid, so that the numbers are read in light and dark.
SHADES = ((0.0, WRONG), (0.499, "#FBEBDF"), (0.5, "#E6F0F7"), (1.0, RIGHT))


def draw_confusion(summary: ScanSummary) -> go.Figure:
    """Return the matrix: blue where right, orange where wrong, the darker the larger the share of the true class."""
    place = {str(name): at for at, name in enumerate(summary.classes)}
    rows = np.zeros((len(place), len(place)))
    for cell in summary.confusion:
        rows[place[str(cell.truth)], place[str(cell.predicted)]] = cell.rows
    shares = rows / np.maximum(rows.sum(axis=1, keepdims=True), 1)
    words = [
        [f"{count(n)}<br>{share(s)}" for n, s in zip(*pair, strict=True)] for pair in zip(rows, shares, strict=True)
    ]
    names = [plain(name, limit=18) for name in summary.classes]
    at = list(range(len(names)))
    figure = go.Figure(
        go.Heatmap(
            z=_signed(shares), text=words, texttemplate="%{text}" if len(at) <= 12 else "", colorscale=SHADES,
            showscale=False, zmin=-1, zmax=1, xgap=2, ygap=2, hovertemplate="%{text}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(title="predicted", tickvals=at, ticktext=names, showgrid=False)
    figure.update_yaxes(title="true", tickvals=at, ticktext=names, showgrid=False, autorange="reversed")
    return styled(figure, height=HEIGHT)


def _signed(shares: np.ndarray) -> np.ndarray:
    wrong = ~np.eye(len(shares), dtype=bool)
    return np.where(wrong, -np.maximum(shares, 0.01), shares)  # an empty wrong cell is no right one
