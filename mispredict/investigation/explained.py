"""Why a model answered as it did, as far as it can be kept with a row: contributions that add up."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # whoever reads an explanation needs neither pandas nor a model
    import pandas as pd

    from explainers.explanation import Attribution
    from mispredict.models.model import Model


@dataclass(frozen=True)
class Explained:
    """Contributions of raw columns to one answer: `base` and all `values` add up to `score`."""

    method: str  # walk, shap or linear
    unit: str
    of: Any  # the class
    base: float
    score: float
    values: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return the explanation as JSON values."""
        shares = {"base": self.base, "score": self.score, "values": self.values}
        return {"method": self.method, "unit": self.unit, "class": self.of, **shares}


def from_json(found: dict[str, Any]) -> Explained:
    """Return the explanation that JSON values describe; raises KeyError, TypeError, ValueError."""
    values = {str(name): float(value) for name, value in found["values"].items()}
    return Explained(
        str(found["method"]), str(found["unit"]), found["class"], float(found["base"]), float(found["score"]), values
    )


def explain_rows(
    model: Model, rows: pd.DataFrame, background: Callable[[], pd.DataFrame], of: Any
) -> tuple[Explained | None, ...]:
    """Return each row's explanation for the class `of`, exact contributions alone; None where the model has none.

    `background` returns ordinary rows, from whose means a linear model's terms are measured.
    """
    from explainers.attribute import attribute_exactly
    from explainers.explanation import Unsupported

    columns, place = list(model.features), model.subject_index(model.classes.index(of))
    try:
        ordinary = background() if model.family == "linear" else rows
        if model.family == "linear" and len(ordinary) < 2:
            return (None,) * len(rows)
        found = attribute_exactly(model.subject, rows[columns], ordinary[columns], class_index=place)
    except (Unsupported, ValueError):
        return (None,) * len(rows)
    return tuple(_one(found, values, of) for values in found.values.to_dict("records"))


def _one(found: Attribution, values: dict[Hashable, Any], of: Any) -> Explained:
    shares = {str(column): float(share) for column, share in values.items()}
    base = float(found.base)
    return Explained(found.method, found.unit, of, base, base + sum(shares.values()), shares)
