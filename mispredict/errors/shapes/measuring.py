"""A region as a slice: counts of the rule that comes near it, evidence of the region itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mispredict.errors.findings import Condition, Slice
from mispredict.errors.interval import interval_of_errors
from mispredict.errors.predicates import holds, rule_text
from mispredict.errors.promises import expected_errors
from mispredict.errors.shapes.confirming import z_of
from mispredict.errors.shapes.describing import Agreement
from mispredict.errors.shapes.region import Region
from mispredict.scan.scored import Scored


@dataclass(frozen=True, eq=False)
class Candidate:
    """A region and what the held-out rows say of it."""

    region: Region
    z: float  # nan where too few of them lie in it
    p: float  # corrected for all regions asked


def slice_of(one: Candidate, rule: Sequence[Condition], near: Agreement, sample: Scored, held_out: np.ndarray) -> Slice:
    """Return the slice: rows, errors, interval and lift are the rule's; z, p and held-out figures the region's."""
    inside, promised, region = holds(rule, sample.rows), expected_errors(sample), one.region
    errors, expected = int(sample.is_error[inside].sum()), float(promised[inside].sum())
    low, high = interval_of_errors(errors, int(inside.sum()))
    kept_out = held_out[region.inside[held_out]]
    return Slice(
        rule=rule_text(rule),
        conditions=tuple(rule),
        rows=int(inside.sum()),
        errors=errors,
        expected_errors=expected,
        excess=errors - expected,
        excess_low=low - expected,
        excess_high=high - expected,
        z=z_of(sample, region.inside, region.way)[1],
        p_adjusted=one.p,
        heldout_z=one.z,
        heldout_ratio=float(sample.is_error[kept_out].sum() / max(promised[kept_out].sum(), 1e-9)),
        way=region.way,
        lift=float(sample.is_error[inside].mean() / sample.is_error.mean()) if inside.any() else 0.0,
        shape=region.shape,
        shape_words=region.words,
        precision=near.precision,
        recall=near.recall,
    )


def weight_of(sample: Scored, inside: np.ndarray) -> float:
    """Return what slices are put in order by: errors too many at the least, times the part of the rows they are."""
    promised = expected_errors(sample)[inside]
    excess = sample.is_error[inside] - promised
    at_least = float(excess.sum() - 1.645 * np.sqrt((promised * (1 - promised)).sum()))
    return at_least * float(excess.mean()) if at_least > 0 else at_least
