import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mispredict import Investigation
from mispredict.investigation.describing import kind_of

TOML = (
    '[investigation]\nseed = {seed}\n[data]\npath = "{data}"\ntarget = "y"\n[model]\nscores = "p"\nthreshold = {at}\n'
)


@pytest.fixture
def key_of_file(tmp_path):
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"a": rng.normal(size=50), "p": rng.random(50), "y": np.arange(50) % 2})
    rows.to_parquet(tmp_path / "rows.parquet")
    rows.assign(a=rows["a"].where(rows.index != 49, 0.0)).to_parquet(tmp_path / "other.parquet")

    def key(name="i.toml", data="rows.parquet", seed=0, at=0.5):
        (tmp_path / name).write_text(TOML.format(data=data, seed=seed, at=at))
        return Investigation.from_file(tmp_path / name).describe().key

    return key


def test_the_key_is_the_same_for_the_same(key_of_file):
    assert key_of_file() == key_of_file(name="renamed.toml")


@pytest.mark.parametrize("change", [{"data": "other.parquet"}, {"seed": 1}, {"at": 0.4}])
def test_one_cell_or_one_setting_makes_another_key(key_of_file, change):
    assert key_of_file(**change) != key_of_file()


def test_every_column_has_its_kind_and_its_role(tmp_path):
    rows = pd.DataFrame(
        {
            "key": ["a", "b"] * 30,
            "t": pd.date_range("2026-01-01", periods=60, freq="h"),
            "n": np.arange(60) / 7,
            "flag": [True, False] * 30,
            "p": np.linspace(0.1, 0.9, 60),
            "y": [0, 1] * 30,
        }
    )
    rows["key"] = [f"k{i}" for i in range(60)]
    rows.to_parquet(tmp_path / "rows.parquet")
    (tmp_path / "i.toml").write_text(
        '[data]\npath = "rows.parquet"\ntarget = "y"\nid = "key"\ntime = "t"\n[model]\nscores = "p"\n'
    )
    said = Investigation.from_file(tmp_path / "i.toml").describe()
    assert said.dtypes == {"key": "text", "t": "time", "n": "number", "flag": "bool", "p": "number", "y": "number"}
    assert said.roles == {"key": "id", "t": "time", "y": "target"}
    assert said.model_name == "stored scores"
    assert said.positive == 1


def test_a_duration_and_a_time_of_day_are_no_moments():
    kinds = [kind_of(type_) for type_ in (pa.duration("s"), pa.time32("s"), pa.timestamp("us", "UTC"), pa.date32())]
    assert kinds == ["other", "other", "time", "time"]
