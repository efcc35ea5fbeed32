"""What a service was asked, held as it is now: the service may change it while the log still waits.

Runs inside the service's call, so nothing is converted here; `rows_of` does that later, elsewhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]


def held(features: Any) -> Any:
    """Return a copy that later changes don't reach: of a mapping, a frame, an array, or a list of mappings."""
    if type(features) is dict:
        return features.copy()
    if hasattr(features, "iloc"):  # a pandas frame or series; from pandas 3 on a shallow copy is safe
        return features.copy(deep=not _copies_on_write(features))
    if isinstance(features, Mapping) or hasattr(features, "model_dump"):
        return dict(features)
    if dataclasses.is_dataclass(features):
        return dict(vars(features))
    if isinstance(features, list | tuple):
        return [held(one) if not isinstance(one, str | int | float | None) else one for one in features]
    return features.copy() if hasattr(features, "copy") else features


def rows_of(features: Any, names: Sequence[str]) -> list[Row]:
    """Return one mapping a row; `names` are the columns of what comes without names.

    Raises ValueError where nothing says what the values are called.
    """
    if isinstance(features, dict):
        return [features]
    if hasattr(features, "iloc"):
        return _of_frame(features)
    if hasattr(features, "tolist"):
        features = features.tolist()
    if not isinstance(features, list) or not features:
        raise ValueError(f"features are a {type(features).__name__}; needed: a mapping, a frame, or a list of either")
    if isinstance(features[0], dict):
        return features
    several = features if isinstance(features[0], list) else [features]
    if len(names) != len(several[0]):
        raise ValueError(f"{len(several[0])} values and {len(names)} names; needed: Recorder(names=[...])")
    return [dict(zip(names, one, strict=True)) for one in several]


def _of_frame(frame: Any) -> list[Row]:
    if frame.ndim == 1:
        return [{str(name): value for name, value in frame.items()}]
    columns = [(str(name), frame[name].tolist()) for name in frame.columns]
    return [{name: values[at] for name, values in columns} for at in range(len(frame))]


def _copies_on_write(frame: Any) -> bool:
    import sys

    pandas = sys.modules.get("pandas")
    return pandas is not None and int(pandas.__version__.split(".")[0]) >= 3
