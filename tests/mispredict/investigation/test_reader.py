from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from mispredict.bad_input import BadInput, ModelRefused, TableRefused
from mispredict.investigation.reader import Reader, check_features
from mispredict.investigation.spec import DataSpec, ModelSpec
from mispredict.models import Model, open_fitted
from mispredict.tables import table_of, to_frame

DATA = DataSpec("", "y", id="i", cost="k")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    count = 400
    found = pd.DataFrame(
        {"a": rng.normal(size=count), "b": rng.normal(size=count), "c": rng.choice(["x", "z"], count), "extra": "e"}
    )
    found["y"] = (found["a"] > 0).astype(int)
    return found.assign(i=[f"r{n}" for n in range(count)], k=rng.uniform(0, 9, count))


@pytest.fixture(scope="module")
def model(rows: pd.DataFrame) -> Model:
    columns = make_column_transformer((StandardScaler(), ["a", "b"]), (OneHotEncoder(handle_unknown="ignore"), ["c"]))
    fitted = make_pipeline(columns, LogisticRegression()).fit(rows[["a", "b", "c"]], rows["y"])
    return open_fitted(fitted, ModelSpec(threshold=0.3), classes=[0, 1], positive=1)


def refused(model: Model, rows: pd.DataFrame) -> str:
    with pytest.raises(BadInput) as refusal:
        Reader(model, DATA)(rows)
    return str(refusal.value)


def test_batches_become_scored_rows_whatever_their_order(rows: pd.DataFrame, model: Model) -> None:
    table, reader = table_of(rows), Reader(model, DATA)
    whole = reader(to_frame(next(table.batches()), 0))
    parts = [reader(table.take(np.arange(first, first + 100))) for first in (300, 0, 200, 100)]
    assert whole.threshold == 0.3
    assert whole.ids.tolist() == rows["i"].tolist()
    assert whole.truth.tolist() == rows["y"].tolist()
    assert parts[0].rows.index.tolist() == list(range(300, 400))
    assert list(whole.rows.columns) == list(rows.columns)
    together = np.concatenate([parts[i].probabilities for i in (1, 3, 2, 0)])
    np.testing.assert_allclose(together, whole.probabilities, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(whole.cost, rows["k"])


def test_rows_without_a_label_are_left_out_and_spellings_are_understood(rows: pd.DataFrame, model: Model) -> None:
    spelled = rows.assign(y=rows["y"].map({0: "0", 1: "1.0"}).where(rows.index != 5))
    scored = Reader(model, DATA)(spelled)
    assert len(scored) == len(rows) - 1
    assert "r5" not in scored.ids
    assert scored.truth.tolist() == rows["y"].drop(5).tolist()


def test_costs_that_are_missing_or_negative_count_nothing(rows: pd.DataFrame, model: Model) -> None:
    odd = rows.assign(k=rows["k"].where(rows.index != 0).where(rows.index != 1, -5.0))
    assert Reader(model, DATA)(odd).cost[:2].tolist() == [0.0, 0.0]
    assert Reader(model, DataSpec("", "y"))(odd).cost.tolist() == [1.0] * len(rows)


def test_the_caller_s_frame_is_left_alone(rows: pd.DataFrame, model: Model) -> None:
    before = rows.copy()
    Reader(model, DATA)(rows)
    pd.testing.assert_frame_equal(rows, before)


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("a", lambda r: r["a"].where(r.index != 7, np.inf), "the feature 'a' is inf in row 8"),
        ("b", lambda r: r["b"].where(r.index != 3), "the feature 'b' is missing in row 4"),
        ("a", lambda r: r["a"].astype(object).where(r.index != 9, "NA").astype(str), "(row 10: 'NA')"),
        ("c", lambda r: np.arange(len(r)), "the feature 'c' holds numbers"),
        ("y", lambda r: r["y"].where(r.index != 2, 5), "the target 'y' is '5' in row 3"),
        ("i", lambda r: r["i"].where(r.index != 2), "the id 'i' is missing in row 3"),
    ],
)
def test_the_cell_that_stands_in_the_way_is_named(
    rows: pd.DataFrame, model: Model, column: str, values: Any, message: str
) -> None:
    assert message in refused(model, rows.assign(**{column: values(rows)}))


def test_a_text_cell_is_shortened_in_the_message(rows: pd.DataFrame, model: Model) -> None:
    text = refused(model, rows.assign(a="secret" * 1000))
    assert len(text) < 600


def test_absent_features_are_named_with_the_nearest(rows: pd.DataFrame, model: Model) -> None:
    with pytest.raises(TableRefused, match=r"lacks 2 of the 3 columns that the model reads: 'a', 'c'"):
        check_features(table_of(rows.drop(columns=["a", "c"])), model)
    with pytest.raises(TableRefused, match=r"'b' \(nearest: 'B'\)"):
        check_features(table_of(rows.rename(columns={"b": "B"})), model)
    check_features(table_of(rows), model)


def test_a_million_different_categories_are_scored_batch_by_batch(model: Model) -> None:
    count = 1_000_000
    rows = pd.DataFrame({"a": 0.5, "b": 0.5, "c": np.arange(count).astype(str), "y": np.arange(count) % 2})
    reader, first, seen = Reader(model, DataSpec("", "y")), 0, 0
    for batch in table_of(rows).batches():
        seen += len(reader(to_frame(batch, first)))
        first += batch.num_rows
    assert seen == count


def test_a_model_whose_answers_change_is_refused(rows: pd.DataFrame) -> None:
    class Dice:
        classes_ = np.array([0, 1])
        feature_names_in_ = np.array(["a"])
        rng = np.random.default_rng(0)

        def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
            found = self.rng.uniform(size=len(frame))
            return np.column_stack([1 - found, found])

    with pytest.raises(ModelRefused, match="answers otherwise when asked again"):
        check_features(table_of(rows), open_fitted(Dice(), ModelSpec()))
