"""What the model promised against what came."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from app.figures.style import GREY, RIGHT, styled
from app.text import plain
from app.wording import count
from mispredict.scan.summary import CalibrationBin

HEIGHT = 280


def draw_calibration(bins: Sequence[CalibrationBin], event: str) -> go.Figure:
    """Return the reliability diagram: a point a bin, its area by the number of rows."""
    filled = [b for b in bins if b.rows]
    most = max((b.rows for b in filled), default=1)
    figure = go.Figure(
        go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": GREY, "dash": "dot", "width": 1}, hoverinfo="skip")
    )
    figure.add_scatter(
        x=[b.mean_probability for b in filled],
        y=[b.event_rate for b in filled],
        mode="lines+markers",
        line={"color": RIGHT, "width": 1.5},
        marker={"size": [7 + 13 * (b.rows / most) ** 0.5 for b in filled], "color": RIGHT, "opacity": 0.85},
        customdata=[count(b.rows) for b in filled],
        hovertemplate="promised %{x:.3f}, came %{y:.3f}<br>%{customdata} rows<extra></extra>",
    )
    figure.update_xaxes(title=f"promised probability{_of(event)}", range=(-0.03, 1.03), tickformat=".1f")
    figure.update_yaxes(title="share that came true", range=(-0.05, 1.05), tickformat=".1f")
    return styled(figure, height=HEIGHT).update_layout(showlegend=False)


def _of(event: str) -> str:
    return f" of {plain(event, limit=30)}" if event else ""
