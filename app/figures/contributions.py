"""One prediction's contributions as bars; for an additive method they lead from the base to the model's answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from app.figures.style import GREY, RIGHT, WRONG, styled
from app.text import plain
from app.wording import number, signed
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
    first = 1 if explanation.additive else 0  # the row above the bars says where they start
    rows = np.arange(first, first + len(parts))
    figure = go.Figure(
        go.Bar(
            x=values,
            base=starts,
            y=rows,
            orientation="h",
            marker={"color": [WRONG if value > 0 else RIGHT for value in values]},
            text=[signed(value, digits_for(values)) for value in values],
            textposition="outside",
            cliponaxis=False,
            customdata=[plain(part.label) for part in parts],
            hovertemplate="%{customdata}: %{text}<extra></extra>",
        )
    )
    labels = [plain(part.label, limit=28) for part in parts]
    if explanation.additive:
        labels = ["before the row", *labels, "the model's answer"]
        _mark_ends(figure, explanation, last=len(labels) - 1)
    figure.update_yaxes(
        tickvals=list(range(len(labels))), ticktext=labels, range=(len(labels) - 0.5, -0.5), showgrid=False
    )
    figure.update_xaxes(title=f"{explanation.unit} of {plain(towards, limit=30)}", range=_range(starts, values))
    return styled(figure, height=90 + 27 * max(len(labels), 3)).update_layout(showlegend=False)


def digits_for(values: np.ndarray) -> int:
    """Return how many decimals tell the bars apart: three figures of the longest one.

    >>> digits_for(np.array([0.0155, -0.002])), digits_for(np.array([-5.0]))
    (4, 2)
    """
    longest = float(np.abs(values).max(initial=0.0))
    return 3 if longest == 0.0 else int(np.clip(2 - np.floor(np.log10(longest)), 1, 7))


def _starts(explanation: Explanation, values: np.ndarray) -> np.ndarray:
    if not explanation.additive:
        return np.zeros(len(values))
    return explanation.base + np.concatenate([[0.0], np.cumsum(values)[:-1]]) if len(values) else values


def _range(starts: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    ends = np.concatenate([starts, starts + values, [0.0] if not len(values) else []])
    low, high = float(ends.min()), float(ends.max())
    margin = max(high - low, 1e-6) * 0.18  # room for the numbers beside the bars
    return (low - margin, high + margin)


def _mark_ends(figure: go.Figure, explanation: Explanation, last: int) -> None:
    ends = [explanation.base, explanation.score]
    figure.add_scatter(
        x=ends,
        y=[0, last],
        mode="markers+text",
        marker={"symbol": ["line-ns", "diamond"], "size": [16, 10], "color": GREY, "line": {"width": 2, "color": GREY}},
        text=[f"  {number(end)}  " for end in ends],
        textposition="middle right",
        cliponaxis=False,
        hoverinfo="skip",
    )
