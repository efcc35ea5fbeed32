"""An endpoint held to an obvious set: asked by the command itself, which opens no file for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mispredict.bad_input import ModelRefused
from mispredict.endpoint.address import address_of, protocol_of
from mispredict.endpoint.opening import open_endpoint
from mispredict.endpoint.settings import settings_of
from mispredict.models.labels import places_of
from mispredict.models.model import Model
from mispredict.tables.columns import listed


def endpoint_scorer(
    url: str, *, protocol: str | None, auth_env: str | None
) -> Callable[[pd.DataFrame, tuple[Any, ...]], np.ndarray]:
    """Return a function from rows and their classes to probabilities; refuses what can be told without asking."""
    protocol_of(address_of(url), protocol)
    settings_of({} if auth_env is None else {"auth_env": auth_env}, "command")

    def predict(rows: pd.DataFrame, classes: tuple[Any, ...]) -> np.ndarray:
        model = open_for_scoring(url, rows, classes, protocol=protocol, auth_env=auth_env)
        places = places_of(classes, model.classes)
        if min(places) < 0:
            raise ModelRefused(
                f"the endpoint answers for the classes {listed(map(str, model.classes))}",
                needed=f"one that knows {listed(map(str, classes))}",
                do="check an endpoint of a model that was trained on the same target",
            )
        return model.predict_proba(rows)[:, places]

    return predict


def open_for_scoring(
    url: str, rows: pd.DataFrame, classes: tuple[Any, ...], *, protocol: str | None, auth_env: str | None
) -> Model:
    """Return the model behind a URL, asked about the first of the rows."""
    from mispredict.investigation.spec import ModelSpec

    calls = settings_of({} if auth_env is None else {"auth_env": auth_env}, "command")
    spec = ModelSpec(url=url, protocol=protocol, calls=calls)
    event = classes[1] if len(classes) == 2 else None
    return open_endpoint(spec, rows, classes=classes, positive=event, columns=[str(c) for c in rows.columns])
