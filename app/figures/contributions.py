"""One prediction's contributions as bars; for an additive method they lead from the base to the model's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from app.figures.style import GREY, RIGHT, WRONG, styled
from app.text import plain
from app.wording import digits_for, number, signed, value
from explainers.explanation import Explanation

MOST = 12  # bars; the rest are summed into one
COLUMN, VALUE = 26, 14  # characters of a bar's label
ENDS = ("before the row", "the model's answer")


@dataclass(frozen=True)
class Bar:
    """One column's part, or the sum of those too small to draw."""

    label: str
    value: float


def bars(explanation: Explanation, row: Mapping[str, Any], most: int = MOST) -> tuple[Bar, ...]:
    """Return the contributions that are not nothing, the largest first, and the small ones as one sum.

    `row` holds the row's own values, which stand in the labels.
    """
    ranked = sorted(explanation.values.items(), key=lambda part: -abs(part[1]))
    ranked = [part for part in ranked if part[1] != 0.0]
    shown = [Bar(_label(name, row), value) for name, value in ranked[:most]]
    rest = ranked[most:]
    return (*shown, *([Bar(f"{len(rest)} other columns", sum(v for _, v in rest))] if rest else []))


def _label(column: str, row: Mapping[str, Any]) -> str:
    if column not in row:
        return plain(column, limit=COLUMN + VALUE)
    return f"{plain(column, limit=COLUMN)} = {plain(value(row[column]), limit=VALUE)}"


def draw_contributions(
    explanation: Explanation, row: Mapping[str, Any], *, axis: str, ends: tuple[str, str] = ENDS
) -> go.Figure:
    """Return the bars; `axis` says what a bar to the right raises, `ends` name where they start and end."""
    parts = bars(explanation, row)
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
            customdata=[part.label for part in parts],
            hovertemplate="%{customdata}: %{text}<extra></extra>",
        )
    )
    labels = [part.label for part in parts]
    if explanation.additive:
        labels = [plain(ends[0]), *labels, plain(ends[1])]
        _mark_ends(figure, explanation, last=len(labels) - 1)
    figure.update_yaxes(
        tickvals=list(range(len(labels))), ticktext=labels, range=(len(labels) - 0.5, -0.5), showgrid=False
    )
    figure.update_xaxes(title=plain(axis), range=_range(starts, values))
    return styled(figure, height=90 + 27 * max(len(labels), 3)).update_layout(showlegend=False)


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
