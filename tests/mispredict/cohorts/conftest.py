import numpy as np
import pandas as pd
import pytest

from mispredict import Investigation

ROWS = 3_000


def make_table() -> pd.DataFrame:
    """Return rows with stored scores that are right about themselves, but for the north, where labels are turned."""
    rng = np.random.default_rng(0)
    p = rng.beta(0.5, 2.0, ROWS)
    shop = rng.choice(["north", "south", "east"], size=ROWS, p=[0.1, 0.5, 0.4])
    truth = rng.random(ROWS) < p
    truth = np.where((shop == "north") & (rng.random(ROWS) < 0.5), ~truth, truth).astype(int)
    amount = np.where(rng.random(ROWS) < 0.05, np.nan, rng.gamma(2.0, 50.0, ROWS).round(2))
    key = [f"k{i}" for i in range(ROWS)]
    return pd.DataFrame({"key": key, "p": p, "shop": shop, "amount": amount, "paid": rng.gamma(2, 9, ROWS), "y": truth})


@pytest.fixture(scope="session")
def table():
    return make_table()


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a table as an investigation and returns its file."""

    def written(rows: pd.DataFrame, name: str = "i"):
        rows.to_parquet(tmp_path / "rows.parquet", row_group_size=700)
        file = tmp_path / f"{name}.toml"
        data = '[data]\npath = "rows.parquet"\ntarget = "y"\nid = "key"\ncost = "paid"\n'
        file.write_text(f'{data}features = ["shop", "amount"]\n[model]\nscores = "p"\n')
        return file

    return written


@pytest.fixture(scope="session")
def opened(tmp_path_factory, table):
    folder = tmp_path_factory.mktemp("cohorts")
    table.to_parquet(folder / "rows.parquet", row_group_size=700)
    data = '[data]\npath = "rows.parquet"\ntarget = "y"\nid = "key"\ncost = "paid"\n'
    (folder / "i.toml").write_text(f'{data}features = ["shop", "amount"]\n[model]\nscores = "p"\n')
    return Investigation.from_file(folder / "i.toml")
