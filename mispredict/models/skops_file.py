"""skops archives (.skops): scikit-learn models as data, opened with a fixed list of reviewed types."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from explainers.subject import Subject, subject_of
from mispredict.bad_input import ModelRefused
from mispredict.models.loader import Bytes, Loader
from mispredict.models.reviewed_types import REVIEWED
from mispredict.tables.columns import listed

_MEMBERS = 20_000  # a forest of 1,000 trees has some 6,000
_UNPACKED = 4 * 2**30
_RATIO = 200  # arrays of trees compress tenfold, archives made to fill a disk a thousandfold
_SCHEMA = "schema.json"
_SCHEMA_BYTES = 512 * 2**20


def looks_right(head: bytes) -> bool:
    """Return whether the bytes begin as a zip archive does."""
    return head.startswith(b"PK\x03\x04")


def check(model: Bytes) -> None:
    """Refuse archives that are damaged, unpack to far more than they are, or ask for types nobody reviewed."""
    _check_archive(model)
    unknown = _unknown_types(model)
    if unknown:
        raise ModelRefused(
            f"{model.name} asks for {len(unknown)} kind(s) of objects that nobody reviewed: {listed(unknown)}",
            needed="a model made of reviewed types; others can run code when they are opened",
            do="replace that step by a standard one, or export the model to ONNX",
        )


def _check_archive(model: Bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(model.content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as fault:
        raise _damaged(model, f"it is truncated or damaged ({fault})") from fault
    by_name = {member.filename: member for member in members}
    if _SCHEMA not in by_name:
        raise ModelRefused(
            f"{model.name} is a zip archive without {_SCHEMA}",
            needed="a model saved with skops",
            do="use skops.io.dump",
        )
    unpacked = sum(member.file_size for member in members)
    if (
        len(members) > _MEMBERS
        or len(by_name) < len(members)
        or unpacked > min(_UNPACKED, _RATIO * len(model.content) + 2**20)
        or by_name[_SCHEMA].file_size > _SCHEMA_BYTES
    ):
        raise _damaged(model, f"{len(members):,} members unpack to {unpacked:,} bytes from {len(model.content):,}")


def _unknown_types(model: Bytes) -> list[str]:
    from skops.io import get_untrusted_types

    try:
        asked = get_untrusted_types(data=model.content)
    except Exception as fault:
        raise _damaged(model, f"its list of parts can't be read ({type(fault).__name__}: {fault})") from fault
    return sorted(set(asked) - set(REVIEWED))


def _damaged(model: Bytes, why: str) -> ModelRefused:
    return ModelRefused(
        f"{model.name} is a damaged skops archive: {why[:200]}",
        needed="the whole file that skops.io.dump wrote",
        do="copy the file again, or save the model again",
    )


def open_(model: Bytes, columns: Sequence[str] | None) -> Subject:
    """Return the estimator as a subject."""
    from skops.io import loads

    try:
        estimator = loads(model.content, trusted=list(REVIEWED))
    except ImportError as absent:
        package = (absent.name or "").partition(".")[0]
        raise ModelRefused(
            f"{model.name} needs {package or absent}, which is not installed",
            needed=package or "the library that the model was made with",
            do=f"run: pip install {package}",
        ) from absent
    except Exception as fault:
        raise _damaged(model, f"{type(fault).__name__}: {fault}") from fault
    return subject_of(estimator, columns=columns)


LOADER = Loader("skops", "a skops archive", (".skops",), looks_right, check, open_)
