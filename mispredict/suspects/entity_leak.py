"""The same entities on both sides of a split that is not by time: the score partly recognises who it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.suspects.detector import About, Found
from mispredict.suspects.entity_words import areas, charts_of, evidence_of
from mispredict.suspects.hanging import Hanging, hanging_of
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.mixed_apart import MixedApart, mixed_apart
from mispredict.suspects.returning import is_split_by_time, owners_of
from mispredict.suspects.suspect import Severity, Suspect
from mispredict.suspects.telling import Telling, telling_of
from mispredict.suspects.two_parts import two_parts
from mispredict.tables.plain import to_frame

LEAST_SHARE = 0.01  # of examined rows whose entity is in training
LEAST_ROWS = 100  # examined rows whose entity is in training
LIKELY = (4.0, 3.0, 0.01)  # z of labels on the entity, z of the gain, part of the loss gained: a person must look
PLAIN = (6.0, 3.5, 0.015)  # the same from which it is certain


class EntityLeak:
    """Finds entities on both sides of a split whose own odds the model may have learned."""

    kind = "entity_leak"
    about = About(
        title="The same entities are in training",
        needs="an entity column in both tables, and 100 examined rows whose entity is in training",
        how="whether labels hang on the entity beyond the features, whether columns that the model reads tell it, and "
        "how much small models lose when an entity's rows may not be in two folds",
        means="certain: labels hang on the entity, columns tell it, and models lose plainly when entities are held "
        "apart; suspected: the same with less evidence; info: entities come back later under a split by time",
        clear="that the model will only ever be asked about entities that training knows",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return why entities on both sides can't be judged."""
        if not inquiry.data.entity:
            return "no entity column is named"
        if inquiry.training is None:
            return inquiry.no_training
        if len(inquiry.common(inquiry.data.entity)) < len(inquiry.data.entity):
            return "the entity is not in both tables"
        return None if inquiry.common(inquiry.read) else "no column that a model reads is in both tables"

    def find(self, inquiry: Inquiry) -> Found:
        """Return at most one finding."""
        scope = inquiry.scope(len(inquiry.common(inquiry.read)))
        known = _known(inquiry)
        if known.sum() < LEAST_ROWS or known.mean() < LEAST_SHARE:
            return Found((), scope)
        if is_split_by_time(inquiry):
            return Found((_returning(inquiry, known),), scope)
        tried = _tried(inquiry, known)
        severity = None if tried is None else _severity(tried)
        if tried is None or severity is None:
            return Found((), scope)
        return Found((_suspect(inquiry, tried, severity),), scope)


@dataclass(frozen=True, eq=False)
class Tried:
    """All evidence of one entity."""

    known: np.ndarray  # bool, examined rows whose entity is in training
    told: Telling
    hanging: Hanging
    models: MixedApart

    @property
    def figures(self) -> tuple[float, float] | None:
        """Return the AUC with entities mixed and apart; None for several classes."""
        found = areas(self.models)
        return (found["mixed"].value, found["apart"].value) if found else None


def _known(inquiry: Inquiry) -> np.ndarray:
    """Return True for examined rows whose entity stands anywhere in the training table."""
    entity, training = inquiry.data.entity, inquiry.sides[1]
    learned: set[str] = set()
    for batch in training.table.batches(list(entity)):
        learned.update(one for one in owners_of(to_frame(batch, 0), entity) if one is not None)
    own = owners_of(inquiry.examined.rows, entity)
    return pd.Series(own, dtype=object).isin(learned).to_numpy(dtype=bool)


def _tried(inquiry: Inquiry, known: np.ndarray) -> Tried | None:
    owners = _numbered(inquiry)
    coding, names = inquiry.coding, inquiry.common(inquiry.read)
    stacked = {name: np.concatenate([coding.values(name, side) for side in (0, 1)]) for name in names}
    told = telling_of(stacked, owners)
    if not told.columns:
        return None
    models = mixed_apart(inquiry, owners)
    return Tried(known, told, hanging_of(models, len(inquiry.examined)), models)


def _numbered(inquiry: Inquiry) -> np.ndarray:
    """Return a number an entity, of both sides stacked; rows without one are an entity each."""
    owners = np.concatenate([owners_of(side.rows, inquiry.data.entity) for side in inquiry.sides])
    codes, known = pd.factorize(owners)
    lacking = codes < 0
    codes[lacking] = len(known) + np.arange(lacking.sum())
    return codes.astype(np.int64)


def _severity(tried: Tried) -> Severity | None:
    evidence = (tried.hanging.z, tried.models.gain[1], tried.models.part_saved)
    levels: tuple[tuple[Severity, tuple[float, ...]], ...] = (("certain", PLAIN), ("suspected", LIKELY))
    for severity, least in levels:
        if all(one >= bound for one, bound in zip(evidence, least, strict=True)):
            return severity
    return None


def _suspect(inquiry: Inquiry, tried: Tried, severity: Severity) -> Suspect:
    saved, z = tried.models.gain
    lost = (tried.figures[0] - tried.figures[1]) if tried.figures else saved
    known = float(tried.known.mean())
    parts = two_parts(inquiry, tried.known)
    sure = min(1.0, tried.hanging.z / PLAIN[0])
    return Suspect(
        kind=EntityLeak.kind,
        severity=severity,
        culprits=(*inquiry.data.entity, *tried.told.columns),
        score=float(z),
        weight=sure * (0.6 + 0.4 * min(1.0, max(lost, 0.0) / 0.03)) * (0.5 + 0.5 * known),
        summary=_summary(inquiry, tried),
        cleared_by="knowing that the model will only be asked about entities that training knows",
        next_step="split by entity, or leave out the columns that tell it, and measure the model again",
        p_value=tried.hanging.p_value,
        share=known,
        evidence=evidence_of(inquiry, tried.told, tried.hanging, tried.models)
        | {
            "examined rows whose entity is in training": int(tried.known.sum()),
            "figures of the live model": parts.lines("rows of known entities", "rows of new ones"),
        },
        charts=charts_of(tried.hanging, tried.models),
    )


def _summary(inquiry: Inquiry, tried: Tried) -> str:
    who = " and ".join(f"`{name}`" for name in inquiry.data.entity)
    said = f"{tried.known.mean():.0%} of the examined rows are of {who} in training"
    telling = ", ".join(f"`{name}`" for name in tried.told.columns)
    how = f"{telling} tell{'s' * (len(tried.told.columns) == 1)} which"
    if tried.figures is None:
        return f"{said}, and {how}: log loss rises by {tried.models.gain[0]:.3f} once entities are held apart"
    mixed, apart = tried.figures
    return f"{said}, and {how}: AUC falls from {mixed:.3f} to {apart:.3f} once entities are held apart"


def _returning(inquiry: Inquiry, known: np.ndarray) -> Suspect:
    who = " and ".join(f"`{name}`" for name in inquiry.data.entity)
    parts = two_parts(inquiry, known)
    return Suspect(
        kind=EntityLeak.kind,
        severity="info",
        culprits=inquiry.data.entity,
        score=0.0,
        weight=0.1 * float(known.mean()),
        summary=f"{known.mean():.0%} of the examined rows are of {who} in training, and come after it: entities "
        "return, which is no leak unless the model is to serve new ones",
        cleared_by="knowing that the same entities return in service",
        next_step="compare the figures of known and of new entities if the model will meet many new ones",
        share=float(known.mean()),
        evidence={
            "examined rows whose entity is in training": int(known.sum()),
            "figures of the live model": parts.lines("rows of known entities", "rows of new ones"),
        },
        charts=parts.chart("The model on entities that training knows, and on new ones", ("known", "new")),
    )
