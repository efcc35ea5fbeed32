"""CatBoost's binary format (.cbm), whose parser verifies it before use."""

from __future__ import annotations

from collections.abc import Sequence

from explainers.subject import Subject, subject_of
from mispredict.bad_input import ModelRefused
from mispredict.models.absent import installed
from mispredict.models.loader import Bytes, Loader

_HEADER = 8  # the magic number, then the size of the core in four bytes


def looks_right(head: bytes) -> bool:
    """Return whether the bytes begin with CatBoost's magic number."""
    return head.startswith(b"CBM1")


def check(model: Bytes) -> None:
    """Refuse a file that is shorter than it says."""
    promised = int.from_bytes(model.content[4:_HEADER], "little") + _HEADER
    if len(model.content) < _HEADER or promised > len(model.content):
        raise _damaged(model, f"it has {len(model.content):,} bytes where {promised:,} are promised")


def open_(model: Bytes, columns: Sequence[str] | None) -> Subject:
    """Return the classifier as a subject."""
    catboost = installed("catboost", model.name)
    estimator = catboost.CatBoost()
    try:
        estimator.load_model(blob=model.content)
    except catboost.CatBoostError as fault:
        raise _damaged(model, str(fault).splitlines()[0][-160:]) from fault
    return subject_of(estimator, columns=columns)


def _damaged(model: Bytes, why: str) -> ModelRefused:
    return ModelRefused(
        f"{model.name} is a damaged CatBoost model: {why}",
        needed="the whole file that save_model wrote",
        do="copy the file again, or save the model again",
    )


LOADER = Loader("catboost", "a CatBoost model", (".cbm",), looks_right, check, open_)
