import zipfile

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import skops.io
from sklearn.ensemble import RandomForestClassifier

from sample_data.archive import write_parquet, write_skops


def forest():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 3))
    return RandomForestClassifier(5, random_state=0).fit(rows, rows[:, 0] > rows[:, 1]), rows


def test_two_fits_of_one_forest_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_skops(forest()[0], tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_archive_holds_the_same_forest_and_no_clock(tmp_path):
    fitted, rows = forest()
    write_skops(fitted, tmp_path / "forest.skops")
    read = skops.io.load(tmp_path / "forest.skops", trusted=["sklearn.tree._tree.Tree"])
    np.testing.assert_array_equal(read.predict_proba(rows), fitted.predict_proba(rows))
    with zipfile.ZipFile(tmp_path / "forest.skops") as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}


def test_a_table_comes_back_as_it_was_without_notes_on_its_writer(tmp_path):
    rows = pd.DataFrame(
        {
            "payment_id": ["p1", "p2"],
            "event_time": pd.to_datetime(["2026-01-01", "2026-01-02"]).astype("datetime64[ms]"),
            "amount": [1.5, np.nan],
            "score": [0.1, 0.2],
        }
    )
    write_parquet(rows, tmp_path / "rows.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "rows.parquet"), rows)
    assert not pq.read_metadata(tmp_path / "rows.parquet").metadata


def test_a_model_that_skops_cannot_write_leaves_no_file(tmp_path):
    with pytest.raises(Exception, match=r"lambda|not supported|generator"):
        write_skops((one for one in ()), tmp_path / "odd.skops")
    assert not (tmp_path / "odd.skops").exists()
