from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.entity_leak import EntityLeak
from mispredict.suspects.suspect import Suspect
from mispredict.suspects.telling import telling_of
from tests.mispredict.suspects.conftest import Ask, ordinary

START = pd.Timestamp("2026-01-01")


def tables(effect: float = 1.5, *, rows: int = 4_000, told: bool = True) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return tables split at random, whose households have odds of their own, and two columns that tell them."""
    rng = np.random.default_rng(0)
    both = ordinary(rows, 4)
    count = rows // 15
    who = rng.integers(0, count, rows)
    odds = np.log(0.4 / 0.6) + 0.8 * (both["age"] - 40) / 12 + rng.normal(0, effect, count)[who]
    both = both.assign(label=(rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int), household=who)
    if told:
        both = both.assign(income=rng.normal(3_000, 700, count)[who], street=rng.integers(1_000, 99_999, count)[who])
    return both.iloc[: rows // 2].reset_index(drop=True), both.iloc[rows // 2 :].reset_index(drop=True)


def found(ask: Ask, examined: pd.DataFrame, training: pd.DataFrame | None, **roles: object) -> tuple[Suspect, ...]:
    return EntityLeak().find(ask(examined, training, entity="household", **roles)).suspects


def test_households_on_both_sides_are_found_with_what_tells_them(ask: Ask) -> None:
    (suspect,) = found(ask, *tables())
    assert suspect.severity == "certain"
    assert suspect.culprits[0] == "household"
    assert set(suspect.culprits[1:]) == {"income", "street"}
    assert suspect.share is not None
    assert suspect.share > 0.9
    assert "once entities are held apart" in suspect.summary
    assert [one.form for one in suspect.charts] == ["dots", "bars"]


def test_households_without_odds_of_their_own_are_no_finding(ask: Ask) -> None:
    assert found(ask, *tables(effect=0.0)) == ()


def test_households_that_no_column_tells_are_no_finding(ask: Ask) -> None:
    assert found(ask, *tables(told=False)) == ()


def test_households_in_one_table_each_are_no_finding(ask: Ask) -> None:
    examined, training = tables()
    assert found(ask, examined.assign(household=examined["household"] + 10_000), training) == ()


def test_households_shuffled_among_rows_are_no_finding(ask: Ask) -> None:
    examined, training = tables()
    mixed = [
        one.assign(household=one["household"].sample(frac=1, random_state=1).to_numpy()) for one in (examined, training)
    ]
    assert found(ask, *mixed) == ()


def test_households_that_come_back_later_are_worth_knowing_only(ask: Ask) -> None:
    examined, training = tables()
    hours = pd.to_timedelta(np.arange(len(examined)), unit="min")
    examined, training = examined.assign(at=START + hours), training.assign(at=START - pd.Timedelta(days=9) + hours)
    (suspect,) = found(ask, examined, training, time="at")
    assert suspect.severity == "info"
    assert suspect.culprits == ("household",)


def test_several_classes_are_judged_by_log_loss(ask: Ask) -> None:
    examined, training = (one.assign(label=one["label"] + (one["noise"] > 0.8)) for one in tables(effect=2.0))
    (suspect,) = found(ask, examined, training)
    assert suspect.summary.endswith("once entities are held apart")
    assert "log loss" in suspect.summary


def test_an_entity_of_two_columns_and_missing_parts(ask: Ask) -> None:
    examined, training = (one.assign(bank=one["household"] % 7) for one in tables())
    examined.loc[:50, "household"] = np.nan
    (suspect,) = EntityLeak().find(ask(examined, training, entity=("bank", "household"))).suspects
    assert suspect.culprits[:2] == ("bank", "household")


def test_an_entity_of_one_row_each_is_no_finding(ask: Ask) -> None:
    examined, training = tables(rows=1_000)
    examined, training = examined.assign(household=np.arange(500)), training.assign(household=np.arange(500, 1_000))
    assert found(ask, examined, training) == ()


def test_it_refuses_in_words(ask: Ask) -> None:
    examined, training = tables(rows=600)
    detector = EntityLeak()
    assert detector.refusal(ask(examined, training)) == "no entity column is named"
    assert detector.refusal(ask(examined, entity="household")) == "no [training] table"
    without = ask(examined, training.drop(columns="household"), entity="household")
    assert detector.refusal(without) == "the entity is not in both tables"


def test_columns_tell_an_entity_alone_or_together() -> None:
    rng = np.random.default_rng(0)
    owners = rng.integers(0, 100, 2_000)
    values = {"tells": owners * 7 + 3, "half": owners // 10, "other": owners % 10, "noise": rng.normal(size=2_000)}
    told = telling_of({name: np.asarray(one, dtype=float) for name, one in values.items()}, owners)
    assert told.columns == ("tells",)
    assert told.alone
    told = telling_of({name: np.asarray(values[name], dtype=float) for name in ("half", "other", "noise")}, owners)
    assert set(told.columns) == {"half", "other"}
    assert not told.alone
    assert telling_of({"half": values["half"].astype(float), "same": np.ones(2_000)}, owners).columns == ()


@pytest.mark.parametrize("seed", range(2))
def test_features_that_are_constant_in_a_household_are_not_taken_for_it(ask: Ask, seed: int) -> None:
    rng = np.random.default_rng(seed)
    who = rng.integers(0, 250, 5_000)
    age, wealth = rng.normal(size=250)[who], rng.normal(size=250)[who]
    label = (rng.random(5_000) < 1 / (1 + np.exp(1 - np.sin(2 * age) - wealth))).astype(int)
    both = pd.DataFrame(
        {"household": who, "age": age, "wealth": wealth, "noise": rng.normal(size=5_000), "label": label}
    )
    severities = [
        one.severity for one in found(ask, both[:2_500].reset_index(drop=True), both[2_500:].reset_index(drop=True))
    ]
    assert "certain" not in severities
