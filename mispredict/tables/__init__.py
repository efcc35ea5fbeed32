"""Labelled tables: Parquet and CSV, files, folders and patterns, read in batches."""

from mispredict.tables.memory import table_of
from mispredict.tables.opening import open_table
from mispredict.tables.plain import to_frame
from mispredict.tables.table import BATCH_ROWS, Table

__all__ = ["BATCH_ROWS", "Table", "open_table", "table_of", "to_frame"]
