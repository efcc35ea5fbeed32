"""Inquiries about a model that reads texts as well as numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from mispredict.investigation.investigation import Investigation
from mispredict.investigation.suspecting import inquiry_of
from mispredict.suspects.inquiry import Inquiry


def ask_of_all(examined: pd.DataFrame, training: pd.DataFrame, **roles: Any) -> Inquiry:
    """Return the inquiry about a logistic regression of every column but the label and those with a role."""
    features = [c for c in training if c != "label" and c not in roles.values()]
    texts = [c for c in features if not pd.api.types.is_numeric_dtype(training[c].dtype)]
    numbers = [c for c in features if c not in texts]
    prepare = ColumnTransformer(
        [("texts", OneHotEncoder(handle_unknown="ignore"), texts), ("numbers", StandardScaler(), numbers)]
    )
    model = make_pipeline(prepare, LogisticRegression(max_iter=300)).fit(training[features], training["label"])
    opened = Investigation(model=model, rows=examined, target="label", training=training, features=features, **roles)
    return inquiry_of(opened._opened, opened._steps.scan().sample, (), lambda share, doing: None)
