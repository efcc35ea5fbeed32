from typing import Any

import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import BadInput, ModelRefused
from mispredict.investigation.spec import DataSpec, ModelSpec
from mispredict.investigation.survey import check_known, survey_rows
from mispredict.models import open_model
from mispredict.tables import table_of

DATA = DataSpec("", "y", id="i", cost="k")


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"y": [0, 1, 0], "i": ["a", "b", "c"], "k": [1.0, 2.0, 3.0], "p": 0.5} | columns)


def test_labels_are_found_with_their_first_row_and_oddities_are_said() -> None:
    survey = survey_rows(table_of(frame(y=[np.nan, 1, 0], k=[-1.0, np.nan, 3.0])), DATA)
    assert survey.labels == {1.0: 1, 0.0: 2}
    assert (survey.classes, survey.unlabelled) == ((0.0, 1.0), 1)
    assert survey.notes == (
        "1 of 3 rows have no label in 'y' and are left out",
        "2 of 3 rows have a missing, negative or zero cost in 'k': it counts as 0",
    )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"y": [1, 1, 1]}, "the target 'y' is '1' in every row"),
        ({"y": [None, None, None]}, "the target 'y' is empty in every row"),
        ({"i": ["a", "b", "a"]}, "the id 'i' stands more than once in 1 rows: 'a' in rows 1 and 3"),
        ({"k": ["1", "2", "much"]}, "the cost 'k' is 'much' in row 3"),
        ({"k": [1.0, np.inf, 2.0]}, "the cost 'k' is 'inf' in row 2"),
    ],
)
def test_what_no_investigation_can_be_built_on_is_refused(columns: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput) as refused:
        survey_rows(table_of(frame(**columns)), DATA)
    assert message in str(refused.value)


def test_a_table_of_one_row_is_said_to_be_one() -> None:
    with pytest.raises(BadInput, match="rows in memory has one row; needed: rows of at least two classes"):
        survey_rows(table_of(frame().head(1)), DATA)


def test_a_million_different_labels_stop_at_the_first_thousand() -> None:
    rows = pd.DataFrame({"y": np.arange(1_000_000).astype(str), "x": 1.0})
    with pytest.raises(BadInput, match=r"more than .* different values; needed: classes, at most 1,000"):
        survey_rows(table_of(rows), DataSpec("", "y"))


def test_a_label_that_the_model_does_not_know_is_named_with_its_row() -> None:
    survey = survey_rows(table_of(frame(y=[0, 1, 7])), DATA)
    model = open_model(ModelSpec(scores="p"), classes=[0, 1])
    with pytest.raises(ModelRefused, match=r"the target 'y' is '7' in row 3.*one of its classes '0', '1'"):
        check_known(survey, model, "y")
