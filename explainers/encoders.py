"""What each of scikit-learn's transformers makes of the columns that enter it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from explainers.columns import Encoded, Kind, Known
from explainers.explanation import Unsupported
from explainers.mixers import MIXERS, components

Columns = list[Encoded]


def after(step: Any, columns: Columns) -> Columns:
    """Return the columns that leave a fitted transformer, in its own order."""
    if step is None or (isinstance(step, str) and step == "passthrough"):
        return columns
    if isinstance(step, str) or not columns:  # "drop", or a step that was given nothing and never fitted
        return []
    for kind in type(step).__mro__:
        if kind.__name__ in _AFTER:
            return _AFTER[kind.__name__](step, columns)
    return _of_one_column(step, columns)


def _of_one_column(step: Any, columns: Columns) -> Columns:
    """Whatever a transformer makes of one raw column alone belongs to that column."""
    sources = {source.raw: source for column in columns for source, _ in column.sources}
    if len(sources) > 1:
        raise Unsupported(
            f"{type(step).__name__} mixes {len(sources)} columns ({', '.join(sorted(sources)[:3])}, ...), so its "
            "contributions can't be given back to single ones; use a method that asks the model itself (shap, lime)"
        )
    try:
        width = len(step.get_feature_names_out())
    except (AttributeError, ValueError) as error:
        raise Unsupported(
            f"{type(step).__name__} doesn't say what columns it makes; give it feature_names_out, or use a method that "
            "asks the model itself (shap, lime)"
        ) from error
    return [source.bent() for source in sources.values() for _ in range(width)]


def _pipeline(step: Any, columns: Columns) -> Columns:
    for _, inner in step.steps:
        columns = after(inner, columns)
    return columns


def _column_transformer(step: Any, columns: Columns) -> Columns:
    out: Columns = []
    for name, inner, _ in step.transformers_:
        made = after(inner, [columns[i] for i in step._transformer_to_input_indices[name]])
        out += weighted(made, step.transformer_weights, name)
    return out


def _union(step: Any, columns: Columns) -> Columns:
    weights = step.transformer_weights
    return [c for name, inner in step.transformer_list for c in weighted(after(inner, columns), weights, name)]


def weighted(columns: Columns, weights: Any, name: str) -> Columns:
    """Return one branch's columns after the weight that its transformer has, if any."""
    weight = float((weights or {}).get(name, 1.0))
    if weight == 1.0:
        return columns
    return [c.scaled(1 / weight, 0.0) if weight > 0 else c.bent() for c in columns]


def _function(step: Any, columns: Columns) -> Columns:
    if step.func is None:
        return columns
    if step.feature_names_out == "one-to-one" or isinstance(step.func, np.ufunc):
        return _one_to_one(step, columns)
    return _of_one_column(step, columns)


def _one_to_one(_: Any, columns: Columns) -> Columns:
    return [c.bent() for c in columns]


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
        known = _known(step, i, column, _UNKNOWN_TO_ONE_HOT.get(step.handle_unknown, ""))
        for label in step._compute_transformed_categories(i):
            members = rare if rare and label == "infrequent_sklearn" else (_scalar(label),)
            kind: Kind = "one-hot" if column.is_untouched else "opaque"
            levels = tuple((m, 1.0) for m in members)
            out.append(replace(column, kind=kind, scale=1.0, shift=0.0, levels=levels, known=known))
    return out


def _rare(step: Any, i: int) -> tuple[Any, ...]:
    rare = step.infrequent_categories_[i] if getattr(step, "_infrequent_enabled", False) else None
    return () if rare is None else tuple(_scalar(r) for r in rare)


_UNKNOWN_TO_ONE_HOT = {
    "ignore": "none of the known ones",
    "warn": "none of the known ones",
    "infrequent_if_exist": "one of the rare ones",
}


def _known(step: Any, i: int, column: Encoded, otherwise: str) -> Known | None:
    """Return what an encoder learned of a raw column; columns that something else changed before can't be told."""
    if not column.is_untouched:
        return column.known
    return Known(tuple(_scalar(c) for c in step.categories_[i]), otherwise)


def _ordinal(step: Any, columns: Columns) -> Columns:
    return [
        _coded(c, step.categories_[i], _ordinal_codes(step, i), _known(step, i, c, _unknown_code(step)))
        for i, c in enumerate(columns)
    ]


def _unknown_code(step: Any) -> str:
    if step.handle_unknown == "error":
        return ""
    code = step.unknown_value
    return "missing" if code is None or code != code else f"the code {code}"


def _ordinal_codes(step: Any, i: int) -> np.ndarray:
    categories = step.categories_[i]
    codes = np.arange(len(categories), dtype=np.float64)
    if getattr(step, "_infrequent_enabled", False) and step._default_to_infrequent_mappings[i] is not None:
        frequent = np.asarray(step._default_to_infrequent_mappings[i], dtype=np.float64)
        codes[: len(frequent)] = frequent  # the missing category, which stands last, is in no such map
    gone = np.array([_scalar(c) is None for c in categories], dtype=bool)
    codes[gone] = step.encoded_missing_value
    return codes


def _target(step: Any, columns: Columns) -> Columns:
    many = len(step.encodings_) // len(columns)  # one encoding a class when there are more than two
    return [
        _coded(
            column,
            step.categories_[i],
            step.encodings_[i * many + k],
            _known(step, i, column, "an average one"),
        )
        for i, column in enumerate(columns)
        for k in range(many)
    ]


def _coded(column: Encoded, categories: Any, codes: Any, known: Known | None) -> Encoded:
    pairs = tuple((_scalar(c), float(code)) for c, code in zip(categories, codes, strict=True))
    if column.is_untouched:
        return replace(column, kind="levels", levels=pairs, known=known)
    if column.kind == "levels" and (column.scale, column.shift) == (1.0, 0.0):  # codes that are coded once more
        again = dict(pairs)
        return replace(column, levels=tuple((c, again[code]) for c, code in column.levels if code in again))
    return column.bent()


def _imputer(step: Any, columns: Columns) -> Columns:
    names = [str(n) for n in getattr(step, "feature_names_in_", [f"x{i}" for i in range(len(columns))])]
    kept = [columns[names.index(n)] for n in step.get_feature_names_out() if n in names]
    indicator = getattr(step, "indicator_", None)
    return kept + ([] if indicator is None else _indicator(indicator, columns))


def _indicator(step: Any, columns: Columns) -> Columns:
    return [replace(columns[i].bent(), kind="missing") for i in step.features_]


def _selector(step: Any, columns: Columns) -> Columns:
    return [columns[i] for i in np.flatnonzero(step.get_support())]


def _bins(step: Any, columns: Columns) -> Columns:
    widths = [1] * len(columns) if step.encode == "ordinal" else [int(n) for n in step.n_bins_]
    return [c.bent() for c, width in zip(columns, widths, strict=True) for _ in range(width)]


def _splines(step: Any, columns: Columns) -> Columns:
    width = step.n_features_out_ // len(columns)
    return [c.bent() for c in columns for _ in range(width)]


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
    **dict.fromkeys(MIXERS, components),
}
