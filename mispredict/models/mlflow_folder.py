"""MLflow model folders: the native file inside is taken, nothing of the folder is run.

MLflow's own loader imports what the folder names; this reader knows five flavours, reads one file name from each and
leaves `code`, `loader_module` and everything else alone.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from mispredict.bad_input import ModelRefused
from mispredict.models.model import Format
from mispredict.tables.columns import listed

_MANIFEST = "MLmodel"
_MANIFEST_BYTES = 1 << 20
_FLAVOURS: dict[str, tuple[Format, str]] = {  # flavour -> our format, the key that holds the file's name
    "lightgbm": ("lightgbm", "data"),
    "xgboost": ("xgboost", "data"),
    "catboost": ("catboost", "data"),
    "onnx": ("onnx", "data"),
    "sklearn": ("skops", "pickled_model"),
}
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")


def native_file(folder: Path) -> tuple[Path, Format]:
    """Return the model file inside an MLflow folder and the format that the folder gives it."""
    flavours = {name: flavour for name, flavour in _manifest(folder).items() if name in _FLAVOURS}
    if len(flavours) != 1:
        raise _refused(
            folder, f"holds {listed(sorted(flavours))}" if flavours else "holds no flavour that can be opened"
        )
    name, flavour = flavours.popitem()
    format_, key = _FLAVOURS[name]
    if name == "sklearn" and flavour.get("serialization_format") != "skops":
        raise _refused(folder, "holds a scikit-learn model as a pickle, which runs code when it is opened")
    inside = str(flavour.get(key) or "")
    if not _PLAIN_NAME.fullmatch(inside):
        raise _refused(folder, f"names the file {inside[:60]!r}")
    file = folder / inside
    if file.resolve().parent != folder.resolve():
        raise _refused(folder, f"names {inside!r}, which leads out of the folder")
    return file, format_


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        with (folder / _MANIFEST).open("rb") as opened:
            text = opened.read(_MANIFEST_BYTES)
        flavours = yaml.safe_load(text)["flavors"]
        return {str(name): dict(flavour) for name, flavour in flavours.items()}
    except FileNotFoundError as absent:
        raise _refused(folder, f"has no file {_MANIFEST}") from absent
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError, RecursionError) as fault:
        raise _refused(folder, f"has an {_MANIFEST} that can't be read") from fault


def _refused(folder: Path, what: str) -> ModelRefused:
    return ModelRefused(
        f"the folder {folder.name} {what}",
        needed=f"an MLflow folder with one of {', '.join(_FLAVOURS)} (scikit-learn: saved with skops)",
        do="name the native model file itself, or log the model in one of these flavours",
    )
