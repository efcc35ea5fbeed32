"""Files that came through the browser, written to a folder of their own, and the investigation file that names them."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.places import home
from mispredict.bad_input import BadInput, OutputRefused
from mispredict.investigation.spec import DataSpec, InvestigationSpec, ModelSpec
from mispredict.investigation.write import spec_text, write_spec
from mispredict.replacing import replacing

MODELS = ("skops", "onnx", "ubj", "json", "txt", "cbm")  # formats that carry no code
TABLES = ("parquet", "csv")
BLOCK = 1 << 20


class UploadRefused(BadInput):
    """A file that the browser may not bring."""


@dataclass(frozen=True)
class Asked:
    """What a person says of the uploaded files."""

    target: str
    positive: Any = None
    id: str | None = None
    threshold: float = 0.5


def keep(file: BinaryIO, name: str, allowed: tuple[str, ...]) -> Path:
    """Return where an uploaded file now lies: in a folder named by its digest, under a name of our own making."""
    suffix = Path(name).suffix.lower().removeprefix(".")
    if suffix not in allowed:
        raise UploadRefused(
            f"a file that ends in .{suffix}" if suffix else "a file without an ending",
            needed=f"one of {', '.join('.' + one for one in allowed)}",
            do="save the model in a format that carries no code, the table as CSV or Parquet",
        )
    digest = _digest(file)
    path = home() / "uploads" / digest[:16] / f"{safe_stem(name)}.{suffix}"
    try:
        if not _holds(path, digest):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _copy(file, path)
    except OSError as fault:
        raise _unkept(path.name, fault) from fault
    return path


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _holds(path: Path, digest: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as kept:
        return _digest(kept) == digest


def _copy(file: BinaryIO, path: Path) -> None:
    file.seek(0)
    with replacing(path) as fresh, fresh.open("wb") as kept:
        shutil.copyfileobj(file, kept, BLOCK)


def _unkept(name: str, fault: OSError) -> OutputRefused:
    return OutputRefused(
        f"{name} can't be kept ({fault.strerror})",
        needed="room and permission to write in the app's data folder",
        do="free some space, or name another folder in MISPREDICT_HOME",
    )


def safe_stem(name: str) -> str:
    """Return a file name's stem made of letters, digits, dashes and underscores.

    >>> safe_stem("../My model (2).txt")
    'My-model-2'
    """
    return re.sub(r"[^A-Za-z0-9_]+", "-", Path(name.replace("\\", "/")).stem).strip("-")[:60] or "file"


def write_investigation(model: Path, table: Path, asked: Asked) -> Path:
    """Return the investigation file for an uploaded model and table."""
    spec = InvestigationSpec(
        name=f"{model.stem} on {table.stem}",
        data=DataSpec(path=str(table), target=asked.target, positive=asked.positive, id=asked.id),
        model=ModelSpec(path=str(model), threshold=asked.threshold),
    )
    digest = hashlib.sha256(spec_text(spec).encode()).hexdigest()
    path = home() / "investigations" / f"{model.stem}-on-{table.stem}-{digest[:10]}" / "investigation.toml"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _holds(path, digest):  # written again, it would look like a changed one to whoever has it open
            write_spec(spec, path)
    except OSError as fault:
        raise _unkept(path.parent.name, fault) from fault
    return path
