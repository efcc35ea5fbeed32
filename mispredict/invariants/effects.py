"""Whether the model errs more often on rows that break an invariant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mispredict.discovery import q_values
from mispredict.invariants.invariant import Effect, Held


def with_effects(held: Sequence[Held], is_error: np.ndarray) -> list[Held]:
    """Return the invariants with what their breaking goes with; `is_error` is 1, 0, or -1 for rows without a label."""
    found = [_effect(one, is_error) for one in held]
    tested = [one.p_value for one in found if one is not None]
    q = iter(q_values(tested) if tested else [])
    return [
        one if effect is None else replace(one, effect=replace(effect, q_value=float(next(q))))
        for one, effect in zip(held, found, strict=True)
    ]


def _effect(one: Held, is_error: np.ndarray) -> Effect | None:
    from scipy.stats import fisher_exact

    outcome = one.on("data")
    if outcome is None or outcome.state != "broken" or not outcome.positions:
        return None
    broken = np.zeros(len(is_error), dtype=bool)
    broken[list(outcome.positions)] = True
    labelled = is_error >= 0
    inside, outside = is_error[broken & labelled], is_error[~broken & labelled]
    if not len(inside) or not len(outside):
        return None
    errors, others = int(inside.sum()), int(outside.sum())
    table = [[errors, len(inside) - errors], [others, len(outside) - others]]
    rates = inside.mean(), outside.mean()
    ratio = float(rates[0] / rates[1]) if rates[1] > 0 else None
    return Effect(errors, len(inside), others, len(outside), ratio, float(fisher_exact(table).pvalue), 1.0)
