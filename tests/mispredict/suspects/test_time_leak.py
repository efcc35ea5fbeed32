"""Columns that know the future: computed again, by edges in time, and tables that overlap in time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.time_leak import TimeLeak

from .conftest import Ask, ordinary

LEAK = TimeLeak()
ROLES = {"time": "at", "entity": "who"}


def visits(rows: int = 2_400, seed: int = 0, entities: int = 200) -> pd.DataFrame:
    """Return an ordinary table with an entity and a time, by time."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.uniform(0, 120, rows))
    when = pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D")
    return ordinary(rows, seed).assign(who=rng.integers(entities, size=rows), at=when.floor("s"))


def share(table: pd.DataFrame, back: float, ahead: float) -> np.ndarray:
    """Return the smoothed rate of events of the same entity from `back` days before to `ahead` after; < 0: the past."""
    days = (table["at"] - table["at"].min()) / pd.Timedelta(days=1)
    found = np.empty(len(table))
    for _, own in table.assign(days=days).groupby("who"):
        gap = own["days"].to_numpy()[None, :] - own["days"].to_numpy()[:, None]
        inside = (gap > -back) & ((gap <= ahead) if ahead >= 0 else (gap < 0))
        found[own.index] = (inside @ own["label"].to_numpy() + 1.5) / (inside.sum(axis=1) + 5)
    return found


def split(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    cut = len(table) * 6 // 10
    return table.iloc[cut:].reset_index(drop=True), table.iloc[:cut].reset_index(drop=True)


def test_a_rate_that_looks_ahead_is_named_with_its_days(ask: Ask) -> None:
    table = visits()
    table["rate"] = share(table, 30, 7)
    found = LEAK.find(ask(*split(table), **ROLES)).suspects
    assert [(one.severity, one.culprits) for one in found] == [("certain", ("rate",))]
    assert found[0].evidence["days_ahead"] == 7
    assert found[0].evidence["days_back"] == 30
    assert found[0].rows


def test_the_same_rate_of_the_past_is_not_named(ask: Ask) -> None:
    table = visits()
    table["rate"] = share(table, 30, -1)
    assert not LEAK.find(ask(*split(table), **ROLES)).suspects


def test_a_shuffled_rate_is_not_named(ask: Ask) -> None:
    table = visits()
    table["rate"] = np.random.default_rng(1).permutation(share(table, 30, 7))
    assert not LEAK.find(ask(*split(table), **ROLES)).suspects


def test_a_count_of_later_rows_is_named_without_a_training_table(ask: Ask) -> None:
    table = visits()
    days = (table["at"] - table["at"].min()) / pd.Timedelta(days=1)
    gap = days.to_numpy()[None, :] - days.to_numpy()[:, None]
    same = table["who"].to_numpy()[None, :] == table["who"].to_numpy()[:, None]
    table["soon"] = (same & (gap > 0) & (gap <= 14)).sum(axis=1)
    found = LEAK.find(ask(table, **ROLES)).suspects
    assert [one.culprits for one in found] == [("soon",)]
    assert "counts of rows" in found[0].summary


def test_a_constant_of_few_entities_is_no_count_of_their_rows(ask: Ask) -> None:
    table = visits(entities=3)
    table["size"] = table["who"].map({0: 1.5, 1: 7.25, 2: 3.125})
    assert not LEAK.find(ask(table, **ROLES)).suspects


def noisy_counts(ahead: float) -> pd.DataFrame:
    """Return a table whose noisy count holds labels that became known until `ahead` days after the row."""
    rng = np.random.default_rng(3)
    table = visits(9_000, entities=1_500)
    known = table["at"] + pd.to_timedelta(rng.uniform(0, 12, len(table)), unit="D")
    table["known"] = known.where(table["label"] == 1)
    day = (table["at"] - table["at"].min()) / pd.Timedelta(days=1)
    told = ((table["known"] - table["at"].min()) / pd.Timedelta(days=1)).to_numpy()
    count = np.empty(len(table))
    for _, own in table.assign(day=day).groupby("who"):
        gap = told[own.index][None, :] - own["day"].to_numpy()[:, None]
        count[own.index] = ((gap <= ahead) & (gap > -40)).sum(axis=1)
    return table.assign(count=count + rng.poisson(0.4, len(table)))


@pytest.mark.parametrize("ahead", [6.0, -0.001])
def test_a_noisy_count_is_named_by_its_edge(ask: Ask, ahead: float) -> None:
    table = noisy_counts(ahead)
    found = LEAK.find(ask(table, label_time="known", **ROLES)).suspects
    assert [one.culprits for one in found] == ([("count",)] if ahead > 0 else [])
    assert [one.evidence["days_ahead"] for one in found] == ([6.0] if ahead > 0 else [])


def test_without_entity_a_step_at_the_labels_age_is_suspected(ask: Ask) -> None:
    rng = np.random.default_rng(0)
    table = ordinary(4_000)
    table["at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.uniform(0, 90, len(table)), unit="D")
    lag = rng.uniform(0, 12, len(table))
    table["known"] = (table["at"] + pd.to_timedelta(lag, unit="D")).where(table["label"] == 1)
    table["refunds"] = rng.poisson(0.2, len(table)) + (table["label"] & (lag <= 5))
    found = LEAK.find(ask(table, time="at", label_time="known")).suspects
    assert [(one.severity, one.culprits, one.evidence["days_ahead"]) for one in found] == [
        ("suspected", ("refunds",), 5.0)
    ]


def test_training_rows_after_examined_ones_are_worth_knowing(ask: Ask) -> None:
    table = visits()
    mixed = table.sample(frac=1, random_state=0)
    found = LEAK.find(ask(*split(mixed), time="at", not_read=("who",))).suspects
    assert [(one.severity, one.culprits) for one in found] == [("info", ("at",))]


def test_what_is_missing_is_said(ask: Ask) -> None:
    assert LEAK.refusal(ask(ordinary(300))) == "no `time` says when predictions were made"
    only = visits(300).drop(columns="who")
    assert LEAK.refusal(ask(only, time="at")) == (
        "no `entity` says whose rows they are; no `label_time` says when labels became known; no [training] table"
    )
    told = LEAK.refusal(ask(visits(300).assign(at="some day"), **ROLES))
    assert told is not None
    assert "the times in `at` can't be read" in told


def test_odd_tables_raise_nothing_and_name_nothing(ask: Ask) -> None:
    table = visits(300, entities=20)
    table["same"], table["empty"] = 1.0, None
    table["endless"] = np.where(table.index % 2 == 0, np.inf, 0.5)
    table["who"] = table["who"].astype(object).where(table.index % 7 > 0)
    own, other = split(table)
    other = other.drop(columns="noise").assign(at=other["at"].dt.tz_localize("Europe/Berlin"), visits="x")
    assert not LEAK.find(ask(own, None, not_read=("endless",), **ROLES)).suspects
    inquiry = ask(own.drop(columns=["noise", "visits"]), other.drop(columns="visits"), not_read=("endless",), **ROLES)
    assert not LEAK.find(inquiry).suspects
    alone = visits(40).assign(who=range(40))
    assert not LEAK.find(ask(alone, **ROLES)).suspects
    three = visits(600).assign(label=np.arange(600) % 3)
    assert not LEAK.find(ask(three, **ROLES)).suspects
