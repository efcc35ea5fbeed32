"""What a service may expect: the range or levels of each feature, from what must hold or what training had."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mispredict.cohorts.kept_scores import KeptScores
from mispredict.errors.predicates import is_number, numbers_of
from mispredict.investigation.opened import Opened
from mispredict.online.expected import SCHEMA
from mispredict.parity.quantiles import QUANTILES
from mispredict.scan.run import ScanResult

MOST_LEVELS = 1_000
LOOKED_AT = 500_000  # rows


def expected_of(opened: Opened, scan: ScanResult) -> dict[str, Any]:
    """Return the file's content; features come from the training table, else from the examined one."""
    table = opened.training or opened.table
    some = np.sort(np.random.default_rng(0).permutation(table.rows)[:LOOKED_AT])
    rows = table.take(some, [name for name in opened.model.features if name in table.schema.names])
    declared = _declared(opened)
    features = {str(name): declared.get(str(name)) or _seen(rows[name]) for name in rows}
    return {
        "schema": SCHEMA,
        "table": table.name,
        "rows": len(rows),
        "of": table.rows,
        "model_sha256": opened.model.sha256,
        "features": features,
        "score": _score(opened, scan),
    }


def _declared(opened: Opened) -> dict[str, dict[str, Any]]:
    """Return what invariants say of features everywhere: both ends of a range, or levels."""
    found: dict[str, dict[str, Any]] = {}
    for one in opened.invariants:
        if one.where or "online" not in one.sides:
            continue
        bounds = one.settings.get("bounds", {})
        low, high = (next((bounds[k] for k in keys if k in bounds), None) for keys in (_LOW, _HIGH))
        if one.kind == "range" and isinstance(low, int | float) and isinstance(high, int | float):
            found[one.columns[0]] = {"low": low, "high": high, "line": one.line}
        if one.kind == "one_of":
            found[one.columns[0]] = {"levels": sorted(map(str, one.settings["levels"])), "line": one.line}
    return found


_LOW, _HIGH = ("at_least", "above"), ("at_most", "below")


def _seen(values: pd.Series) -> dict[str, Any]:
    if is_number(values) and not pd.api.types.is_datetime64_any_dtype(values.dtype):
        held = numbers_of(values)
        held = held[np.isfinite(held)]
        return {"low": float(held.min()), "high": float(held.max())} if len(held) else {}
    levels = values.dropna().astype(str).unique()
    return {"levels": sorted(levels)} if len(levels) <= MOST_LEVELS else {}


def _score(opened: Opened, scan: ScanResult) -> dict[str, float]:
    scores = [
        scored.probabilities[:, 1] if len(opened.model.classes) == 2 else scored.probabilities.max(axis=1)
        for scored in KeptScores(scan.scores, opened.model.classes, opened.model.threshold).batches()
    ]
    every = np.concatenate(scores)
    return {f"{q:g}": float(np.quantile(every, q)) for q in QUANTILES}
