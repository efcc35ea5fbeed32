"""Everything that explanations compile, compiled before somebody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd


def warm() -> None:
    """Compile the kernels of trees, or load them from disk, by asking a tiny forest what a user may ask of any.

    Who asks for a kernel in the meantime waits for what is being compiled alone. Takes some half a minute of one
    processor the first time on a machine, a second or two later.
    """
    for step in steps():
        step()


def steps() -> tuple[Callable[[], Any], ...]:
    """Return the work in parts, those first that answer the first clicks."""
    from explainers import attribute, explain
    from explainers.flips import flips
    from explainers.thresholds import near_thresholds
    from explainers.votes import votes

    model, rows = _tiny()
    one, some = rows.iloc[:1], rows.iloc[:5]
    return (
        lambda: explain(model, one, some, method="walk"),
        lambda: attribute(model, some, some),
        lambda: explain(model, one, some, method="shap"),
        lambda: explain(model, one, some, method="shap", reference="paths"),
        lambda: explain(model, some, some, method="shap", reference="paths"),
        lambda: votes(model, one, truth_index=1),
        lambda: near_thresholds(model, one, class_index=1),
        lambda: flips(model, rows.loc[[rows.max(axis=1).idxmin()]], rows),  # neither column alone flips this one
    )


def _tiny() -> tuple[Any, pd.DataFrame]:
    """Return a forest that needs two columns to say otherwise, so that flips search pairs too, and its rows."""
    from sklearn.ensemble import RandomForestClassifier

    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 3)), columns=["one", "two", "three"])
    truth = (rows["one"] > 0) & (rows["two"] > 0)
    return RandomForestClassifier(3, max_depth=3, random_state=0).fit(rows, truth.to_numpy().astype(int)), rows
