import json
from pathlib import Path

import pandas as pd
import pytest

from sample_data import investigation_path


@pytest.fixture(scope="session")
def home() -> Path:
    return investigation_path().parent


@pytest.fixture(scope="session")
def training(home) -> pd.DataFrame:
    return pd.read_parquet(home / "training.parquet")


@pytest.fixture(scope="session")
def incident(home) -> pd.DataFrame:
    return pd.read_parquet(home / "incident.parquet")


@pytest.fixture(scope="session")
def online(home) -> pd.DataFrame:
    return pd.read_parquet(home / "online.parquet")


@pytest.fixture(scope="session")
def plants(home) -> dict:
    listed = json.loads((home / "planted.json").read_text(encoding="utf-8"))["plants"]
    return {plant["id"]: plant for plant in listed}


@pytest.fixture(scope="session")
def forest(home):
    import skops.io

    trusted = ["numpy.dtype", "sklearn.tree._tree.Tree"]
    return skops.io.load(home / "random_forest.skops", trusted=trusted)


@pytest.fixture(scope="session")
def promised(forest, incident) -> pd.Series:
    """The live model's probability of fraud for each row of the incident."""
    return pd.Series(forest.predict_proba(incident[list(forest.feature_names_in_)])[:, 1], index=incident.index)


@pytest.fixture(scope="session")
def matching():
    return _matching


def _matching(rows: pd.DataFrame, conditions: list[dict]) -> pd.Series:
    hit = pd.Series(data=True, index=rows.index)
    for one in conditions:
        column, value = rows[one["column"]], one["value"]
        if pd.api.types.is_datetime64_any_dtype(column) and value is not None:
            value = pd.Timestamp(value)
        tests = {"=": column.eq, "<": column.lt, ">": column.gt, "is missing": lambda _, of=column: of.isna()}
        hit &= tests[one["op"]](value)
    return hit
