"""Opens the model that an investigation names.

Only ever called in a worker: every format but stored scores is read by a library's own parser, and a file made to do so
can crash or fill the process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from explainers.explanation import Unsupported
from explainers.subject import Subject, subject_of
from explainers.subjects.lightgbm import LightgbmSubject
from mispredict.bad_input import ModelRefused
from mispredict.investigation.spec import ModelSpec
from mispredict.models.classes import classes_of
from mispredict.models.file import read_model
from mispredict.models.formats import loader_for, loader_of
from mispredict.models.labels import in_order
from mispredict.models.loader import Bytes, Loader
from mispredict.models.mlflow_folder import native_file
from mispredict.models.model import Format, Model
from mispredict.models.scores import ScoresSubject
from mispredict.tables.columns import hint, listed

# What libraries call the columns of an array: a model with such names was never told its columns.
_MADE_UP = re.compile(r"(Column_|feature_?|input_?|f|x|X)?\d+")


def open_model(
    spec: ModelSpec,
    *,
    classes: Sequence[Any] | None = None,
    positive: Any = None,
    features: Sequence[str] | None = None,
    otherwise: Sequence[str] | None = None,
) -> Model:
    """Return the opened model.

    `classes` are the target's distinct values (None without a target at hand), `features` the columns that the
    investigation lists, `otherwise` those that a model without column names reads when it lists none.
    """
    if spec.url is not None:
        raise ModelRefused(
            "the model is behind a URL",
            needed="rows to ask it about, or a model file",
            do="open the investigation that names it",
        )
    if spec.scores is not None:
        return _stored(spec, classes, positive)
    if spec.path is None:
        raise ModelRefused("no model is named", needed="path or scores", do="add one to [model]")
    loader, model = _checked(Path(spec.path))
    subject = _opened(partial(loader.open_, model), model.name, spec.features or features, otherwise)
    return fit_model(spec, subject, (loader.format, model.sha256), classes=classes, positive=positive)


def open_fitted(
    estimator: Any,
    spec: ModelSpec,
    *,
    classes: Sequence[Any] | None = None,
    positive: Any = None,
    features: Sequence[str] | None = None,
    otherwise: Sequence[str] | None = None,
) -> Model:
    """Return a fitted classifier that is already in memory, used where it is; the rest is as in `open_model`."""
    subject = _opened(partial(_wrapped, estimator), type(estimator).__name__, spec.features or features, otherwise)
    return fit_model(spec, subject, ("memory", ""), classes=classes, positive=positive)


def _wrapped(estimator: Any, columns: Sequence[str] | None) -> Subject:
    return subject_of(estimator, columns=columns)


def _checked(path: Path) -> tuple[Loader, Bytes]:
    """Return the file's loader and bytes, looked through before a library's parser sees them."""
    if path.is_dir():
        file, format_ = native_file(path)
        model = read_model(file)
        loader = loader_for(model, format_)
    else:
        model = read_model(path)
        loader = loader_of(model)
    loader.check(model)
    return loader, model


def fit_model(
    spec: ModelSpec,
    subject: Subject,
    source: tuple[Format, str],
    *,
    classes: Sequence[Any] | None,
    positive: Any,
) -> Model:
    """Return a subject, opened or already in memory, matched to the target's values; `source` is format and sha256."""
    matched = classes_of(subject.classes, classes, positive=positive)
    return Model(subject, *source, matched.labels, spec.threshold, matched.order, matched.notes)


def _stored(spec: ModelSpec, found: Sequence[Any] | None, positive: Any) -> Model:
    """Return a model that reads stored scores: of the event, or one column a class in the classes' order."""
    columns = (spec.scores,) if isinstance(spec.scores, str) else tuple(spec.scores or ())
    own = in_order(found) if found is not None else list(range(max(2, len(columns))))
    if len(own) != max(2, len(columns)):
        raise ModelRefused(
            f"scores names {len(columns)} columns and the target has {len(own)} values: {listed(map(str, own))}",
            needed="one column for two classes, else one a class in the order of the sorted values",
            do="correct scores in [model]",
        )
    matched = classes_of(own, found, positive=positive)
    if len(columns) == 1:  # the event's probability by definition: nothing changes places
        subject = cast("Subject", ScoresSubject(columns, matched.labels))
        return Model(subject, "scores", "", matched.labels, spec.threshold)
    subject = cast("Subject", ScoresSubject(columns, tuple(own)))
    return Model(subject, "scores", "", matched.labels, spec.threshold, matched.order, matched.notes)


def _opened(
    open_: Callable[[Sequence[str] | None], Subject],
    name: str,
    features: Sequence[str] | None,
    otherwise: Sequence[str] | None,
) -> Subject:
    try:
        subject = open_(None)
        columns = _columns(subject, name, features, otherwise)
        return subject if columns is None else open_(columns)
    except Unsupported as fault:
        raise ModelRefused(
            f"{name} can't be used: {fault}",
            needed="a fitted classifier that answers probabilities",
            do="save the classifier itself, with its preprocessing",
        ) from fault


def _columns(
    subject: Subject, name: str, features: Sequence[str] | None, otherwise: Sequence[str] | None
) -> tuple[str, ...] | None:
    """Return the columns to give a model that has no names for its own, None for one that has."""
    own = subject.columns
    if isinstance(subject, LightgbmSubject) and (spelled := _spelled(own, features or otherwise or ())):
        return spelled
    nameless = all(_MADE_UP.fullmatch(column) for column in own)
    if features is None:
        use = otherwise if nameless and otherwise is not None and not set(own) <= set(otherwise) else None
    elif set(own) <= set(features):
        use = None
    elif nameless:
        use = features
    else:
        odd = [column for column in own if column not in features]
        raise ModelRefused(
            f"{name} reads {listed(odd)}, which features does not list{hint(odd[0], features)}",
            needed="every column that the model reads",
            do="add it to features, or leave features out: the model names its own",
        )
    if use is not None and len(use) != len(own):
        raise ModelRefused(
            f"{name} reads {len(own)} columns without names and there are {len(use)}",
            needed=f"{len(own)} columns, in the order of training",
            do="list them under features in [data]",
        )
    return None if use is None else tuple(use)


def _spelled(own: Sequence[str], known: Sequence[str]) -> tuple[str, ...] | None:
    """Return the columns as the table spells them, None where that can't be told or there is no need.

    LightGBM writes an underscore for every space in a name.
    """
    tables = {name.replace(" ", "_"): name for name in known}
    if len(tables) < len(known) or set(own) <= set(known) or not set(own) <= set(tables):
        return None
    return tuple(tables[name] for name in own)
