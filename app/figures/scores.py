"""How the model's probabilities are spread, a line a true class."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from app.figures.calibration import HEIGHT
from app.figures.style import CLASSES, GREY, styled
from app.text import plain
from mispredict.scan.summary import ScanSummary

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")


def draw_scores(summary: ScanSummary, event: str) -> go.Figure:
    """Return the histogram; rows on a logarithmic axis, so that a rare class is seen."""
    figure = go.Figure()
    for place, (name, rows) in enumerate(summary.histogram.items()):
        edges = np.linspace(0, 1, len(rows) + 1)
        figure.add_scatter(
            x=edges,
            y=[*(n or None for n in rows), (rows[-1] or None) if rows else None],
            name=f"truly {plain(name, limit=24)}",
            mode="lines",
            line={"shape": "hv", "color": CLASSES[place % 8], "dash": DASHES[place % 5], "width": 1.6},
            hovertemplate="%{y:,} rows at %{x:.2f}<extra></extra>",
        )
    if len(summary.classes) == 2:
        figure.add_vline(x=summary.metrics.threshold, line={"color": GREY, "width": 1, "dash": "dot"})
    figure.update_xaxes(title=f"probability of {plain(event, limit=30)}" if event else "probability of the true class")
    figure.update_yaxes(title="rows (log scale)", type="log", dtick=1)
    return styled(figure, height=HEIGHT)
