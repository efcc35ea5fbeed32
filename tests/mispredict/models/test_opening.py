"""Every format there and back: what the file answers is what the fitted model answered."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from mispredict.bad_input import ModelRefused
from mispredict.investigation.spec import ModelSpec
from mispredict.models import open_fitted, open_model, sniff

CLASSIFIERS = [
    HistGradientBoostingClassifier(max_iter=5),
    RandomForestClassifier(5),
    ExtraTreesClassifier(5),
    GradientBoostingClassifier(n_estimators=5),
    LogisticRegression(),
    MLPClassifier((4,), max_iter=5, solver="sgd", early_stopping=True),
    CalibratedClassifierCV(LogisticRegression(), cv=2),
]


def pipeline(classifier: Any, encoder: Any = None) -> Any:
    encoder = encoder or OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    return make_pipeline(make_column_transformer((numbers, ["a", "b"]), (encoder, ["c"])), classifier)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda c: type(c).__name__)
def test_a_scikit_learn_pipeline_opens_without_listing_types(
    tmp_path: Path, rows: pd.DataFrame, target: np.ndarray, classifier: Any
) -> None:
    fitted = pipeline(classifier).fit(rows, np.where(target, "bad", "ok"))
    skops.io.dump(fitted, tmp_path / "m.skops")
    model = open_model(ModelSpec(path=str(tmp_path / "m.skops")), classes=["ok", "bad"], positive="bad")
    assert (model.format, model.classes, model.features) == ("skops", ("ok", "bad"), ("a", "b", "c"))
    np.testing.assert_array_equal(model.predict_proba(rows)[:, 1], fitted.predict_proba(rows)[:, 0])
    assert model.subject_index(1) == 0


def test_categories_by_dtype_and_ordinal_codes_survive_skops(
    tmp_path: Path, rows: pd.DataFrame, target: np.ndarray
) -> None:
    typed = rows.assign(c=rows["c"].astype("category"))
    for number, fitted in enumerate(
        (
            HistGradientBoostingClassifier(max_iter=5, categorical_features="from_dtype").fit(typed, target),
            pipeline(LogisticRegression(), OrdinalEncoder()).fit(rows, target),
        )
    ):
        skops.io.dump(fitted, tmp_path / f"{number}.skops")
        model = open_model(ModelSpec(path=str(tmp_path / f"{number}.skops")))
        np.testing.assert_array_equal(model.predict_proba(rows), fitted.predict_proba(typed))


def test_lightgbm_keeps_the_category_order_that_it_learned(
    tmp_path: Path, rows: pd.DataFrame, target: np.ndarray
) -> None:
    import lightgbm

    typed = rows.assign(c=pd.Categorical(rows["c"], categories=["z", "x", "y"]))
    fitted = lightgbm.LGBMClassifier(n_estimators=20, min_child_samples=2, verbose=-1).fit(typed, target)
    fitted.booster_.save_model(tmp_path / "m.txt")
    model = open_model(ModelSpec(path=str(tmp_path / "m.txt")), classes=["no", "yes"], positive="yes")
    assert (model.format, model.classes) == ("lightgbm", ("no", "yes"))
    assert "0 is 'no', 1 is 'yes'" in model.notes[0]
    np.testing.assert_allclose(model.predict_proba(rows), fitted.predict_proba(typed), rtol=0, atol=1e-12)


@pytest.mark.parametrize("ending", ["ubj", "json"])
def test_xgboost_in_both_of_its_formats(tmp_path: Path, rows: pd.DataFrame, target: np.ndarray, ending: str) -> None:
    xgboost = pytest.importorskip("xgboost")
    typed = rows.assign(c=rows["c"].astype("category"))
    fitted = xgboost.XGBClassifier(n_estimators=10, enable_categorical=True).fit(typed, target)
    fitted.save_model(tmp_path / f"m.{ending}")
    model = open_model(ModelSpec(path=str(tmp_path / f"m.{ending}")), classes=[0, 1])
    assert (model.format, model.features) == ("xgboost", ("a", "b", "c"))
    np.testing.assert_allclose(model.predict_proba(typed), fitted.predict_proba(typed), rtol=0, atol=1e-6)


def test_catboost_with_a_text_category(tmp_path: Path, rows: pd.DataFrame, target: np.ndarray) -> None:
    catboost = pytest.importorskip("catboost")
    fitted = catboost.CatBoostClassifier(iterations=5, verbose=0, cat_features=["c"], allow_writing_files=False)
    fitted.fit(rows, target)
    fitted.save_model(str(tmp_path / "m.cbm"))
    model = open_model(ModelSpec(path=str(tmp_path / "m.cbm")), classes=[0, 1])
    assert (model.format, model.family) == ("catboost", "trees")
    np.testing.assert_allclose(model.predict_proba(rows), fitted.predict_proba(rows), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "classifier", [LogisticRegression(), RandomForestClassifier(3)], ids=lambda c: type(c).__name__
)
def test_onnx_takes_its_columns_from_the_features_listed(
    tmp_path: Path, rows: pd.DataFrame, target: np.ndarray, classifier: Any
) -> None:
    skl2onnx = pytest.importorskip("skl2onnx")
    numbers = rows[["a", "b"]].astype(np.float32)
    fitted = classifier.fit(numbers.to_numpy(), target)
    graph = skl2onnx.to_onnx(fitted, numbers.to_numpy()[:1])
    (tmp_path / "m.onnx").write_bytes(graph.SerializeToString())
    model = open_model(ModelSpec(path=str(tmp_path / "m.onnx")), classes=[0, 1], features=["a", "b"])
    assert (model.format, model.features) == ("onnx", ("a", "b"))
    np.testing.assert_allclose(model.predict_proba(rows), fitted.predict_proba(numbers.to_numpy()), rtol=0, atol=1e-5)


def test_a_model_without_names_needs_as_many_columns_as_it_learned(
    tmp_path: Path, rows: pd.DataFrame, target: np.ndarray
) -> None:
    fitted = LogisticRegression().fit(rows[["a", "b"]].to_numpy(), target)
    skops.io.dump(fitted, tmp_path / "m.skops")
    spec = ModelSpec(path=str(tmp_path / "m.skops"))
    assert open_model(spec, otherwise=["a", "b"]).features == ("a", "b")
    with pytest.raises(ModelRefused, match="reads 2 columns without names and there are 3"):
        open_model(spec, otherwise=["a", "b", "c"])


def test_names_are_matched_by_name_and_never_by_place(rows: pd.DataFrame, target: np.ndarray) -> None:
    fitted = LogisticRegression().fit(rows[["a", "b"]], target)
    model = open_fitted(fitted, ModelSpec(), features=["b", "a", "c"], otherwise=["c", "b", "a"])
    assert (model.format, model.features) == ("memory", ("a", "b"))
    with pytest.raises(ModelRefused, match="reads 'b', which features does not list"):
        open_fitted(fitted, ModelSpec(), features=["a", "c"])


def test_what_is_no_classifier_or_behind_a_url_is_refused(tmp_path: Path, rows: pd.DataFrame) -> None:
    from sklearn.linear_model import LinearRegression

    skops.io.dump(LinearRegression().fit(rows[["a"]], rows["b"]), tmp_path / "m.skops")
    with pytest.raises(ModelRefused, match=r"m\.skops can't be used"):
        open_model(ModelSpec(path=str(tmp_path / "m.skops")))
    with pytest.raises(ModelRefused, match="needed: rows to ask it about, or a model file"):
        open_model(ModelSpec(url="http://127.0.0.1:9/x"))


def test_a_file_that_is_absent_empty_or_of_another_format(tmp_path: Path, rows: pd.DataFrame) -> None:
    (tmp_path / "model.txt").write_text("")
    with pytest.raises(ModelRefused, match=r"there is no file .*model\.tx \(nearest: 'model\.txt'\)"):
        sniff(tmp_path / "model.tx")
    with pytest.raises(ModelRefused, match=r"model\.txt is empty"):
        sniff(tmp_path / "model.txt")
    (tmp_path / "model.cbm").write_text("tree\nversion=v4\n")
    with pytest.raises(ModelRefused, match=r"model\.cbm holds a LightGBM model, not a CatBoost model"):
        sniff(tmp_path / "model.cbm")
    (tmp_path / "model.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    with pytest.raises(ModelRefused, match=r"model\.h5 ends in \.h5 and holds HDF5"):
        sniff(tmp_path / "model.h5")
    (tmp_path / "page.onnx").write_text("<!DOCTYPE html><html>sign in</html>")
    with pytest.raises(ModelRefused, match=r"page\.onnx holds an HTML page, not an ONNX model"):
        sniff(tmp_path / "page.onnx")
