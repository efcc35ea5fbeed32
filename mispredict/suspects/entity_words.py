"""Entities on both sides in figures and pictures."""

from __future__ import annotations

from typing import Any

from mispredict.suspects.hanging import Hanging
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.mixed_apart import MixedApart
from mispredict.suspects.suspect import Chart, Series
from mispredict.suspects.telling import Telling
from mispredict.suspects.two_parts import Figure, area


def evidence_of(inquiry: Inquiry, told: Telling, hanging: Hanging, models: MixedApart) -> dict[str, Any]:
    """Return the figures that stand behind a finding of entities on both sides."""
    saved, z = models.gain
    rows = sum(len(side) for side in inquiry.sides)
    return {
        "columns that tell the entity": list(told.columns) or ["none"],
        "rows of one value there that are of one entity": round(told.distinct, 3),
        "entities on both sides that were looked at": hanging.entities,
        "z of residuals in training against residuals here, by entity": round(hanging.z, 2),
        "p-value of no relation": hanging.p_value,
        "log loss that small models save when entities are mixed (nats a row)": round(saved, 5),
        "its z, with an entity's rows counted as one": round(z, 2),
        **{f"AUC of small models, entities {name}": str(one) for name, one in areas(models).items()},
        "rows that small models were asked about": f"{len(models.rows):,} of {rows:,}, of whole entities",
    }


def areas(models: MixedApart) -> dict[str, Figure]:
    """Return the AUC with entities mixed and apart; nothing for several classes or few events."""
    if models.mixed.shape[1] != 2 or not 10 <= models.truth.sum() <= len(models.truth) - 10:
        return {}
    return {name: area(one[:, 1], models.truth) for name, one in (("mixed", models.mixed), ("apart", models.apart))}


def charts_of(hanging: Hanging, models: MixedApart) -> tuple[Chart, ...]:
    """Return how much entities of training say of the same ones here, and what small models lose without them."""
    line = Series("groups of entities", tuple(hanging.before.round(4).tolist()), tuple(hanging.now.tolist()))
    hang = Chart(
        form="dots",
        title="Entities with more events than the features promise in training have more of them here too",
        x_title="events beyond promise in training",
        y_title="events beyond promise here",
        series=(line,),
        level=0.0,
        level_name="as promised",
    )
    found = areas(models)
    if not found:
        return (hang,)
    bars = Series(
        "small models",
        tuple(found),
        tuple(one.value for one in found.values()),
        low=tuple(one.low for one in found.values()),
        high=tuple(one.high for one in found.values()),
    )
    return hang, Chart("bars", "Small models do worse once an entity is not in two folds", "entities", "AUC", (bars,))
