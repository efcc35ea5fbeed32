"""Make the shipped incident: `python -m sample_data.make [--to FOLDER]`. The same bytes every time."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from sample_data import investigation_path
from sample_data.archive import write_parquet, write_skops
from sample_data.features import CATEGORICAL
from sample_data.models import (
    event_probability,
    to_onnx,
    train_candidate,
    train_forest,
    train_logistic,
    train_neural,
    write_booster,
)
from sample_data.planted import list_plants
from sample_data.settings import Settings
from sample_data.tables import LABELLED, LOGGED, Tables, make_tables
from sample_data.world import simulate

WRITTEN_BY_HAND = ("investigation.toml", "invariants.yaml")


def make(folder: Path, settings: Settings) -> None:
    """Write the tables, the models and the list of plants into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(settings.seed)
    tables = make_tables(simulate(settings, rng), settings, rng=rng)
    with threadpool_limits(1):  # sums of floats depend on how many threads share them
        score = _write_models(tables, settings, folder=folder)
    _write_tables(tables, score, folder=folder)
    text = json.dumps(list_plants(tables), indent=1, default=str)
    (folder / "planted.json").write_text(text + "\n", encoding="utf-8")
    for name in WRITTEN_BY_HAND:
        if (investigation_path().parent / name) != folder.resolve() / name:
            shutil.copyfile(investigation_path().parent / name, folder / name)


def _write_models(tables: Tables, settings: Settings, *, folder: Path) -> np.ndarray:
    """Write the models and return what the live one answers to the rows as they were served."""
    training = as_read(tables.training)
    forest = train_forest(training, settings)
    write_skops(forest, folder / "random_forest.skops")
    write_skops(train_logistic(training), folder / "logistic.skops")
    (folder / "neural.onnx").write_bytes(to_onnx(train_neural(training, settings)))
    write_booster(train_candidate(training, settings), folder / "candidate.txt")
    return event_probability(forest, as_read(tables.online))


def _write_tables(tables: Tables, score: np.ndarray, *, folder: Path) -> None:
    write_parquet(tables.training[list(LABELLED)], folder / "training.parquet")
    write_parquet(tables.incident[list(LABELLED)], folder / "incident.parquet")
    write_parquet(tables.online[list(LOGGED)].assign(score=score), folder / "online.parquet")


def as_read(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the types that they have when they are read back."""
    return rows.astype(dict.fromkeys(CATEGORICAL, "str"))


def main() -> None:
    """Read the command line and make the incident."""
    asked = argparse.ArgumentParser(prog="python -m sample_data.make", description="Make the shipped incident.")
    asked.add_argument("--to", type=Path, default=investigation_path().parent, help="the folder to write into")
    make(asked.parse_args().to, Settings())


if __name__ == "__main__":
    main()
