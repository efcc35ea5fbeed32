"""Columns cut into bins: every row's bin is the one whose conditions hold for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.cohorts.judging import holds as judged
from mispredict.cohorts.language import parse_rule
from mispredict.cohorts.rule import rule_source
from mispredict.errors.columns import Binned, cut_columns
from mispredict.errors.predicates import holds


def columns_of_every_kind(rows: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "spread": rng.normal(size=rows),
            "spiky": np.where(rng.random(rows) < 0.3, 0.0, rng.gamma(2, 5, rows)),
            "few": rng.integers(0, 4, rows),
            "gaps": np.where(rng.random(rows) < 0.2, np.nan, rng.normal(size=rows)),
            "endless": np.where(rng.random(rows) < 0.1, np.inf, rng.normal(size=rows)),
            "text": rng.choice(["x", "y", "z"], rows),
            "many": rng.choice([f"m{i}" for i in range(60)], rows),
            "holes": pd.Series(rng.choice(["u", "v"], rows)).where(rng.random(rows) < 0.7),
            "flag": rng.random(rows) < 0.5,
            "when": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 90 * 24, rows), unit="h"),
            "whole": pd.array(rng.integers(0, 50, rows), dtype="Int64"),
        }
    )


@pytest.mark.parametrize("name", columns_of_every_kind().columns)
def test_a_bin_holds_for_exactly_its_rows(name: str) -> None:
    rows = columns_of_every_kind()
    (column,), _ = cut_columns(rows[[name]], exclude=())
    for number in range(column.bins):
        chosen = np.arange(column.bins + 1) == number
        assert holds(column.conditions(chosen), rows).tolist() == (column.codes == number).tolist()


def test_a_value_that_many_rows_share_is_a_value_of_its_own() -> None:
    (column,), _ = cut_columns(columns_of_every_kind()[["spiky"]], exclude=())
    first = np.arange(column.bins + 1) == 0
    (condition,) = column.conditions(first)
    assert (condition.op, condition.value) == ("=", 0)


def test_missing_is_a_condition() -> None:
    (column,), _ = cut_columns(columns_of_every_kind()[["gaps"]], exclude=())
    assert [c.op for c in column.conditions(np.arange(column.bins + 1) == column.bins)] == ["is missing"]


def test_ids_and_lists_are_left_out_and_said() -> None:
    rows = pd.DataFrame({"ref": [f"u{i}" for i in range(300)], "vector": [[1.0, 2.0]] * 300, "x": range(300)})
    columns, notes = cut_columns(rows, exclude=())
    assert [column.name for column in columns] == ["x"]
    (note,) = notes
    assert note.startswith("no rule looks at 'ref', 'vector': nearly every row has a value of its own, or a list")


def test_values_that_no_rule_can_name_are_left_out() -> None:
    rows = pd.DataFrame(
        {
            "blob": [b"a", b"\xff"] * 100,
            "took": pd.to_timedelta([1, 2] * 100, unit="min"),
            "hash": np.array([2**53, 2**53 + 1] * 100),
            "gap": pd.array([2**60, None] * 100, dtype="Int64"),
            "x": [1, 2] * 100,
        }
    )
    columns, notes = cut_columns(rows, exclude=())
    assert [column.name for column in columns] == ["x"]
    assert "'blob', 'took', 'hash', 'gap'" in notes[0]


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_bounds_of_times_hold_for_the_rows_of_the_bins_and_so_do_the_rules_typed_again(unit: str, zone: str) -> None:
    lots = np.random.default_rng(0).integers(0, 10**15, 400)
    lots[:60] = lots[0]  # one moment that many rows share
    at = pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(lots, unit="ns"), name="at")
    at = at.dt.floor(unit).astype(f"datetime64[{unit}]").dt.tz_localize("UTC").dt.tz_convert(zone)
    rows = pd.DataFrame({"at": at})
    (column,), _ = cut_columns(rows, exclude=())
    for number in range(column.bins):
        conditions = column.conditions(np.arange(column.bins + 1) == number)
        assert holds(conditions, rows).tolist() == (column.codes == number).tolist()
        typed = judged(parse_rule(rule_source(conditions), {"at": "time"}), rows)
        assert typed.tolist() == (column.codes == number).tolist()


def test_a_constant_column_is_of_no_use() -> None:
    columns, notes = cut_columns(pd.DataFrame({"x": [1.0] * 50, "y": [None] * 50}), exclude=())
    assert (columns, notes) == ([], [])


def test_a_million_categories_stay_few_bins() -> None:
    names = pd.Series([f"n{i // 3}" for i in range(30_000)])
    columns, _ = cut_columns(pd.DataFrame({"names": names, "x": np.arange(30_000) % 7}), exclude=())
    assert max(column.bins for column in columns) <= 24


def test_the_order_of_rows_does_not_matter() -> None:
    rows = columns_of_every_kind()
    here: list[Binned] = cut_columns(rows, exclude=())[0]
    there: list[Binned] = cut_columns(rows.iloc[::-1], exclude=())[0]
    for one, other in zip(here, there, strict=True):
        assert one.codes.tolist() == other.codes[::-1].tolist()


def test_common_categories_and_numbers_are_looked_at_alone() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"shop": rng.choice([f"s{i}" for i in range(50)], 8_000), "x": rng.gamma(2, 50, 8_000)})
    rows.loc[:199, "x"] = 40
    (shop, number), _ = cut_columns(rows, exclude=())
    assert shop.bins == 50
    assert number.uppers is not None
    assert number.singles[number.uppers.index(40)]


def test_bounds_are_short_and_part_the_same_rows() -> None:
    rows = pd.DataFrame({"x": np.random.default_rng(0).lognormal(size=2_000)})
    (column,), _ = cut_columns(rows, exclude=())
    assert column.uppers is not None
    assert all(len(f"{upper:g}") <= 6 and float(f"{upper:g}") == upper for upper in column.uppers[:-1])


def test_every_column_of_a_wide_table_is_looked_at() -> None:
    columns, notes = cut_columns(pd.DataFrame(np.random.default_rng(0).normal(size=(200, 500))), exclude=())
    assert (len(columns), notes) == (500, [])
    assert max(column.bins for column in columns) <= 6
    columns, notes = cut_columns(pd.DataFrame(np.random.default_rng(0).normal(size=(50, 700))), exclude=())
    assert notes == ["rules look at the first 600 of 700 columns"]
