from pathlib import Path

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    count = 300
    return pd.DataFrame(
        {"a": rng.normal(size=count), "b": rng.normal(size=count), "c": rng.choice(["x", "y", "z"], count)}
    )


@pytest.fixture(scope="session")
def target(rows: pd.DataFrame) -> np.ndarray:
    return ((rows["a"] + (rows["c"] == "x")) > 0.3).astype(int).to_numpy()


@pytest.fixture
def no_trusted_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    listed = tmp_path / "trusted.toml"
    monkeypatch.setenv("MISPREDICT_TRUSTED_MODELS", str(listed))
    return listed
