"""The columns of a table that have a part to play, checked against what is there."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from mispredict.bad_input import TableRefused
from mispredict.investigation.spec import DataSpec
from mispredict.tables.columns import hint, listed
from mispredict.tables.plain import is_nested
from mispredict.tables.table import Table


def roles_of(data: DataSpec) -> dict[str, str]:
    """Return each column's role: target, id, time, entity, label_time, cost, embedding or display."""
    roles = dict.fromkeys(data.display, "display")
    single = {"embedding": data.embedding, "cost": data.cost, "label_time": data.label_time, "time": data.time}
    roles |= dict.fromkeys(data.entity, "entity")
    roles |= {column: role for role, column in single.items() if column is not None}
    return roles | ({data.id: "id"} if data.id is not None else {}) | {data.target: "target"}


def roleless(schema: pa.Schema, data: DataSpec) -> tuple[str, ...]:
    """Return the columns with no role: the features of a model that names none, when the investigation lists none."""
    taken = {*roles_of(data), *data.exclude, *data.available_at.values()}
    return tuple(field.name for field in schema if field.name not in taken and not is_nested(field.type))


def readable(schema: pa.Schema, data: DataSpec) -> list[str]:
    """Return the columns that a scan reads: all but lists and structs; the embedding is read on its own."""
    return [field.name for field in schema if not is_nested(field.type) or field.name in data.display]


def check_columns(table: Table, data: DataSpec) -> None:
    """Refuse a table that lacks a column the investigation names, or holds lists where nobody said what they are."""
    names = table.schema.names
    for key, column in _named(data):
        if column not in names:
            raise TableRefused(
                f"{table.name} has no column {column!r}{hint(column, names)}, which {key} names",
                needed=f"the column {column!r}",
                do=f"correct {key} in [data], or add the column",
            )
    known = {data.embedding, *data.display, *data.exclude}
    nested = [field.name for field in table.schema if is_nested(field.type) and field.name not in known]
    if nested:
        raise TableRefused(
            f"{table.name} has lists or structs in {listed(nested)}",
            needed="one value a cell; a list column only as the embedding",
            do="name it as embedding or under exclude in [data], or split it into columns",
        )
    if data.embedding is not None and not is_nested(table.schema.field(data.embedding).type):
        raise TableRefused(
            f"the embedding {data.embedding!r} is {table.schema.field(data.embedding).type}",
            needed="a list of numbers in every row",
            do="correct embedding in [data]",
        )


def _named(data: DataSpec) -> Iterator[tuple[str, str]]:
    """Return every column that the investigation names, with the key that names it."""
    single = ("target", "id", "time", "label_time", "cost", "embedding")
    for key in single:
        column = getattr(data, key)
        if column is not None:
            yield key, column
    for key in ("entity", "display", "exclude", "features"):
        yield from ((key, column) for column in getattr(data, key) or ())
    for feature, column in data.available_at.items():
        yield from (("available_at", feature), ("available_at", column))
