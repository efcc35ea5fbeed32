"""What is said of methods that agree, and of those that don't, on constructed answers and on real ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainers import EXPLAINERS, Explanation, Unsupported
from explainers.agreement import Agreement, agree, agreement
from explainers.knock_out import KnockOut
from explainers.rankings import correlate

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]
COLUMNS = ("a", "b", "c", "d", "e")


def _said(method: str, *values: float, unit: Any = "probability", **quality: float) -> Explanation:
    named = dict(zip(COLUMNS, values, strict=False))
    return Explanation("7", 1, method, unit, 0.0, 1.0, named, additive=False, quality=quality)


def _referee(*changes: float, error: float = 0.001) -> KnockOut:
    named = dict(zip(COLUMNS, changes, strict=False))
    return KnockOut("7", 1, "probability", 1.0, named, dict.fromkeys(named, error), 50, ())


def _words(*said: Explanation, referee: KnockOut) -> tuple[str, ...]:
    return agree(said, {}, referee).sentences


def test_methods_that_agree_are_said_to() -> None:
    said = [_said(m, 0.5, 0.3, 0.1, -0.2, -0.4) for m in ("walk", "shap")]
    assert _words(*said, referee=_referee(0.4, 0.3, 0.1, -0.2, -0.3)) == (
        "walk and shap rank the columns alike (rank correlation 1.00)",
        "the knock-out ranks the columns like walk (1.00) and shap (1.00)",
        "the largest contribution is that of 'a' for walk, shap and knock-out",
        "no two methods give opposite signs to one of their 5 largest columns",
    )


def test_one_method_off_is_named_with_numbers() -> None:
    said = [_said(m, 0.5, 0.3, 0.1, -0.2, -0.4 + 0.25 * i) for i, m in enumerate(("walk", "shap"))]
    words = _words(*said, _said("lime", 0.1, 0.4, 0.2, 0.35, 0.3), referee=_referee(0.4, 0.3, 0.1, -0.2, -0.3))
    assert words[:3] == (
        "walk and shap rank the columns alike (rank correlation 0.90)",
        "lime ranks them otherwise (rank correlation -0.40 to -0.30 with walk and shap)",
        "the knock-out ranks the columns like walk (1.00) and shap (0.90), unlike lime (-0.30)",
    )


def test_no_two_methods_alike_is_said_with_the_range() -> None:
    words = _words(
        _said("walk", 0.5, 0.4, 0.3, 0.2, 0.1),
        _said("shap", 0.1, 0.2, 0.3, 0.4, 0.5),
        _said("lime", 0.3, 0.1, 0.5, 0.2, 0.4),
        referee=_referee(0.5, 0.4, 0.3, 0.2, 0.1),
    )
    assert words[0] == "no two methods rank the columns alike (rank correlation -1.00 to 0.30)"
    assert words[1] == "the knock-out ranks the columns like walk (1.00), unlike lime (-0.30) and shap (-1.00)"


def test_opposite_signs_are_ruled_on_by_the_knock_out() -> None:
    walk, shap = _said("walk", 0.12, 0.5, unit="log-odds"), _said("shap", -0.03, 0.2)
    assert (
        "walk (+0.12 log-odds) says that 'a' raises the score, shap (-0.03 probability) that it lowers it; with "
        "background values in its place the score falls by 0.08 (probability, standard error 0.001), which sides with "
        "walk"
    ) in _words(walk, shap, referee=_referee(0.08, 0.1))
    assert _words(walk, shap, referee=_referee(-0.08, 0.1))[-1].endswith(
        "the score rises by 0.08 (probability, standard error 0.001), which sides with shap"
    )
    assert _words(walk, shap, referee=_referee(0.08, 0.1, error=0.05))[-1].endswith("which sides with neither")
    assert _words(walk, shap, referee=_referee(0.0, 0.1, error=0.0))[-1].endswith(
        "the score stays as it is, which sides with neither"
    )


def test_a_sign_within_the_methods_own_error_is_no_contradiction() -> None:
    walk, referee = _said("walk", 0.12, 0.5), _referee(0.08, 0.1)
    opposed = "no two methods give opposite signs to one of their 5 largest columns"
    assert opposed not in _words(walk, _said("shap", -0.03, 0.2, standard_error=0.01), referee=referee)
    assert opposed in _words(walk, _said("shap", -0.03, 0.2, standard_error=0.02), referee=referee)
    assert opposed in _words(walk, _said("shap", -0.009, 0.2), referee=referee)


def test_a_column_that_one_builds_on_and_another_ignores() -> None:
    walk, lime = _said("walk", 0.5, 0.4), _said("lime", 0.001, 0.4)
    said = (
        "walk (+0.5 probability) builds on 'a', lime (+0.001 probability) gives it next to nothing; with background "
        "values in its place the score"
    )
    backed, denied = (_words(walk, lime, referee=_referee(change, 0.4))[-1] for change in (0.3, 0.0))
    assert backed == f"{said} falls by 0.3 (probability, standard error 0.001), which sides with walk"
    assert denied == f"{said} stays as it is, which sides with lime"


def test_many_contradictions_are_counted_after_the_third() -> None:
    walk, shap = _said("walk", 5, 4, 3, 2, 1), _said("shap", -5, -4, -3, -2, -1)
    words = _words(walk, shap, referee=_referee(5, 4, 3, 2, 1))
    assert sum("raises the score" in w for w in words) == 3
    assert words[-1] == "'d' and 'e' have opposite signs, too"


@pytest.mark.parametrize("count", [1, 3])
def test_few_columns_have_no_order_worth_a_word(count: int) -> None:
    values = (0.5, 0.3, 0.1)[:count]
    words = _words(_said("walk", *values), _said("shap", *values), referee=_referee(*values))
    assert not any("alike" in w for w in words)
    assert any("too few for their order to tell" in w for w in words) == (count > 1)


def test_constant_contributions_have_no_correlation_and_are_said() -> None:
    nothing = agree([_said("walk", 0, 0, 0, 0, 0), _said("shap", 5, 4, 3, 2, 1)], {}, _referee(0, 0, 0, 0, 0))
    assert nothing.correlations == {"walk": {}, "shap": {}, "knock-out": {}}
    assert nothing.sentences == (
        "every contribution of walk is 0",
        "background values in any one column leave the score as it is: the knock-out can't referee",
    )


def test_a_poor_local_fit_is_said() -> None:
    words = _words(_said("lime", 5, 4, 3, 2, 1, r2=0.25), referee=_referee(5, 4, 3, 2, 1))
    assert words == (
        "the knock-out ranks the columns like lime (1.00)",
        "lime's local model fits badly here (R2 0.25): trust its values less",
    )


def test_no_method_at_all_leaves_the_knock_out() -> None:
    assert _words(referee=_referee(5, 4, 3, 2, 1)) == (
        "no method serves this model for this row; the knock-out stands alone",
    )


def test_correlations_are_spearmans_both_ways_and_rounding_makes_no_order() -> None:
    one = {"a": 3.0, "b": 2.0, "c": 2.0, "d": -1.0}
    other = {"d": 0.5, "c": 0.1, "b": 0.7, "a": 0.9}
    expected = float(pd.Series(one).rank().corr(pd.Series(other).rank()))
    found = correlate({"one": one, "other": other, "flat": {c: 1 + 1e-15 * i for i, c in enumerate(one)}})
    assert found["one"]["other"] == found["other"]["one"] == pytest.approx(expected)
    assert found["flat"] == {}


def _check(found: Agreement) -> None:
    assert [e.method for e in found.explanations] == [m for m in EXPLAINERS if m not in found.refused]
    assert {e.row for e in found.explanations} == {found.row}
    assert {e.class_ for e in found.explanations} == {found.class_}
    json.dumps(asdict(found), allow_nan=False)


def test_every_model_has_its_methods_side_by_side(
    model_name: str, model: Any, table: pd.DataFrame, refusals: dict[str, dict[str, str]]
) -> None:
    before = table.copy(deep=True)
    found = agreement(model, table.iloc[[2]], table.iloc[50:70])
    _check(found)
    assert set(found.refused) == set(refusals[model_name])
    assert found.sentences
    pd.testing.assert_frame_equal(table, before)


def test_a_planted_column_is_everybodys_first() -> None:
    from sklearn.tree import DecisionTreeClassifier

    table = pd.DataFrame(np.random.default_rng(0).normal(size=(300, 5)), columns=list(COLUMNS))
    model = DecisionTreeClassifier(max_depth=1).fit(table, table["c"] > 0)
    found = agreement(model, table.iloc[[0]], table.iloc[1:])
    assert "the largest contribution is that of 'c' for walk, shap, lime, eli5 and knock-out" in found.sentences
    assert [c for c, v in found.knock_out.changes.items() if v] == ["c"]


def test_a_seed_repeats_everything(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("lightgbm")
    one, same = (agreement(fit("lightgbm"), rows.iloc[[2]], rows.iloc[50:], seed=4) for _ in range(2))
    assert one == same


def test_a_class_that_the_model_does_not_have_is_refused(fit: Fit, rows_of: Rows) -> None:
    with pytest.raises(Unsupported, match="has 2 classes, there is no class number 2"):
        agreement(fit("tree"), rows_of("tree").iloc[[2]], rows_of("tree"), class_index=2)
