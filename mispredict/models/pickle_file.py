"""Pickles (.joblib, .pkl): programs that make a model when they are run.

No look at the file can tell a harmless one, so the only gate is the operator's word for these very bytes. Even then a
pickle is run in the worker alone.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence

from explainers.subject import Subject, subject_of
from mispredict.bad_input import ModelRefused
from mispredict.models.disguise import disguise_of
from mispredict.models.loader import Bytes, Loader
from mispredict.models.trusted import list_path, trusted_hashes


def looks_right(content: bytes) -> bool:
    """Return whether the bytes are a pickle, bare or compressed."""
    return disguise_of(content) is not None


def check(model: Bytes) -> None:
    """Refuse every pickle whose sha256 is not on the operator's list."""
    if model.sha256 in trusted_hashes():
        return
    raise ModelRefused(
        f"{model.name} is a Python pickle, which runs code when it is opened, and its sha256 {model.sha256} is not on"
        " the list of trusted models",
        needed="a format that carries no code, or the operator's word for this very file",
        do="save the model with skops.io.dump; or, if you know who made the file, add [[model]] with"
        f' sha256 = "{model.sha256}" to {list_path()}',
    )


def open_(model: Bytes, columns: Sequence[str] | None) -> Subject:
    """Return the unpickled classifier as a subject; runs whatever the file says."""
    import joblib  # type: ignore[import-untyped]
    from sklearn.exceptions import InconsistentVersionWarning

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", InconsistentVersionWarning)
            estimator = joblib.load(io.BytesIO(model.content))
    except Exception as fault:  # running a program can fail in any way
        raise ModelRefused(
            f"{model.name} can't be opened ({type(fault).__name__}: {str(fault)[:200]})",
            needed="the library versions that the model was saved with",
            do="install those versions, or save the model with skops.io.dump",
        ) from fault
    return subject_of(estimator, columns=columns)


LOADER = Loader("pickle", "a joblib or pickle file", (".joblib", ".pkl", ".pickle"), looks_right, check, open_)
