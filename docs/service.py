"""A service that answers how likely payments are fraud, recorded: `uvicorn docs.service:app`.

`MODEL` names the model's file, `LOG` the folder of the log, `EXPECTED` what `mispredict expect` wrote (optional).
"""

from __future__ import annotations

import os
from typing import Any

import pandas as pd
import skops.io
from fastapi import FastAPI
from prometheus_client import make_asgi_app

from mispredict.online import Recorder
from mispredict.online.expected import Expected
from mispredict.online.metrics import ServiceMetrics

MODEL = os.environ.get("MODEL", "sample_data/random_forest.skops")
EXPECTED = os.environ.get("EXPECTED")

model = skops.io.load(MODEL, trusted=["numpy.dtype", "sklearn.tree._tree.Tree"])
columns = list(model.feature_names_in_)
metrics = ServiceMetrics(expected=Expected.read(EXPECTED) if EXPECTED else None)
recorder = Recorder(os.environ.get("LOG", "log"), model=MODEL, metrics=metrics)

app = FastAPI()
app.mount("/metrics", make_asgi_app())


@recorder.wrap
def score(payments: list[dict[str, Any]]) -> list[float]:
    """Return the probability of fraud of each payment; what else a payment holds is logged, too."""
    rows = pd.DataFrame(payments, columns=columns)
    return [float(chance) for chance in model.predict_proba(rows)[:, 1]]


@app.post("/predict")
def predict(payments: list[dict[str, Any]]) -> list[float]:
    """Answer a list of payments with a list of probabilities."""
    return score(payments) if payments else []
