"""Makes the large tables and the model that the speed benchmark runs on."""

from __future__ import annotations

from pathlib import Path

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FEATURES = 30
CHUNK = 100_000
TREES = 300
NAMES = [f"x{i:02d}" for i in range(FEATURES)]


def make_model(path: Path) -> None:
    """Write a LightGBM model of 300 trees with 31 leaves, trained on 100,000 rows."""
    rows, truth = _rows(np.random.default_rng(0), CHUNK)
    data = lightgbm.Dataset(rows, truth, feature_name=NAMES)
    settings = {"objective": "binary", "num_leaves": 31, "verbose": -1, "seed": 0}
    lightgbm.train(settings, data, TREES).save_model(path)


def make_table(path: Path, rows: int) -> None:
    """Write a Parquet table of `rows` labelled rows, in row groups of 100,000."""
    rng = np.random.default_rng(1)
    with pq.ParquetWriter(path, _schema()) as writer:
        for first in range(0, rows, CHUNK):
            features, truth = _rows(rng, min(CHUNK, rows - first))
            ids = pa.array(np.arange(first, first + len(truth)))
            columns = [ids, *(pa.array(features[:, i]) for i in range(FEATURES)), pa.array(truth)]
            writer.write_table(pa.Table.from_arrays(columns, schema=_schema()))


def write_investigation(path: Path, table: Path, model: Path) -> None:
    """Write the investigation.toml that joins the two."""
    path.write_text(
        f'[investigation]\nname = "speed"\n[data]\npath = "{table.name}"\ntarget = "y"\nid = "id"\n'
        f'[model]\npath = "{model.name}"\n'
    )


def _schema() -> pa.Schema:
    return pa.schema([("id", pa.int64()), *((name, pa.float64()) for name in NAMES), ("y", pa.int64())])


def _rows(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    features = rng.normal(size=(rows, FEATURES))
    margin = features[:, 0] + features[:, 1] * features[:, 2] - 1.0
    return features, (rng.random(rows) < 1.0 / (1.0 + np.exp(-margin))).astype(np.int64)
