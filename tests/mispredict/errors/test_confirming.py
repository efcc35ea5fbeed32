"""What held-out rows say of a rule: z, chance and ratio as in the textbook, corrected for how many were asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.confirming import Confirming, holm
from mispredict.errors.split import is_held_out
from mispredict.scan.scored import Scored


def world(rows: int = 3_000, *, flips: float = 0.0, seed: int = 0) -> tuple[Scored, np.ndarray]:
    rng = np.random.default_rng(seed)
    event = rng.beta(1, 5, rows)
    inside = rng.random(rows) < 0.1
    truth = (rng.random(rows) < event) ^ (inside & (rng.random(rows) < flips))
    frame = pd.DataFrame({"x": rng.normal(size=rows)}, index=np.arange(rows))
    ids = np.array([str(i) for i in range(rows)], dtype=object)
    return (
        Scored(frame, ids, truth.astype(np.int64), np.column_stack([1 - event, event]), np.ones(rows), (0, 1)),
        inside,
    )


def test_chances_of_useless_rules_are_spread_evenly() -> None:
    chances = []
    for seed in range(120):
        table, inside = world(1_500, seed=seed)
        said = Confirming(table, seed=seed).confirm(inside)
        assert said is not None
        chances.append(said.p_value)
    apart = np.abs(np.sort(chances) - (np.arange(120) + 0.5) / 120).max()
    assert apart < 0.13  # Kolmogorov's distance that 120 even numbers exceed in one of thirty


def test_a_fault_is_confirmed_by_held_out_rows_alone() -> None:
    table, inside = world(flips=0.4)
    said = Confirming(table, seed=0).confirm(inside)
    out = is_held_out(np.arange(len(table)), seed=0)
    promised = (1 - table.probabilities.max(axis=1))[inside & out].sum()
    assert said is not None
    assert said.p_value < 1e-6
    assert said.ratio == pytest.approx(table.is_error[inside & out].sum() / promised)
    flipped = Scored(
        table.rows,
        table.ids,
        np.where(inside & ~out, 1 - table.truth, table.truth),
        table.probabilities,
        table.cost,
        table.classes,
    )
    assert Confirming(flipped, seed=0).confirm(inside) == said


def test_a_rule_without_held_out_rows_says_nothing() -> None:
    table, _ = world()
    assert Confirming(table, seed=0).confirm(np.zeros(len(table), dtype=bool)) is None


def test_certain_scores_of_0_and_1_are_judged() -> None:
    table, inside = world()
    sure = np.round(table.probabilities)
    said = Confirming(Scored(table.rows, table.ids, table.truth, sure, table.cost, table.classes)).confirm(inside)
    assert said is not None
    assert np.isfinite([said.z, said.p_value]).all()
    assert said.ratio is None  # nothing was promised to go wrong


def test_holm_corrects_for_how_many_were_asked() -> None:
    assert holm([0.01, None, 0.04, 0.02]) == [pytest.approx(0.03), None, pytest.approx(0.04), pytest.approx(0.04)]
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
