from typing import Any

import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import ModelRefused, TableRefused
from mispredict.models.probe import check_probabilities
from mispredict.models.scores import ScoresSubject


def test_a_column_of_text_that_holds_numbers_is_read_and_rounding_is_forgiven() -> None:
    subject = ScoresSubject(("p",), (0, 1))
    found = subject.predict_proba(pd.DataFrame({"p": ["0.25", "1.0000005"]}))
    np.testing.assert_allclose(found, [[0.75, 0.25], [0.0, 1.0]])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0.5, 1.2], "the stored score 'p' is 1.2 in row 12"),
        ([-0.1, 0.5], "is -0.1 in row 11"),
        ([0.5, None], "is nan in row 12"),
        ([0.5, "high"], "is high in row 12"),
        ([0.5, np.inf], "is inf in row 12"),
    ],
)
def test_what_is_no_probability_is_named_with_its_row(values: list[Any], message: str) -> None:
    rows = pd.DataFrame({"p": values}, index=[10, 11])
    with pytest.raises(TableRefused, match=message):
        ScoresSubject(("p",), (0, 1)).predict_proba(rows)


def test_several_columns_must_sum_to_one() -> None:
    rows = pd.DataFrame({"p": [0.5, 0.5], "q": [0.5, 0.4]})
    with pytest.raises(TableRefused, match=r"the stored scores of row 2 sum to 0\.9"):
        ScoresSubject(("p", "q"), (0, 1)).predict_proba(rows)


@pytest.mark.parametrize("answers", [[[np.nan, 1.0]], [[0.2, 0.2]], [[1.5, -0.5]]])
def test_a_model_that_answers_no_probabilities_is_refused(answers: list[list[float]]) -> None:
    with pytest.raises(ModelRefused, match="for row 8"):
        check_probabilities(np.array([[0.5, 0.5], *answers]), name="m.txt", first=6)
