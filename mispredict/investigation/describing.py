"""What was opened, in words and digests."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import importlib.metadata
import json
from pathlib import Path

import explainers
import mispredict
from mispredict.investigation.desk import Description
from mispredict.investigation.opened import Opened
from mispredict.investigation.opening import name_of
from mispredict.tables.kinds import kind_of
from mispredict.tables.roles import roles_of

# Libraries whose next version may give other figures for the same bytes.
COMPUTING = (
    *("numpy", "pandas", "scikit-learn", "lightgbm", "xgboost-cpu", "xgboost", "catboost", "onnxruntime"),
    *("shap", "hdbscan", "umap-learn"),
)


def key_of(opened: Opened) -> str:
    """Return the digest of model, data, training data, settings and code: what a kept result belongs to.

    Where the files lie is no part of it. Nothing that is kept depends on the candidate, the log or the invariants; a
    step that does has to put their digests into its own name.
    """
    spec = opened.spec
    data, model = dataclasses.replace(spec.data, path=""), dataclasses.replace(spec.model, path=None)
    parts = [
        json.dumps([spec.seed, dataclasses.asdict(data), dataclasses.asdict(model)], default=str, sort_keys=True),
        opened.model.sha256,
        opened.table.sha256,
        opened.training.sha256 if opened.training is not None else "",
        code_digest(),
        *(f"{name} {_version(name)}" for name in COMPUTING),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:  # an extra that is not here computes nothing
        return "absent"


@functools.cache
def code_digest() -> str:
    """Return the digest of our own source, so that nothing computed by other code is taken for ours."""
    state = hashlib.sha256()
    for package in (explainers, mispredict):
        for file in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            state.update(file.read_bytes())
    return state.hexdigest()


def describe(opened: Opened) -> Description:
    """Return what was opened."""
    spec, model, table = opened.spec, opened.model, opened.table
    return Description(
        name=spec.name,
        rows=table.rows,
        target=spec.data.target,
        positive=model.classes[1] if len(model.classes) == 2 else None,
        classes=model.classes,
        features=model.features,
        roles=roles_of(spec.data),
        dtypes={field.name: kind_of(field.type) for field in table.schema},
        seed=spec.seed,
        model_format=model.format,
        model_family=model.family,
        model_sha256=model.sha256,
        data_sha256=table.sha256,
        data_name=table.name,
        model_name=name_of(spec.model),
        has_candidate=spec.candidate is not None,
        key=key_of(opened),
        notes=opened.notes,
        has_log=spec.online is not None or opened.log is not None,
        has_invariants=bool(opened.invariants),
    )
