"""What no simple cause gives: noise around the offline value, or another computation."""

from __future__ import annotations

import numpy as np

from mispredict.parity.cells import Cells
from mispredict.parity.reading import Reading

FOLLOWS = 0.3  # part of the variance of the differences that other columns foretell, from which it is no noise
BIAS = 0.25  # of the differences' spread, that noise may have


def remainder(gap: Cells, foretold: float | None) -> list[Reading]:
    """Return jitter or logic; `foretold` is the R2 of the differences from the offline row, None if not known."""
    everything = np.ones(len(gap), dtype=bool)
    shown = "" if foretold is None else f", {max(0.0, foretold):.0%} of it foretold by the offline row"
    logic = Reading("logic", f"another computation{shown}", "is computed otherwise online", everything, 1, 0.2)
    if gap.kind == "text":
        return [logic]
    differences = gap.online - gap.offline
    differences = differences[np.isfinite(differences)]
    spread = float(differences.std()) if len(differences) > 1 else 0.0
    if spread == 0:
        return [logic]
    jitter = Reading("jitter", f"noise of {spread:.3g}", f"is off by noise of {spread:.3g} online", everything, 1, 0.1)
    above = float((differences > 0).mean())
    is_even = abs(float(differences.mean())) <= BIAS * spread and 0.3 < above < 0.7
    if foretold is not None and foretold >= FOLLOWS:
        return [logic]
    return [jitter] if is_even else [logic]


def foretell(differences: np.ndarray, features: np.ndarray, seed: int) -> float | None:
    """Return the out-of-sample R2 of a small forest for the differences, None for fewer than 60 rows.

    `features` has shape (rows, columns), finite numbers.
    """
    if len(differences) < 60 or features.shape[1] == 0 or float(np.std(differences)) == 0:
        return None
    from sklearn.ensemble import ExtraTreesRegressor
    from sklearn.model_selection import cross_val_predict

    low, high = np.quantile(differences, [0.01, 0.99])
    target = np.clip(differences, low, high)
    model = ExtraTreesRegressor(50, min_samples_leaf=5, random_state=seed, n_jobs=1)
    given = cross_val_predict(model, features, target, cv=3)
    return float(1 - ((target - given) ** 2).sum() / max(1e-300, ((target - target.mean()) ** 2).sum()))
