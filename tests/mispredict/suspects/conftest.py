"""What the tests of detectors look at: small tables with and without a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from mispredict.investigation.investigation import Investigation
from mispredict.investigation.suspecting import inquiry_of
from mispredict.suspects.inquiry import Inquiry

Ask = Callable[..., Inquiry]


def ordinary(rows: int, seed: int = 0) -> pd.DataFrame:
    """Return an ordinary table: three numbers that matter, one category, noise, and a label drawn from them."""
    rng = np.random.default_rng(seed)
    age, amount, visits = rng.normal(40, 12, rows), rng.lognormal(3, 1, rows), rng.poisson(3, rows)
    channel = rng.choice(["app", "web", "shop"], rows, p=[0.5, 0.3, 0.2])
    odds = -1.2 + 0.04 * (age - 40) + 0.3 * np.log(amount / 20) + 0.2 * (visits - 3) + 0.6 * (channel == "app")
    label = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)
    noise = rng.normal(size=rows)
    return pd.DataFrame(
        {"age": age, "amount": amount, "visits": visits, "channel": channel, "noise": noise, "label": label}
    )


def numbers_of(rows: pd.DataFrame, features: list[str]) -> pd.DataFrame:
    """Return the features that models of these tests read: the numbers."""
    return rows[[c for c in features if pd.api.types.is_numeric_dtype(rows[c])]]


@pytest.fixture
def ask() -> Ask:
    """Return what makes an inquiry: ask(examined, training, model="boosted"|"linear", also_read=(...), **roles)."""

    def make(
        examined: pd.DataFrame,
        training: pd.DataFrame | None = None,
        *,
        target: str = "label",
        model: str = "boosted",
        **roles: Any,
    ) -> Inquiry:
        known = {target, roles.get("id"), roles.get("time"), roles.get("label_time"), *roles.pop("not_read", ())}
        entity = roles.get("entity", ())
        known |= {entity} if isinstance(entity, str) else set(entity)
        known |= set(roles.get("available_at", {}).values())
        also_read = tuple(roles.pop("also_read", ()))
        features = [c for c in examined if c not in known]
        learned = examined if training is None else training
        read = numbers_of(learned, features)
        kind = HistGradientBoostingClassifier(max_iter=40, random_state=0)
        fitted = (kind if model == "boosted" else LogisticRegression(max_iter=500)).fit(read, learned[target])
        opened = Investigation(model=fitted, rows=examined, target=target, training=training, **roles)
        return inquiry_of(opened._opened, opened._steps.scan().sample, also_read, lambda share, doing: None)

    return make
