"""The model formats that are opened; the list is closed, and a file's format is never found out by trying."""

from __future__ import annotations

from pathlib import Path

from mispredict.bad_input import ModelRefused
from mispredict.models import catboost_file, lightgbm_text, onnx_file, pickle_file, skops_file, xgboost_file
from mispredict.models.disguise import disguise_of
from mispredict.models.file import read_model
from mispredict.models.loader import Bytes, Loader
from mispredict.models.model import Format
from mispredict.tables.contents import HEAD_BYTES, what_is

FORMATS: dict[Format, Loader] = {
    loader.format: loader
    for loader in (
        skops_file.LOADER,
        onnx_file.LOADER,
        xgboost_file.LOADER,
        lightgbm_text.LOADER,
        catboost_file.LOADER,
        pickle_file.LOADER,
    )
}


def sniff(path: str | Path) -> Format:
    """Return the file's format; its ending and its content must agree."""
    return loader_of(read_model(path)).format


def loader_of(model: Bytes) -> Loader:
    """Return the loader for the file; pickles under any other name are refused before anything else is looked at."""
    ending = model.path.suffix.lower()
    loader = next((one for one in FORMATS.values() if ending in one.endings), None)
    if loader is None or loader.format != "pickle":
        _no_pickle(model)
    if loader is None:
        raise ModelRefused(
            f"{model.name} ends in {ending or 'nothing'} and holds {_content(model)}",
            needed=f"one of {', '.join(sorted(e for one in FORMATS.values() for e in one.endings))}",
            do="save the model in one of these formats",
        )
    _agree(model, loader)
    return loader


def loader_for(model: Bytes, format_: Format) -> Loader:
    """Return the loader of a format that is known from elsewhere, once the content agrees."""
    _no_pickle(model)
    loader = FORMATS[format_]
    _agree(model, loader)
    return loader


def _agree(model: Bytes, loader: Loader) -> None:
    if not loader.looks_right(model.content):
        raise ModelRefused(
            f"{model.name} holds {_content(model)}, not {loader.title}",
            needed=f"{loader.title} in a {loader.endings[0]} file",
            do="correct the path, or give the file the ending of its format",
        )


def _no_pickle(model: Bytes) -> None:
    found = disguise_of(model.content)
    if found is not None:
        raise ModelRefused(
            f"{model.name} holds {found}",
            needed="a format that carries no code: skops, ONNX, XGBoost, LightGBM or CatBoost",
            do="save the model with skops.io.dump (it was not opened: a pickle runs code when it is)",
        )


def _content(model: Bytes) -> str:
    """Return what the file holds, by its own format's name where it is one."""
    for loader in FORMATS.values():
        if loader.format != "pickle" and loader.looks_right(model.content):
            return loader.title
    return what_is(model.content[:HEAD_BYTES])
