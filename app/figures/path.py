"""One row's path down one tree: from the value at the root to the leaf's, a step a split."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from app.figures.style import RIGHT, WRONG, styled
from app.rules import asked_words
from app.text import plain
from app.wording import digits_for, signed
from explainers.explanation import TreePath

COLUMN, ASKED = 20, 18  # characters of a step's label: the threshold must be seen however long the name


def draw_path(path: TreePath, axis: str) -> go.Figure:
    """Return the steps from the root above to the leaf below; a step down leads away from the class of `axis`."""
    before = np.array([split.before for split in path.splits], dtype=float)
    change = np.array([split.after for split in path.splits], dtype=float) - before
    labels = [
        f"{plain(s.column, limit=COLUMN)} {plain(asked_words(s.op, s.threshold), limit=ASKED)}" for s in path.splits
    ]
    rows = list(range(len(labels)))
    figure = go.Figure(
        go.Bar(
            x=change,
            base=before,
            y=rows,
            orientation="h",
            marker={"color": [RIGHT if step > 0 else WRONG for step in change]},
            text=[signed(step, digits_for(change)) for step in change],
            textposition="outside",
            cliponaxis=False,
            customdata=labels,
            hovertemplate="%{customdata}: %{text}<extra></extra>",
        )
    )
    figure.update_yaxes(tickvals=rows, ticktext=labels, range=(len(labels) - 0.5, -0.5), showgrid=False)
    figure.update_xaxes(title=plain(axis), range=_range(before, before + change))
    return styled(figure, height=70 + 27 * max(len(labels), 3)).update_layout(showlegend=False)


def _range(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    ends = np.concatenate([before, after]) if len(before) else np.zeros(1)  # a stump without a split has no step
    margin = max(float(np.ptp(ends)), 1e-6) * 0.18  # room for the numbers beside the steps
    return float(ends.min()) - margin, float(ends.max()) + margin
