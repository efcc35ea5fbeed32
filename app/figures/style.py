"""What every chart shares: colours that colour-blind people tell apart, margins, a quiet grid."""

from __future__ import annotations

import plotly.graph_objects as go

RIGHT = "#0072B2"
WRONG = "#D55E00"
GREY = "#8A949E"
CLASSES = ("#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F", "#0072B2", "#D55E00", "#6B7480")  # right, wrong: late
GRID = "rgba(138, 148, 158, 0.22)"


def styled(figure: go.Figure, *, height: int) -> go.Figure:
    """Return the figure with the house's margins, legend and grid."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": None},
        bargap=0.25,
        hoverlabel={"namelength": -1},
        dragmode=False,
    )
    figure.update_xaxes(gridcolor=GRID, zeroline=False, automargin=True)
    figure.update_yaxes(gridcolor=GRID, zeroline=False, automargin=True)
    return figure
