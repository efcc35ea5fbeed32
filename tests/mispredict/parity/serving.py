"""A table, a model, and a log of what a service made of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from mispredict.investigation.investigation import Investigation
from mispredict.suspects import SUSPECTS
from mispredict.suspects.suspect import Judged

FEATURES = ["age", "amount", "visits"]


def rows(count: int = 2_000, seed: int = 0) -> pd.DataFrame:
    """Return labelled rows whose label hangs on three numbers; two columns more that no model reads."""
    rng = np.random.default_rng(seed)
    age, amount, visits = rng.normal(40, 12, count).round(1), rng.lognormal(3, 1, count).round(2), rng.poisson(3, count)
    odds = -0.8 + 0.06 * (age - 40) + 0.8 * np.log(amount / 20) + 0.3 * (visits - 3)
    return pd.DataFrame(
        {
            "row": [f"r{number}" for number in range(count)],
            "age": age,
            "amount": amount,
            "visits": visits,
            "app": rng.choice(["4.1", "4.2", "5.0"], count, p=[0.5, 0.3, 0.2]),
            "when": pd.Timestamp("2026-03-01")
            + pd.to_timedelta(np.sort(rng.integers(0, 86_400 * 30, count)), unit="s"),
            "label": (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(int),
        }
    )


class Service:
    """A fitted model that answers rows and logs them."""

    def __init__(self, table: pd.DataFrame, seed: int = 0) -> None:
        self.table = table
        self.model = HistGradientBoostingClassifier(max_iter=40, random_state=seed).fit(table[FEATURES], table["label"])

    def log(self, served: pd.DataFrame) -> pd.DataFrame:
        """Return what is logged of rows as they were served, in another order."""
        logged = served[["row", *FEATURES]].assign(score=self.model.predict_proba(served[FEATURES])[:, 1])
        return logged.sample(frac=1, random_state=1).reset_index(drop=True)

    def judged(self, kind: str, log: pd.DataFrame, **roles: Any) -> Judged:
        """Return what one detector says of the log."""
        known = {"target": "label", "id": "row", "time": "when", "features": FEATURES, "logged": {"score": "score"}}
        investigation = Investigation(model=self.model, rows=self.table, online=log, **(known | roles))
        return judged(investigation, kind)


def judged(investigation: Investigation, kind: str) -> Judged:
    """Return what one detector says."""
    suspecting = investigation._suspecting
    suspecting._asker.progress = lambda share, doing: None
    return suspecting._judge(SUSPECTS[kind], 0.0, 1.0)
