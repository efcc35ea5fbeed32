"""What each of scikit-learn's transformers makes of the columns that enter it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from explainers.columns import Encoded, Kind
from explainers.explanation import Unsupported

Columns = list[Encoded]


def after(step: Any, columns: Columns) -> Columns:
    """Return the columns that leave a fitted transformer, in its own order."""
    if step is None or step == "passthrough":
        return columns
    if isinstance(step, str):
        return []
    for kind in type(step).__mro__:
        if kind.__name__ in _AFTER:
            return _AFTER[kind.__name__](step, columns)
    return _of_one_column(step, columns)


def _of_one_column(step: Any, columns: Columns) -> Columns:
    """Whatever a transformer makes of one raw column alone belongs to that column."""
    sources = {c.raw for c in columns}
    if len(sources) > 1:
        raise Unsupported(
            f"{type(step).__name__} mixes {len(sources)} columns ({', '.join(sorted(sources)[:3])}, ...), so its "
            "contributions can't be given back to single ones; use a method that asks the model itself (shap, lime)"
        )
    width = len(step.get_feature_names_out())
    return [Encoded(source, "opaque") for source in sources for _ in range(width)]


def _pipeline(step: Any, columns: Columns) -> Columns:
    for _, inner in step.steps:
        columns = after(inner, columns)
    return columns


def _column_transformer(step: Any, columns: Columns) -> Columns:
    out: Columns = []
    for name, inner, _ in step.transformers_:
        out += after(inner, [columns[i] for i in step._transformer_to_input_indices[name]])
    return out


def _union(step: Any, columns: Columns) -> Columns:
    return [made for _, inner in step.transformer_list for made in after(inner, columns)]


def _function(step: Any, columns: Columns) -> Columns:
    if step.func is None:
        return columns
    if step.feature_names_out == "one-to-one" or isinstance(step.func, np.ufunc):
        return _one_to_one(step, columns)
    return _of_one_column(step, columns)


def _one_to_one(_: Any, columns: Columns) -> Columns:
    return [Encoded(c.raw, "opaque") for c in columns]


def _standard(step: Any, columns: Columns) -> Columns:
    ones = np.ones(len(columns))
    scale = ones if step.scale_ is None else step.scale_
    shift = 0 * ones if step.mean_ is None or not step.with_mean else step.mean_
    return _affine(columns, scale, shift)


def _min_max(step: Any, columns: Columns) -> Columns:
    return _affine(columns, 1 / step.scale_, -step.min_ / step.scale_)


def _max_abs(step: Any, columns: Columns) -> Columns:
    return _affine(columns, step.scale_, np.zeros(len(columns)))


def _robust(step: Any, columns: Columns) -> Columns:
    ones = np.ones(len(columns))
    scale = ones if getattr(step, "scale_", None) is None else step.scale_
    center = 0 * ones if getattr(step, "center_", None) is None else step.center_
    return _affine(columns, scale, center)


def _affine(columns: Columns, scale: np.ndarray, shift: np.ndarray) -> Columns:
    return [c.scaled(float(a), float(b)) for c, a, b in zip(columns, scale, shift, strict=True)]


def _one_hot(step: Any, columns: Columns) -> Columns:
    out: Columns = []
    for i, column in enumerate(columns):
        rare = _rare(step, i)
        for label in step._compute_transformed_categories(i):
            members = rare if rare and label == "infrequent_sklearn" else (_scalar(label),)
            kind: Kind = "one-hot" if column.is_untouched else "opaque"
            out.append(Encoded(column.raw, kind, levels=tuple((m, 1.0) for m in members)))
    return out


def _rare(step: Any, i: int) -> tuple[Any, ...]:
    rare = step.infrequent_categories_[i] if getattr(step, "_infrequent_enabled", False) else None
    return () if rare is None else tuple(_scalar(r) for r in rare)


def _ordinal(step: Any, columns: Columns) -> Columns:
    return [_coded(c, step.categories_[i], _ordinal_codes(step, i)) for i, c in enumerate(columns)]


def _ordinal_codes(step: Any, i: int) -> np.ndarray:
    categories = step.categories_[i]
    codes = np.arange(len(categories), dtype=np.float64)
    if getattr(step, "_infrequent_enabled", False) and step._default_to_infrequent_mappings[i] is not None:
        codes = np.asarray(step._default_to_infrequent_mappings[i], dtype=np.float64)
    gone = np.array([_scalar(c) is None for c in categories], dtype=bool)
    codes[gone] = step.encoded_missing_value
    return codes


def _target(step: Any, columns: Columns) -> Columns:
    many = len(step.encodings_) // len(columns)  # one encoding a class when there are more than two
    return [
        _coded(column, step.categories_[i], step.encodings_[i * many + k])
        for i, column in enumerate(columns)
        for k in range(many)
    ]


def _coded(column: Encoded, categories: Any, codes: Any) -> Encoded:
    pairs = tuple((_scalar(c), float(code)) for c, code in zip(categories, codes, strict=True))
    if column.is_untouched:
        return Encoded(column.raw, "levels", levels=pairs)
    if column.kind == "levels" and (column.scale, column.shift) == (1.0, 0.0):  # codes that are coded once more
        again = dict(pairs)
        levels = tuple((c, again[code]) for c, code in column.levels if code in again)
        return Encoded(column.raw, "levels", levels=levels)
    return Encoded(column.raw, "opaque")


def _imputer(step: Any, columns: Columns) -> Columns:
    names = [str(n) for n in getattr(step, "feature_names_in_", [f"x{i}" for i in range(len(columns))])]
    kept = [columns[names.index(n)] for n in step.get_feature_names_out() if n in names]
    indicator = getattr(step, "indicator_", None)
    asked = [] if indicator is None else [columns[i].raw for i in indicator.features_]
    return kept + [Encoded(raw, "missing") for raw in asked]


def _indicator(step: Any, columns: Columns) -> Columns:
    return [Encoded(columns[i].raw, "missing") for i in step.features_]


def _selector(step: Any, columns: Columns) -> Columns:
    return [columns[i] for i in np.flatnonzero(step.get_support())]


def _bins(step: Any, columns: Columns) -> Columns:
    widths = [1] * len(columns) if step.encode == "ordinal" else [int(n) for n in step.n_bins_]
    return [Encoded(c.raw, "opaque") for c, width in zip(columns, widths, strict=True) for _ in range(width)]


def _splines(step: Any, columns: Columns) -> Columns:
    width = step.n_features_out_ // len(columns)
    return [replace(Encoded(c.raw), kind="opaque") for c in columns for _ in range(width)]


def _scalar(value: Any) -> Any:
    """Return a category as a JSON scalar, missing ones as None."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if value is None or value != value else value


_AFTER: dict[str, Callable[[Any, Columns], Columns]] = {
    "Pipeline": _pipeline,
    "ColumnTransformer": _column_transformer,
    "FeatureUnion": _union,
    "FunctionTransformer": _function,
    "StandardScaler": _standard,
    "MinMaxScaler": _min_max,
    "MaxAbsScaler": _max_abs,
    "RobustScaler": _robust,
    "PowerTransformer": _one_to_one,
    "QuantileTransformer": _one_to_one,
    "Binarizer": _one_to_one,
    "OneHotEncoder": _one_hot,
    "OrdinalEncoder": _ordinal,
    "TargetEncoder": _target,
    "SimpleImputer": _imputer,
    "MissingIndicator": _indicator,
    "SelectorMixin": _selector,
    "KBinsDiscretizer": _bins,
    "SplineTransformer": _splines,
}
