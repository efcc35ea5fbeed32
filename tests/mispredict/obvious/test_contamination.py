from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import TableRefused
from mispredict.obvious.contamination import contamination_of, judged
from mispredict.obvious.frames import alike, frame_of
from mispredict.obvious.likeness import alike_among, coder_of
from mispredict.obvious.twins import MOST, find_twins
from mispredict.tables import open_table


def table(rows=20_000, columns=6, seed=1):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({f"n{i}": rng.normal(10 * i, 1 + i, rows) for i in range(columns)})
    frame["channel"] = rng.choice(["web", "app", "shop"], rows)
    frame["merchant"] = rng.choice([f"m{i}" for i in range(500)], rows)
    frame["when"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 10**7, rows), unit="s")
    frame["is_new"] = rng.random(rows) < 0.5
    return frame


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    place = tmp_path_factory.mktemp("training") / "training.parquet"
    frame = table()
    frame.to_parquet(place)
    return frame, open_table(str(place))


def twins_of(rows, training):
    return find_twins(training[1], rows.reset_index(drop=True))


def test_every_equal_row_is_found_at_its_place(training):
    places = np.arange(0, 20_000, 97)
    found = twins_of(training[0].iloc[places], training)
    assert [one[0] for one in found.equal] == places.tolist()
    assert set(found.near) == {()}
    assert found.rows == 20_000


def test_other_types_of_the_same_values_are_equal(training):
    rows = training[0].iloc[[5, 6]].astype({"n1": "float32", "channel": "category", "is_new": "int64"})
    rows["when"] = rows["when"].dt.as_unit("ns")
    assert [one[0] for one in twins_of(rows, training).equal] == [5, 6]


def test_rows_moved_by_a_hair_or_in_one_cell_are_almost_equal(training):
    places = np.arange(3, 20_000, 101)
    rows, rng = training[0].iloc[places].copy(), np.random.default_rng(2)
    third = np.arange(len(rows)) % 3
    for name in [f"n{i}" for i in range(6)]:
        rows[name] += np.where(third == 0, rng.uniform(-0.9, 0.9, len(rows)) / 250 * training[0][name].std(), 0)
    rows.loc[rows.index[third == 1], "merchant"] = "another"
    rows.loc[rows.index[third == 2], "n3"] += 40.0
    found = twins_of(rows, training)
    right = [place in near for place, near in zip(places, found.near, strict=True)]
    assert np.mean(right) >= 0.99
    assert found.equal == ((),) * len(rows)


def test_fresh_rows_have_no_twins(training):
    found = twins_of(table(2_000, seed=9), training)
    assert sum(map(bool, found.equal)) == 0
    assert sum(map(bool, found.near)) == 0
    assert found.by_chance == 0
    assert found.probed == 500


def test_a_table_of_few_values_says_that_almost_equal_rows_are_common(tmp_path, case_of, payment):
    rng = np.random.default_rng(3)
    few = pd.DataFrame({f"c{i}": rng.choice(["a", "b", "c"], 5_000) for i in range(4)})
    few.to_parquet(tmp_path / "few.parquet")
    values = {f"c{i}": "a" for i in range(4)}
    row = replace(payment, values=values, dtypes=dict.fromkeys(values, "str"), categories={})
    strange = replace(row, values={**values, "c0": "z"})
    cases = [case_of("known", row=row), case_of("strange", row=strange)]
    found = contamination_of(cases, str(tmp_path / "few.parquet"), progress=lambda share, doing: None)
    assert not found.near_is_told
    assert [one.case for one in found.learned] == [cases[0].id]
    assert len(found.learned[0].rows) == MOST
    assert "are common there" in found.sentence


def test_missing_values_infinities_and_columns_of_one_side_are_no_trouble(tmp_path):
    frame = pd.DataFrame(
        {"a": [1.0, np.nan, np.inf, 4.0], "b": ["x", None, "y", "z"], "c": [None] * 4, "d": [1, 2, 3, 4]}
    )
    frame.to_parquet(tmp_path / "odd.parquet")
    found = find_twins(open_table(str(tmp_path / "odd.parquet")), frame.drop(columns="d").assign(e=1))
    assert found.equal == ((0,), (1,), (2,), (3,))
    assert found.columns == ("a", "c", "b")


def test_a_table_with_too_few_of_the_columns_is_refused(training):
    rows = pd.DataFrame({"n0": [1.0], "a": [1], "b": [2]})
    with pytest.raises(TableRefused, match="lacks 2 of the 3 columns of the cases, such as 'a'"):
        twins_of(rows, training)
    with pytest.raises(TableRefused, match="lacks 1 of the 1 columns"):
        twins_of(rows[["a"]], training)


def test_ten_thousand_cases_of_one_row_are_no_trouble(training):
    rows = pd.concat([training[0].iloc[[7]]] * 3_000)
    assert set(twins_of(rows, training).equal) == {(7,)}


def test_cases_with_other_categories_are_compared_together(case_of, payment, tmp_path):
    pd.DataFrame({"amount": np.arange(50.0), "channel": "app", "age": 1.0}).to_parquet(tmp_path / "t.parquet")
    row = replace(payment, values={"amount": 7.0, "channel": "app", "age": 1.0})
    later = replace(row, values={**row.values, "amount": 9.0}, categories={"channel": ["app", "web", "shop"]})
    fresh = replace(row, values={**row.values, "amount": 9.0, "channel": "shop", "age": 5.0})
    cases = [case_of("a", row=row), case_of("fresh", row=fresh), case_of("b", row=later)]
    found = contamination_of(cases, str(tmp_path / "t.parquet"), progress=lambda share, doing: None)
    assert {one.case: one.rows for one in found.learned if one.is_equal} == {cases[0].id: (7,), cases[2].id: (9,)}


def test_cases_of_another_model_are_counted_and_not_compared(case_of, payment, tmp_path):
    pd.DataFrame({"amount": np.arange(50.0), "channel": "app", "age": 1.0}).to_parquet(tmp_path / "t.parquet")
    other = case_of("other", row=replace(payment, values={"x": 1}, dtypes={"x": "int64"}, categories={}))
    row = replace(payment, values={"amount": 7.0, "channel": "app", "age": 1.0})
    found = contamination_of([case_of(row=row), other], str(tmp_path / "t.parquet"), progress=lambda share, doing: None)
    assert (found.cases, found.not_compared, len(found.learned)) == (1, 1, 1)
    assert "(1 more lack its columns)" in found.sentence


def test_cases_that_were_learned_are_named_the_equal_ones_first(case_of, payment, tmp_path):
    frame = pd.DataFrame({"amount": np.arange(100.0), "channel": "app", "age": np.arange(100.0) % 7, "z": 0.5})
    frame.to_parquet(tmp_path / "t.parquet")
    values = {"amount": 12.0, "channel": "app", "age": 5.0, "z": 0.5}
    row = replace(payment, values=values, dtypes={**payment.dtypes, "z": "float64"})
    near = replace(row, values={**values, "channel": "web"})
    cases = [case_of("near", row=near), case_of("equal", row=row)]
    groups = alike(cases)
    found = judged(groups, [find_twins(open_table(str(tmp_path / "t.parquet")), frame_of(g)) for g in groups])
    assert found.learned[0].case == cases[1].id
    assert found.learned[0].rows == (12,)
    assert "equal to 1 row" in found.learned[0].sentence


def test_almost_equal_rows_of_a_set_are_told(training):
    frame = training[0]
    coder = coder_of(frame.iloc[:10], frame)
    moved = frame.iloc[:10].assign(channel="other")
    pairs = alike_among(coder, moved, frame.iloc[:50])
    assert [(one, other) for one, other, _ in pairs] == [(i, i) for i in range(10)]
