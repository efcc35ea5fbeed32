"""Which method serves which model: the table that the guide prints, and what is said where it doesn't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from explainers import EXPLAINERS, Unsupported, explain


@pytest.mark.parametrize("method", list(EXPLAINERS))
def test_each_cell_works_or_says_why_not(
    model_name: str,
    method: str,
    refusals: dict[str, dict[str, str]],
    fit: Callable[[str], Any],
    rows_of: Callable[[str], pd.DataFrame],
) -> None:
    model, expected = fit(model_name), refusals[model_name].get(method)
    why = EXPLAINERS[method].refusal(model)
    if expected is None:
        assert why is None
    else:
        assert expected in str(why)
        with pytest.raises(Unsupported, match=expected):
            explain(model, rows_of(model_name).iloc[:1], rows_of(model_name), method=method)


def test_an_unknown_method_is_answered_with_the_known_ones(fit: Callable[[str], Any]) -> None:
    with pytest.raises(Unsupported, match=r"no method 'magic'; the methods are walk, shap, lime, linear, eli5"):
        explain(fit("tree"), pd.DataFrame(), pd.DataFrame(), method="magic")


def test_a_class_that_the_model_does_not_have_is_refused(fit: Callable[[str], Any]) -> None:
    with pytest.raises(Unsupported, match="has 2 classes, there is no class number 2"):
        explain(fit("tree"), pd.DataFrame(), pd.DataFrame(), method="walk", class_index=2)
