import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mispredict.investigation.spec import DataSpec, ModelSpec
from mispredict.investigation.stored_score import stored_score_note
from mispredict.models import Model, open_fitted
from mispredict.tables import table_of

DATA = DataSpec("", "y")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    a = np.random.default_rng(0).normal(size=200)
    return pd.DataFrame({"a": a, "y": (a > 0).astype(int)})


@pytest.fixture(scope="module")
def model(rows: pd.DataFrame) -> Model:
    return open_fitted(LogisticRegression().fit(rows[["a"]], rows["y"]), ModelSpec(), classes=[0, 1], positive=1)


@pytest.mark.parametrize("name", ["score", "probability", "model_score"])
def test_a_score_that_the_model_gives_still_needs_no_word(rows: pd.DataFrame, model: Model, name: str) -> None:
    stored = model.predict_proba(rows)[:, 1].astype(np.float32)
    assert stored_score_note(table_of(rows.assign(**{name: stored})), DATA, model) is None


def test_a_score_of_another_model_is_said_with_the_worst_row(rows: pd.DataFrame, model: Model) -> None:
    stored = model.predict_proba(rows)[:, 1]
    stored[17] = 1 - stored[17]
    note = stored_score_note(table_of(rows.assign(score=stored)), DATA, model)
    assert note is not None
    assert "1 of the first 200 rows differ by more than 0.0001, row 18 by" in note


def test_columns_that_are_no_score_are_left_alone(rows: pd.DataFrame, model: Model) -> None:
    assert stored_score_note(table_of(rows), DATA, model) is None
    assert stored_score_note(table_of(rows.assign(score=rows["a"])), DATA, model) is None
    assert stored_score_note(table_of(rows.assign(score=0.5)), DataSpec("", "y", cost="score"), model) is None
    assert stored_score_note(table_of(rows.assign(score="high")), DATA, model) is None
