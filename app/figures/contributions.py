"""One prediction's contributions as bars; for an additive method they lead from the base to the model's answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from app.figures.style import GREY, RIGHT, WRONG, styled
from app.text import plain
from app.wording import signed
from explainers.explanation import Explanation

MOST = 12  # bars; the rest are summed into one


@dataclass(frozen=True)
class Bar:
    """One column's part, or the sum of those too small to draw."""

    label: str
    value: float


def bars(explanation: Explanation, most: int = MOST) -> tuple[Bar, ...]:
    """Return the contributions that are not nothing, the largest first, and the small ones as one sum."""
    ranked = sorted(explanation.values.items(), key=lambda part: -abs(part[1]))
    ranked = [part for part in ranked if part[1] != 0.0]
    shown = [Bar(name, value) for name, value in ranked[:most]]
    rest = ranked[most:]
    return (*shown, *([Bar(f"{len(rest)} other columns", sum(v for _, v in rest))] if rest else []))


def draw_contributions(explanation: Explanation, towards: str) -> go.Figure:
    """Return the bars; `towards` names the class whose probability a bar to the right raises."""
    parts = bars(explanation)
    values = np.array([part.value for part in parts])
    starts = _starts(explanation, values)
    rows = np.arange(len(parts))
    figure = go.Figure(
        go.Bar(
            x=values,
            base=starts,
            y=rows,
            orientation="h",
            marker={"color": [WRONG if value > 0 else RIGHT for value in values]},
            text=[signed(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            customdata=[plain(part.label) for part in parts],
            hovertemplate="%{customdata}: %{text}<extra></extra>",
        )
    )
    labels = [plain(part.label, limit=28) for part in parts]
    figure.update_yaxes(tickvals=rows, ticktext=labels, autorange="reversed", showgrid=False)
    figure.update_xaxes(title=f"{explanation.unit} of {plain(towards, limit=30)}", range=_range(starts, values))
    if explanation.additive:
        _mark_ends(figure, explanation)
    return styled(figure, height=110 + 27 * max(len(parts), 3))


def _starts(explanation: Explanation, values: np.ndarray) -> np.ndarray:
    if not explanation.additive:
        return np.zeros(len(values))
    return explanation.base + np.concatenate([[0.0], np.cumsum(values)[:-1]]) if len(values) else values


def _range(starts: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    ends = np.concatenate([starts, starts + values, [0.0] if not len(values) else []])
    low, high = float(ends.min()), float(ends.max())
    margin = max(high - low, 1e-6) * 0.18  # room for the numbers beside the bars
    return (low - margin, high + margin)


def _mark_ends(figure: go.Figure, explanation: Explanation) -> None:
    for at, words, dash, anchor in (
        (explanation.base, f"starts at {explanation.base:.3f}", "dot", "bottom"),
        (explanation.score, f"ends at {explanation.score:.3f}", "solid", "top"),
    ):
        figure.add_vline(x=at, line={"color": GREY, "width": 1, "dash": dash})
        figure.add_annotation(
            x=at, y=1 if anchor == "bottom" else 0, yref="paper", text=words, showarrow=False, yanchor=anchor,
            yshift=2 if anchor == "bottom" else -18, font={"color": GREY, "size": 11},
        )  # fmt: skip
