import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from mispredict.bad_input import ModelRefused
from mispredict.models.loader import Bytes
from mispredict.models.reviewed_types import REVIEWED
from mispredict.models.skops_file import LOADER


def refused(content: bytes) -> str:
    with pytest.raises(ModelRefused) as refusal:
        LOADER.check(Bytes(Path("m.skops"), content, ""))
    return str(refusal.value)


@pytest.fixture(scope="module")
def content(rows: pd.DataFrame, target: np.ndarray) -> bytes:
    return bytes(skops.io.dumps(LogisticRegression().fit(rows[["a", "b"]], target)))


def repacked(content: bytes, **members: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, data in members.items():
            new.writestr(name, data)
    return sink.getvalue()


def test_a_type_that_nobody_reviewed_is_named(rows: pd.DataFrame, target: np.ndarray) -> None:
    import os

    risky = make_pipeline(FunctionTransformer(os.getcwd), LogisticRegression())
    assert "'posix.getcwd'" in refused(bytes(skops.io.dumps(risky)))


def test_a_file_that_asks_for_another_class_is_refused_by_name(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read("schema.json"))
    schema["__module__"], schema["__class__"] = "subprocess", "Popen"
    assert "'subprocess.Popen'" in refused(repacked(content, **{"schema.json": json.dumps(schema).encode()}))


def test_truncated_archives_and_archives_of_something_else(content: bytes) -> None:
    assert "is a damaged skops archive" in refused(content[: len(content) // 2])
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert "is a zip archive without schema.json" in refused(other.getvalue())
    assert "list of parts can't be read" in refused(repacked(content, **{"schema.json": b"{"}))


def test_an_archive_that_unpacks_to_far_more_than_it_is(content: bytes) -> None:
    assert "unpack to" in refused(repacked(content, bomb=bytes(50_000_000)))


def test_the_reviewed_list_is_ours_and_names_nothing_that_runs() -> None:
    assert len(set(REVIEWED)) == len(REVIEWED)
    roots = {name.split(".")[0] for name in REVIEWED}
    assert roots <= {"collections", "functools", "numpy", "scipy", "sklearn", "lightgbm", "xgboost", "catboost"}
