from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.suspect import Suspect
from mispredict.suspects.target_leak import TargetLeak
from tests.mispredict.suspects.conftest import Ask, ordinary

START = pd.Timestamp("2026-01-01")


def tied(rows: int, seed: int = 0) -> pd.DataFrame:
    """Return a table whose columns go with one another within each label, as honest ones do."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=rows)
    frame = pd.DataFrame({f"n{i}": 0.8 * common + rng.normal(size=rows) for i in range(5)})
    frame["kind"] = np.where(common + rng.normal(size=rows) > 0.5, "big", "small")
    odds = 1.2 * frame["n0"] + 0.8 * frame["n1"] + 0.7 * (frame["kind"] == "big") - 1.5
    return frame.assign(label=(rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int))


def alarms(ask: Ask, examined: pd.DataFrame, training: pd.DataFrame | None = None, **roles: object) -> list[Suspect]:
    found = TargetLeak().find(ask(examined, training, **roles))
    return [one for one in found.suspects if one.severity != "info"]


def noisy_copy(rows: pd.DataFrame, seed: int, noise: float = 1.0) -> pd.DataFrame:
    return rows.assign(paid=rows["label"] + np.random.default_rng(seed).normal(0, noise, len(rows)))


def test_a_noisy_copy_of_the_label_is_named_and_nothing_else(ask: Ask) -> None:
    found = alarms(ask, noisy_copy(tied(3_000), 1), noisy_copy(tied(4_000, 1), 2))
    assert [one.culprits for one in found] == [("paid",)]
    assert found[0].severity == "suspected"
    assert "no other column foretells it" in found[0].summary


def test_it_needs_no_training_table(ask: Ask) -> None:
    assert [one.culprits for one in alarms(ask, noisy_copy(tied(6_000), 1))] == [("paid",)]


def test_a_shuffled_copy_is_not_named(ask: Ask) -> None:
    copies = noisy_copy(tied(3_000), 1)
    assert alarms(ask, copies.assign(paid=np.random.default_rng(3).permutation(copies["paid"]))) == []


def test_honest_columns_are_not_named(ask: Ask) -> None:
    assert alarms(ask, tied(3_000), tied(4_000, 1)) == []


def test_columns_that_are_independent_of_one_another_are_not_named(ask: Ask) -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(6_000, 5)), columns=list("abcde"))
    rows["label"] = (rng.random(6_000) < 1 / (1 + np.exp(-rows.sum(axis=1)))).astype(int)
    assert alarms(ask, rows) == []


@pytest.mark.parametrize("values", [{0: 7, 1: 3}, {0: "no", 1: "yes"}])
def test_the_target_renamed_is_certain(ask: Ask, values: dict[int, object]) -> None:
    rows = tied(2_000)
    found = alarms(ask, rows.assign(outcome=rows["label"].map(values)), also_read=["outcome"])
    assert [(one.culprits, one.severity) for one in found] == [(("outcome",), "certain")]


def test_a_strong_column_that_was_known_in_time_is_no_alarm(ask: Ask) -> None:
    rows = noisy_copy(tied(3_000), 1, noise=0.5)
    at = START + pd.to_timedelta(np.arange(3_000), unit="h")
    rows = rows.assign(at=at, paid_at=at - pd.Timedelta("1D"))
    found = TargetLeak().find(ask(rows, time="at", available_at={"paid": "paid_at"})).suspects
    assert {(one.culprits, one.severity) for one in found} == {(("paid",), "info")}
    late = rows.assign(paid_at=at + pd.Timedelta("1D"))
    assert [one.culprits for one in alarms(ask, late, time="at", available_at={"paid": "paid_at"})] == [("paid",)]


@pytest.mark.parametrize("form", ["difference", "sum", "ratio"])
def test_two_columns_that_tell_the_label_together_are_named_together(ask: Ask, form: str) -> None:
    rows, rng = tied(4_000), np.random.default_rng(5)
    billed = rng.lognormal(4, 0.7, 4_000)
    told = rows["label"] * rng.uniform(1, 3, 4_000)
    other = {
        "difference": billed - told,
        "sum": 400 + told - billed,
        "ratio": billed * np.exp(-0.6 * rows["label"] + rng.normal(0, 0.1, 4_000)),
    }[form]
    found = alarms(ask, rows.assign(billed=billed, settled=other))
    assert [set(one.culprits) for one in found] == [{"billed", "settled"}]
    assert found[0].evidence["auc_together"] > found[0].evidence["auc_side_by_side"] + 0.06


def test_three_columns_are_named_together(ask: Ask) -> None:
    rows, rng = tied(4_000), np.random.default_rng(5)
    first, second = rng.normal(50, 20, 4_000), rng.normal(30, 15, 4_000)
    total = first + second + rows["label"] * 2 + rng.normal(0, 0.5, 4_000)
    found = alarms(ask, rows.assign(first=first, second=second, total=total))
    assert [set(one.culprits) for one in found] == [{"first", "second", "total"}]


def test_two_categories_that_are_equal_unless_the_event_comes_are_named_together(ask: Ask) -> None:
    rows, rng = tied(4_000), np.random.default_rng(5)
    asked = rng.choice(list("pqrst"), 4_000)
    given = np.where((rows["label"] == 1) & (rng.random(4_000) < 0.6), rng.choice(list("pqrst"), 4_000), asked)
    found = alarms(ask, rows.assign(asked=asked, given=given), also_read=["asked", "given"])
    assert [set(one.culprits) for one in found] == [{"asked", "given"}]
    assert "asked = given" in found[0].summary


def test_a_class_of_several_can_leak(ask: Ask) -> None:
    rows, rng = tied(4_000), np.random.default_rng(5)
    late = rng.random(4_000) < 1 / (1 + np.exp(1 - rows["n2"]))
    kinds = np.select([rows["label"] == 1, late], ["lost", "late"], "paid")
    told = (kinds == "late") + rng.normal(0, 0.6, 4_000)
    found = alarms(ask, rows.assign(label=kinds, told=told))
    assert [one.culprits for one in found] == [("told",)]


def test_refusals_say_what_is_missing(ask: Ask) -> None:
    detector = TargetLeak()
    assert detector.refusal(ask(ordinary(100))) == "fewer than 200 labelled rows of two classes"
    apart = ask(ordinary(300), ordinary(300, 1))
    object.__setattr__(apart, "read", ("nowhere",))
    assert detector.refusal(apart) == "no column that a model reads is in both tables"


def test_two_categories_that_differ_for_one_label_alone_are_named_though_few_rows_differ(ask: Ask) -> None:
    rows, rng = tied(6_000), np.random.default_rng(5)
    asked = rng.choice(list("pqrst"), 6_000)
    moved = (rows["label"] == 0) & (rng.random(6_000) < 0.1)
    rows = rows.assign(asked=asked, given=np.where(moved, rng.choice(list("pqrst"), 6_000), asked))
    assert [set(one.culprits) for one in alarms(ask, rows, also_read=["asked", "given"])] == [{"asked", "given"}]
    shuffled = rows.assign(given=rows["given"].sample(frac=1, random_state=0).to_numpy())
    assert alarms(ask, shuffled, also_read=["asked", "given"]) == []
