from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.sparse_leak import SparseLeak
from mispredict.suspects.suspect import Suspect
from mispredict.suspects.told import chernoff_below
from tests.mispredict.suspects.conftest import Ask, ordinary
from tests.mispredict.suspects.test_target_leak import tied


def alarms(ask: Ask, examined: pd.DataFrame, training: pd.DataFrame | None = None, **roles: object) -> list[Suspect]:
    found = SparseLeak().find(ask(examined, training, **roles))
    return [one for one in found.suspects if one.severity != "info"]


def with_code(rows: pd.DataFrame, seed: int, share: float = 0.03) -> pd.DataFrame:
    """Return the rows with a number that is noise, but 83 or 14 by the label in some rows."""
    rng = np.random.default_rng(seed)
    told = rng.random(len(rows)) < share
    code = np.where(told, np.where(rows["label"] == 1, 83, 14), rng.integers(20, 80, len(rows)))
    return rows.assign(code=code)


def test_values_that_tell_the_label_in_a_few_rows_are_named(ask: Ask) -> None:
    found = alarms(ask, with_code(tied(3_000), 1), with_code(tied(4_000, 1), 2))
    assert [one.culprits for one in found] == [("code",)]
    assert found[0].where is not None
    assert sorted(found[0].where.conditions[0].value) == [14, 83]


@pytest.mark.parametrize("kind", ["text", "flag"])
def test_a_value_of_one_label_alone_is_enough(ask: Ask, kind: str) -> None:
    rows, rng = tied(6_000), np.random.default_rng(3)
    told = (rows["label"] == 1) & (rng.random(6_000) < 0.1)
    values = {"text": np.where(told, "void", rng.choice(["ok", "open"], 6_000)), "flag": told.to_numpy()}[kind]
    found = alarms(ask, rows.assign(state=values), also_read=["state"])
    assert [one.culprits for one in found] == [("state",)]
    assert "`state` = " in found[0].summary


def test_noise_and_honest_values_are_not_named(ask: Ask) -> None:
    rows = with_code(tied(4_000), 1)
    assert alarms(ask, rows.assign(code=np.random.default_rng(0).permutation(rows["code"]))) == []
    assert alarms(ask, tied(3_000), tied(3_000, 1)) == []


def test_a_quantity_with_many_telling_values_is_no_alarm(ask: Ask) -> None:
    rows, rng = tied(6_000), np.random.default_rng(3)
    bracket = rng.integers(100, 200, 6_000)
    tells = rng.random(6_000) < 0.3
    gain = np.where(tells, 2 * bracket + rows["label"], 0)
    found = SparseLeak().find(ask(rows.assign(gain=gain))).suspects
    assert {one.severity for one in found} <= {"info"}


def test_a_value_that_the_other_columns_foretell_is_no_alarm(ask: Ask) -> None:
    rows = tied(6_000)
    sure = rows["n0"] > 2.5
    rows = rows.assign(label=rows["label"].where(~sure, 1), band=np.where(sure, "top", "rest"))
    assert alarms(ask, rows, also_read=["band"]) == []


def test_the_bound_is_exact_at_none_and_above_the_true_chance() -> None:
    from scipy.stats import binom

    odds = np.full(100, 0.2)
    assert chernoff_below(odds, 0) == pytest.approx(0.8**100)
    assert binom.cdf(5, 100, 0.2) <= chernoff_below(odds, 5) < 0.01
    assert chernoff_below(odds, 30) == 1.0


def test_refusals_say_what_is_missing(ask: Ask) -> None:
    assert SparseLeak().refusal(ask(ordinary(100))) == "fewer than 200 labelled rows of two classes"
