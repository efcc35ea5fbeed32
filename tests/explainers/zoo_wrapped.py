"""Fitted pipelines that mix columns, and wrappers around models, on the table of `zoo`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.explainers.zoo import (
    CATEGORIES,
    NUMBERS,
    encoder,
    full_table,
    holed_table,
    piped,
    scaled_numbers,
    two_classes,
)

MIXED = ["age", "amount", "speed"]


def components(model: Any) -> Any:
    """Return a pipeline whose numbers come as principal components."""
    from sklearn.compose import make_column_transformer
    from sklearn.decomposition import PCA
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(), StandardScaler(), PCA(2))
    mixing = make_column_transformer(
        (numbers, MIXED), (OneHotEncoder(handle_unknown="ignore"), CATEGORIES), remainder="passthrough"
    )
    return make_pipeline(mixing, model).fit(holed_table(), two_classes())


def _forest(trees: int = 8) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(trees, max_depth=5, random_state=0)


def _logistic() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=500)


def _tree() -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_depth=3, random_state=0)


def _products() -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    return make_pipeline(StandardScaler(), PolynomialFeatures(2), _logistic()).fit(full_table()[NUMBERS], two_classes())


def _target_codes() -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import TargetEncoder

    coder = make_column_transformer((TargetEncoder(cv=StratifiedKFold(3)), CATEGORIES), remainder="passthrough")
    return make_pipeline(coder, _forest()).fit(holed_table(), two_classes())


def _linear_svc() -> Any:
    from sklearn.svm import LinearSVC

    return piped(LinearSVC(), two_classes())


def _svc() -> Any:
    from sklearn.svm import SVC

    return SVC(gamma=0.01).fit(full_table()[NUMBERS], two_classes())


def _calibrated(model: Any, *, ensemble: bool) -> Any:
    from sklearn.calibration import CalibratedClassifierCV

    return piped(CalibratedClassifierCV(model, cv=3, ensemble=ensemble), two_classes())


def _calibrated_linear() -> Any:
    from sklearn.svm import LinearSVC

    return _calibrated(LinearSVC(), ensemble=False)


def _voting() -> Any:
    from sklearn.ensemble import VotingClassifier
    from sklearn.pipeline import make_pipeline

    members = [("forest", make_pipeline(encoder(), _forest())), ("logistic", make_pipeline(encoder(), _logistic()))]
    return VotingClassifier(members, voting="soft").fit(holed_table(), two_classes())


def _stacking() -> Any:
    from sklearn.ensemble import StackingClassifier

    return StackingClassifier([("tree", _tree()), ("forest", _forest())], _logistic(), cv=2).fit(
        full_table()[NUMBERS], two_classes()
    )


def _bagging() -> Any:
    from sklearn.ensemble import BaggingClassifier

    return BaggingClassifier(_tree(), 5, max_features=0.75, random_state=0).fit(full_table()[NUMBERS], two_classes())


def _adaboost() -> Any:
    from sklearn.ensemble import AdaBoostClassifier

    return AdaBoostClassifier(_tree(), n_estimators=5, random_state=0).fit(full_table()[NUMBERS], two_classes())


def _one_against_rest() -> Any:
    from sklearn.multiclass import OneVsRestClassifier

    return piped(OneVsRestClassifier(_logistic()), two_classes() + (full_table()["age"] > 45).to_numpy())


def _search() -> Any:
    from sklearn.model_selection import GridSearchCV

    return piped(GridSearchCV(_forest(), {"max_depth": [2, 4]}, cv=2), two_classes())


def _threshold() -> Any:
    from sklearn.model_selection import FixedThresholdClassifier

    return FixedThresholdClassifier(_logistic(), threshold=0.3).fit(scaled_numbers(), two_classes())


def _dummy() -> Any:
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior").fit(holed_table(), two_classes())


WRAPPED: dict[str, Callable[[], Any]] = {
    "pipeline of components and logistic": lambda: components(_logistic()),
    "pipeline of components and forest": lambda: components(_forest()),
    "pipeline of products and logistic": _products,
    "pipeline of target codes and forest": _target_codes,
    "pipeline of linear SVC": _linear_svc,
    "SVC": _svc,
    "pipeline of calibrated linear SVC": _calibrated_linear,
    "pipeline of calibrated forests": lambda: _calibrated(_forest(3), ensemble=True),
    "voting": _voting,
    "stacking": _stacking,
    "bagging": _bagging,
    "adaboost": _adaboost,
    "pipeline of one against rest, 3 classes": _one_against_rest,
    "pipeline of a search for a forest": _search,
    "threshold over logistic": _threshold,
    "dummy": _dummy,
}
ON_NUMBERS = ("pipeline of products and logistic", "SVC", "stacking", "bagging", "adaboost", "threshold over logistic")
