"""Class labels: JSON scalars, and which of the target's spellings mean which of the model's classes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

_WHOLE = re.compile(r"[-+]?[0-9]+(\.0+)?")
_TRUTHS = {"true": 1, "false": 0}


def scalar(value: Any) -> Any:
    """Return a label as a JSON scalar: NumPy's wrapping gone, everything that JSON has not as text."""
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, bool | int | float | str) else str(value)


def meaning(label: Any) -> Any:
    """Return what a label means: 1, 1.0, "1", "1.0", True and "true" mean the same."""
    label = scalar(label)
    if isinstance(label, bool):
        return int(label)
    if isinstance(label, float):
        return int(label) if math.isfinite(label) and label == int(label) else label
    if isinstance(label, str):
        text = label.strip()
        return int(float(text)) if _WHOLE.fullmatch(text) and len(text) < 16 else _TRUTHS.get(text.casefold(), text)
    return label


def places_of(labels: Sequence[Any], classes: Sequence[Any]) -> list[int]:
    """Return each label's place among the classes by its meaning, -1 for one that is none of them."""
    by_meaning = {meaning(c): place for place, c in enumerate(classes)}
    if len(by_meaning) < len(classes):  # classes that only their spelling tells apart
        by_self = {(type(c), c): place for place, c in enumerate(classes)}
        return [by_self.get((type(scalar(label)), scalar(label)), -1) for label in labels]
    return [by_meaning.get(meaning(label), -1) for label in labels]


def in_order(labels: Sequence[Any]) -> list[Any]:
    """Return the distinct labels sorted: numbers by size, before text."""
    distinct = {(type(scalar(label)).__name__, scalar(label)): scalar(label) for label in labels}
    return sorted(distinct.values(), key=lambda v: (isinstance(v, str), v if not isinstance(v, str) else 0, str(v)))
