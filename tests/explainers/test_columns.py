"""Raw columns followed through every encoder, checked by what the encoder really makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.decomposition import KernelPCA
from sklearn.feature_selection import SelectKBest
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)

from explainers.columns import Encoded, fold, raw_columns, trace
from explainers.explanation import Unsupported

ROWS = pd.DataFrame(
    {
        "amount": np.linspace(1, 90, 60),
        "age": np.where(np.arange(60) % 7 == 0, np.nan, np.arange(60) * 0.5),
        "city": np.array(["Oslo", "Rome", "Lima"] * 20, dtype=object),
    }
)
TRUTH = (np.arange(60) % 4 == 0).astype(int)
NUMBERS = ROWS[["amount", "age"]]


def _traced(step: Any, rows: pd.DataFrame = ROWS) -> list[Encoded]:
    fitted = step.fit(rows, TRUTH)
    found = trace([fitted], raw_columns(list(rows.columns)))
    assert fitted.transform(rows).shape[1] == len(found)
    return found


@pytest.mark.parametrize(
    "scaler",
    [
        StandardScaler(),
        StandardScaler(with_mean=False),
        StandardScaler(with_std=False),
        MinMaxScaler((-2, 3)),
        MaxAbsScaler(),
        RobustScaler(),
        RobustScaler(with_centering=False),
        make_pipeline(RobustScaler(), MinMaxScaler(), StandardScaler()),
    ],
)
def test_a_scaled_value_is_read_back(scaler: Any) -> None:
    found = _traced(scaler, NUMBERS)
    scaled = np.asarray(scaler.transform(NUMBERS))
    for i, column in enumerate(found):
        assert column.raw == NUMBERS.columns[i]
        assert [column.undo(v) for v in scaled[:, i]] == pytest.approx(list(NUMBERS.iloc[:, i]), nan_ok=True)


def test_one_hot_columns_name_their_category() -> None:
    found = _traced(OneHotEncoder(), ROWS[["city"]])
    assert [(c.kind, c.levels[0][0]) for c in found] == [("one-hot", "Lima"), ("one-hot", "Oslo"), ("one-hot", "Rome")]
    dropped = _traced(OneHotEncoder(drop="first"), ROWS[["city"]])
    assert [c.levels[0][0] for c in dropped] == ["Oslo", "Rome"]


def test_rare_categories_share_one_column() -> None:
    rows = pd.DataFrame({"city": ["Oslo"] * 50 + ["Rome"] * 6 + ["Lima"] * 4})
    found = _traced(OneHotEncoder(min_frequency=10), rows)
    assert [tuple(level for level, _ in c.levels) for c in found] == [("Oslo",), ("Lima", "Rome")]


@pytest.mark.parametrize("encoder", [OrdinalEncoder(), TargetEncoder(cv=2), OrdinalEncoder(min_frequency=21)])
def test_codes_are_those_of_the_encoder(encoder: Any) -> None:
    rows = ROWS[["city"]]
    codes = dict(_traced(encoder, rows)[0].levels)
    made = np.asarray(encoder.transform(rows))[:, 0]
    assert [codes[city] for city in rows["city"]] == pytest.approx(list(made))


def test_codes_that_are_coded_again_keep_their_category() -> None:
    inner = OrdinalEncoder().fit(ROWS[["city"]])
    outer = OrdinalEncoder().fit(inner.transform(ROWS[["city"]])[1:2])
    assert trace([inner, outer], raw_columns(["city"]))[0].levels == (("Rome", 0.0),)


def test_an_imputer_adds_what_it_says_and_drops_what_is_empty() -> None:
    rows = NUMBERS.assign(empty=np.nan)
    imputer = SimpleImputer(add_indicator=True).fit(rows)
    with pytest.warns(UserWarning, match="Skipping features without any observed values"):
        made = imputer.transform(rows)
    assert made.shape[1] == 4
    found = trace([imputer], raw_columns(list(rows.columns)))
    assert [(c.raw, c.kind) for c in found] == [
        ("amount", "number"),
        ("age", "number"),
        ("age", "missing"),
        ("empty", "missing"),
    ]


def test_a_column_transformer_follows_names_masks_and_the_remainder() -> None:
    found = _traced(
        make_column_transformer(
            (OneHotEncoder(), ["city"]), (StandardScaler(), [False, True, False]), remainder="passthrough"
        )
    )
    assert [c.raw for c in found] == ["city", "city", "city", "age", "amount"]
    dropping = _traced(make_column_transformer(("drop", ["city"]), (MinMaxScaler(), slice(0, 1))))
    assert [c.raw for c in dropping] == ["amount"]


def test_selection_union_bins_splines_and_named_functions_are_followed() -> None:
    filled = ROWS[["amount"]].assign(other=ROWS["age"].fillna(0))
    assert len(_traced(SelectKBest(k=1), filled)) == 1
    assert [c.raw for c in _traced(make_union(StandardScaler(), PowerTransformer()), filled)] == ["amount", "other"] * 2
    assert len(_traced(SplineTransformer(n_knots=4), filled)) == 12
    assert _traced(KBinsDiscretizer(3, quantile_method="averaged_inverted_cdf"), filled)[3].raw == "other"
    assert _traced(FunctionTransformer(np.log1p), filled)[1] == Encoded("other", "opaque")
    assert _traced(FunctionTransformer(), filled)[1] == Encoded("other")


@pytest.mark.parametrize("mixer", [KernelPCA(1), PolynomialFeatures(), KNNImputer(), Normalizer()])
def test_a_step_that_mixes_columns_is_refused_by_name(mixer: Any) -> None:
    rows = NUMBERS.fillna(0)
    with pytest.raises(Unsupported, match=rf"{type(mixer).__name__} mixes 2 columns \(age, amount"):
        trace([mixer.fit(rows)], raw_columns(list(rows.columns)))


def test_a_step_of_one_column_belongs_to_it_whatever_it_does() -> None:
    found = _traced(PolynomialFeatures(3), ROWS[["amount"]])
    assert {c.raw for c in found} == {"amount"}
    assert len(found) == 4


def test_folding_keeps_sums() -> None:
    groups = [Encoded("a"), Encoded("b"), Encoded("a")]
    assert fold(np.array([[1.0, 2.0, 4.0]]), groups, ["b", "a", "c"]).tolist() == [[2.0, 5.0, 0.0]]


def test_folding_another_number_of_columns_is_refused() -> None:
    with pytest.raises(Unsupported, match="1 were traced, its last step reads 2"):
        fold(np.zeros((1, 2)), [Encoded("a")], ["a"])
