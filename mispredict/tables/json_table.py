"""JSON lines, parsed once and kept as typed Parquet, as CSV is."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mispredict.bad_input import OutputRefused, TableRefused
from mispredict.cache import cache_folder
from mispredict.replacing import making, replacing
from mispredict.tables.columns import check_names
from mispredict.tables.json_columns import Keys, columns_of, common_type, names_of
from mispredict.tables.json_lines import Fault, Faults, objects_of
from mispredict.tables.places import check_content

_READER = "jsonl1"  # part of the copy's name: a reader that decides otherwise must not find the old copies
_GROUP_ROWS = 131_072
_BLOCK = 1 << 20
_MOMENTS = (pa.timestamp("us"), pa.timestamp("us", "UTC"))


@dataclass(frozen=True)
class JsonCopy:
    """A file's objects as typed Parquet."""

    sha256: str  # of the file's bytes
    path: Path | None  # None where it holds no object
    faults: Faults


def json_copy(file: Path) -> JsonCopy:
    """Return the typed copy of what stands in the file now; what is written to it meanwhile is the next reading's."""
    size = file.stat().st_size
    digest = _digest(file, size)
    copy = cache_folder() / "tables" / f"{digest}.{_READER}.parquet"
    known = _known(copy)
    if known is not None and copy.exists():
        return JsonCopy(digest, copy, known)
    faults = Faults()
    with tempfile.TemporaryDirectory() as work:
        parts = list(_parse(file, size, faults, Path(work)))
        if parts:
            _write(copy, file, parts, faults)
    return JsonCopy(digest, copy if parts else None, faults)


def strict_copy(file: Path) -> tuple[str, Path]:
    """Return the digest and the typed copy of a file whose every line is an object, as tables need it."""
    check_content(file, "text")
    found = json_copy(file)
    for fault in found.faults.first:
        raise TableRefused(
            f"{fault.file}, line {fault.line}: {fault.why}",
            needed='one JSON object a line, {"column": value, ...}',
            do="correct the line",
        )
    if found.path is None:
        raise TableRefused(f"{file.name} has no rows", needed="at least one row", do="name a table that has rows")
    return found.sha256, found.path


def _write(copy: Path, file: Path, parts: Sequence[_Part], faults: Faults) -> None:
    names = names_of(dict.fromkeys(path for part in parts for path in part.paths))
    check_names(list(names.values()), file.name)
    schema = pa.schema([pa.field(name, _type(parts, path)) for path, name in names.items()])
    try:
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with making(copy) as fresh, pq.ParquetWriter(fresh, schema, compression="zstd", compression_level=1) as kept:
            for part in parts:
                kept.write_batch(part.typed(list(names), schema), row_group_size=_GROUP_ROWS)
        with replacing(copy.with_suffix(".json")) as fresh:
            fresh.write_text(json.dumps(asdict(faults)), "utf-8")
    except OSError as fault:
        raise OutputRefused(
            f"the typed copy of {file.name} can't be written to {copy.parent} ({fault.strerror})",
            needed="room for a copy of the table",
            do="free some space, or name another folder in MISPREDICT_CACHE",
        ) from fault


def _known(copy: Path) -> Faults | None:
    """Return what was wrong with the file that the copy was made of, None where it must be read again."""
    try:
        found = json.loads(copy.with_suffix(".json").read_text("utf-8"))
        return Faults(**{**found, "first": tuple(Fault(**one) for one in found["first"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


class _Part:
    """Some thousand objects as columns, on disk."""

    def __init__(self, columns: dict[Keys, pa.Array], place: Path) -> None:
        self.paths = tuple(columns)
        self.types = {path: column.type for path, column in columns.items()}
        self.moments = {path: _moments(column) for path, column in columns.items()}
        self.rows = len(next(iter(columns.values())))
        self._place = place
        # Columns are kept under their numbers: names may be anything, and twice.
        batch = pa.RecordBatch.from_arrays([*columns.values()], names=[str(at) for at in range(len(columns))])
        with pa.OSFile(str(place), "wb") as file, pa.ipc.new_file(file, batch.schema) as writer:
            writer.write_batch(batch)

    def typed(self, paths: Sequence[Keys], schema: pa.Schema) -> pa.RecordBatch:
        """Return its rows in the columns and types of the whole."""
        with pa.OSFile(str(self._place), "rb") as file:
            batch = pa.ipc.open_file(file).get_batch(0)
        at = {path: number for number, path in enumerate(self.paths)}
        columns = [
            batch.column(at[path]).cast(field.type) if path in at else pa.nulls(self.rows, field.type)
            for path, field in zip(paths, schema, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, schema=schema)


def _parse(file: Path, size: int, faults: Faults, work: Path) -> Iterator[_Part]:
    for number, rows in enumerate(objects_of(file, size, faults)):
        columns = columns_of(rows)
        if columns:
            yield _Part(columns, work / str(number))


def _moments(column: pa.Array) -> pa.DataType | None:
    """Return the type of moments that every text of a column reads as, None where one does not."""
    if not pa.types.is_string(column.type):
        return None
    held = column.drop_null()
    for kind in _MOMENTS:
        try:
            held.slice(0, 32).cast(kind)
            held.cast(kind)
        except pa.ArrowInvalid:
            continue
        return kind
    return None


def _type(parts: Sequence[_Part], path: Keys) -> pa.DataType:
    holding = [part for part in parts if path in part.types]
    moments = {part.moments[path] for part in holding if not pa.types.is_null(part.types[path])}
    if len(moments) == 1 and (kind := next(iter(moments))) is not None:
        return kind
    return common_type(part.types[path] for part in holding)


def _digest(file: Path, size: int) -> str:
    """Return the sha256 of the file's first bytes, in hex."""
    state, left = hashlib.sha256(), size
    with file.open("rb") as opened:
        while left > 0 and (block := opened.read(min(_BLOCK, left))):
            state.update(block)
            left -= len(block)
    if left:
        raise TableRefused(f"{file.name} became shorter while it was read", needed="a log", do="open it again")
    return state.hexdigest()
