"""The types that a skops archive may ask for beyond those that skops itself trusts.

Each was read for what it does when it is built from an archive: none of them imports, calls or evaluates anything that
the archive names. A type is added here after such a reading and never because a file asks for it.
"""

from __future__ import annotations

REVIEWED: tuple[str, ...] = (
    # Plain containers of numbers, text and settings.
    "collections.OrderedDict",
    "numpy.dtype",
    "sklearn.utils._bunch.Bunch",
    "sklearn.compose._column_transformer.make_column_selector",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    # Parts of estimators that skops does not list as estimators.
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.impute._iterative.IterativeImputer",
    "sklearn.impute._iterative._ImputerTriplet",
    "scipy.interpolate._bsplines.BSpline",
    # Functions that estimators hold; they compute on the arrays they are given. `partial` binds arguments to a
    # function, which must itself be listed here
    # or be one that skops trusts: element-wise functions of NumPy and SciPy.
    "functools.partial",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.utils.validation.check_array",
    # Trees: arrays with child indices. A wrong index can crash the process, hence the worker.
    "sklearn.tree._tree.Tree",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    # Boosters: their own library parses their own text or bytes.
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "xgboost.core.Booster",
    "xgboost.sklearn.XGBClassifier",
    "catboost.core.CatBoostClassifier",
)
