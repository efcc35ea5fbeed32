"""Opens a table from a file, a folder, a pattern or a URL."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mispredict.bad_input import TableRefused
from mispredict.tables.columns import check_names, listed
from mispredict.tables.csv_table import typed_copy
from mispredict.tables.digests import digest_of_all, digest_of_texts, stamp_of
from mispredict.tables.json_table import strict_copy
from mispredict.tables.merging import merged
from mispredict.tables.parquet import ParquetTable, Part, open_parquet_file, reading
from mispredict.tables.places import check_content, files_of, kind_of
from mispredict.tables.plain import plain_schema
from mispredict.tables.remote import fetched, is_remote
from mispredict.tables.table import Table

# A footer can promise far more than the file holds: ten bytes a page decode to any number of equal values. Real tables
# reach such ratios too (a constant column), so both a size and a ratio must be passed to be refused.
_BOMB_BYTES = 4 * 2**30
_BOMB_RATIO = 500
_MAX_CHUNK_BYTES = 8 * 2**30  # one column of one row group, unpacked; its pages are read through memory


def open_table(path: str) -> Table:
    """Return the table at a file, folder or pattern of .parquet, .csv or .jsonl files, or at an fsspec URL.

    Nothing is read but the footers; text is first copied, typed, into the cache folder. `TableRefused` says what is
    wrong with it.
    """
    name = path.rstrip("/").rsplit("/", 1)[-1]
    files = files_of(fetched(path) if is_remote(path) else path)
    kind = kind_of(files[0])
    if kind == "Parquet":
        for file in files:
            check_content(file, "Parquet")
        return parquet_table(path, name, files, digest_of_all(files))
    digest, copy = typed_copy(files) if kind == "CSV" else _json_copy(files)
    return parquet_table(path, name, [copy], digest)


def _json_copy(files: list[Path]) -> tuple[str, Path]:
    copies = [strict_copy(file) for file in files]
    digest = digest_of_texts([digest for digest, _ in copies])
    paths = [path for _, path in copies]
    schemas = [pq.read_schema(path) for path in paths]
    for schema, file in zip(schemas, files, strict=True):
        _check_same_names(schemas[0], schema, (files[0].name, file.name))
    return digest, merged(paths, digest)


def parquet_table(path: str, name: str, files: list[Path], digest: str) -> ParquetTable:
    """Return the table that Parquet files of the same columns hold, one after the other."""
    opened = [_open_part(file) for file in files]
    schema = opened[0][1]
    for part, other in opened[1:]:
        _check_same(schema, other, (opened[0][0].path.name, part.path.name))
    rows = sum(sum(part.group_rows) for part, _ in opened)
    if not rows:
        raise TableRefused(f"{name} has no rows", needed="at least one row", do="name a table that has rows")
    return ParquetTable(path, name, rows, schema, digest, tuple(part for part, _ in opened))


def _open_part(file: Path) -> tuple[Part, pa.Schema]:
    stamp = stamp_of(file)
    with reading(file), open_parquet_file(file) as opened:
        footer, schema = opened.metadata, opened.schema_arrow
    check_names(schema.names, file.name)
    _check_size(footer, file)
    groups = tuple(footer.row_group(i).num_rows for i in range(footer.num_row_groups))
    return Part(file, stamp, groups), plain_schema(schema)


def _check_size(footer: pq.FileMetaData, file: Path) -> None:
    """Refuse a footer that promises more than can be meant."""
    decoded = footer.num_rows * footer.num_columns * 8
    groups = [footer.row_group(i) for i in range(footer.num_row_groups)]
    chunk = max((g.column(c).total_uncompressed_size for g in groups for c in range(g.num_columns)), default=0)
    bomb = decoded > _BOMB_BYTES and decoded > _BOMB_RATIO * file.stat().st_size
    if bomb or chunk > _MAX_CHUNK_BYTES or sum(g.num_rows for g in groups) != footer.num_rows:
        raise TableRefused(
            f"{file.name} has {file.stat().st_size:,} bytes and claims {footer.num_rows:,} rows of {footer.num_columns}"
            " columns",
            needed="a file whose size fits what it claims to hold",
            do="write the file again, or split it",
        )


def _check_same(first: pa.Schema, other: pa.Schema, files: tuple[str, str]) -> None:
    """Refuse files of one table that disagree; the order of the columns is free."""
    _check_same_names(first, other, files)
    differing = [n for n in first.names if not first.field(n).type.equals(other.field(n).type)]
    if differing:
        name = differing[0]
        found = f"has {other.field(name).type} in column {name!r} where {files[0]} has {first.field(name).type}"
        raise _unlike(found, files)


def _check_same_names(first: pa.Schema, other: pa.Schema, files: tuple[str, str]) -> None:
    missing, extra = set(first.names) - set(other.names), set(other.names) - set(first.names)
    if missing:
        raise _unlike(f"lacks the column {listed(sorted(missing))}", files)
    if extra:
        raise _unlike(f"has another column {listed(sorted(extra))}", files)


def _unlike(found: str, files: tuple[str, str]) -> TableRefused:
    return TableRefused(
        f"{files[1]} {found}", needed=f"the same columns and types as {files[0]}", do="write the files alike"
    )
