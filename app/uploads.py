"""Files that came through the browser, written to a folder of their own, and the investigation file that names them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.places import home
from mispredict.bad_input import BadInput

MODELS = ("skops", "onnx", "ubj", "json", "txt", "cbm")  # formats that carry no code
TABLES = ("parquet", "csv")
BLOCK = 1 << 20
MOST_VALUES = 60  # a target with more values than this is offered no list of classes


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
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(BLOCK):
        digest.update(block)
    folder = home() / "uploads" / digest.hexdigest()[:16]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{safe_stem(name)}.{suffix}"
    file.seek(0)
    with path.open("wb") as kept:
        while block := file.read(BLOCK):
            kept.write(block)
    return path


def safe_stem(name: str) -> str:
    """Return a file name's stem made of letters, digits, dashes and underscores.

    >>> safe_stem("../My model (2).txt")
    'My-model-2'
    """
    return re.sub(r"[^A-Za-z0-9_]+", "-", Path(name.replace("\\", "/")).stem).strip("-")[:60] or "file"


def columns_of(table: Path) -> tuple[str, ...]:
    """Return a table's column names; raises TableRefused."""
    from mispredict.tables import open_table

    return tuple(open_table(str(table)).schema.names)


def values_of(table: Path, column: str) -> tuple[Any, ...]:
    """Return a column's values, sorted; none when there are too many to be classes."""
    from mispredict.tables import open_table

    found: set[Any] = set()
    for batch in open_table(str(table)).batches([column]):
        found |= set(batch.column(0).unique().to_pylist())
        if len(found) > MOST_VALUES:
            return ()
    return tuple(sorted((v for v in found if v is not None), key=str))


def write_investigation(model: Path, table: Path, asked: Asked) -> Path:
    """Return the investigation file for an uploaded model and table."""
    said = {"path": str(table), "target": asked.target, "positive": asked.positive, "id": asked.id}
    data = "".join(f"{key} = {toml(value)}\n" for key, value in said.items() if value is not None)
    text = (
        f"[investigation]\nname = {toml(f'{model.stem} on {table.stem}')}\n\n[data]\n{data}\n"
        f"[model]\npath = {toml(str(model))}\nthreshold = {toml(asked.threshold)}\n"
    )
    folder = (
        home() / "investigations" / f"{model.stem}-on-{table.stem}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "investigation.toml"
    path.write_text(text, encoding="utf-8")
    return path


def toml(value: Any) -> str:
    r"""Return a scalar as TOML.

    >>> toml('a "b"'), toml(True), toml(1), toml(0.5)
    ('"a \\"b\\""', 'true', '1', '0.5')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
