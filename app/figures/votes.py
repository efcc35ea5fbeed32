"""What each tree of a model answered about one row."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from app.figures.style import GREY, RIGHT, WRONG, styled
from app.text import plain
from app.wording import count
from explainers.votes import Votes

BINS = 40
HEIGHT = 240
HATCH = {"size": 6, "solidity": 0.2, "fgcolor": "rgba(255, 255, 255, 0.7)"}


def draw_votes(found: Votes, *, classes: int) -> go.Figure:
    """Return the trees' answers about the truth, stacked by whether a tree voted for it."""
    # A vote in probability is a share of the whole; times the trees it is what the tree itself says.
    scale = found.trees if found.unit == "probability" else 1
    answers, against = np.array(found.answers) * scale, np.array(found.against, dtype=bool)
    is_share = found.unit == "probability"
    edges = np.linspace(*((0.0, max(1.0, answers.max(initial=0.0))) if is_share else _ends(answers)), BINS + 1)
    figure = go.Figure()
    for name, which, colour, pattern in (
        ("against the truth", against, WRONG, "/"),
        ("for the truth", ~against, RIGHT, ""),
    ):
        if which.any():
            rows, _ = np.histogram(answers[which], edges)
            figure.add_bar(
                x=(edges[:-1] + edges[1:]) / 2,
                y=rows,
                width=np.diff(edges),
                name=f"{count(int(which.sum()))} {name}",
                marker={"color": colour, "pattern": {"shape": pattern, "fillmode": "overlay", **HATCH}},
                hovertemplate="%{y} trees near %{x:.4g}<extra></extra>",
            )
    if is_share and classes == 2:
        figure.add_vline(x=0.5, line={"color": GREY, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=0.51, y=1, yref="paper", xanchor="left", yanchor="top", showarrow=False, font={"color": GREY},
            text=f"side of the truth, {plain(found.truth, limit=24)} →",
        )  # fmt: skip
    figure.update_layout(barmode="stack", showlegend=True)
    figure.update_xaxes(
        title=f"{plain(found.unit)} of {plain(found.truth, limit=24)} that a tree {'gives' if scale > 1 else 'adds'}"
    )
    figure.update_yaxes(title="trees", rangemode="tozero")
    return styled(figure, height=HEIGHT).update_layout(bargap=0.04)


def _ends(answers: np.ndarray) -> tuple[float, float]:
    low, high = float(answers.min(initial=0.0)), float(answers.max(initial=0.0))
    return (low, high) if high > low else (low - 0.5, high + 0.5)
