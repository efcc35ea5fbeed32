from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import ModelRefused
from mispredict.investigation.spec import ModelSpec
from mispredict.models import open_model


@pytest.fixture(scope="module")
def text(rows: pd.DataFrame, target: np.ndarray) -> str:
    import lightgbm

    data = lightgbm.Dataset(rows[["a", "b"]], target)
    return str(lightgbm.train({"objective": "binary", "verbose": -1}, data, 3).model_to_string())


@pytest.fixture
def folder(tmp_path: Path, text: str) -> Path:
    made = tmp_path / "model"
    made.mkdir()
    (made / "model.lgb").write_text(text)
    return made


def test_the_native_file_is_taken_and_code_beside_it_left_alone(folder: Path, rows: pd.DataFrame) -> None:
    (folder / "code").mkdir()
    (folder / "code" / "evil.py").write_text("raise SystemExit('imported')")
    (folder / "MLmodel").write_text(
        "flavors:\n  lightgbm:\n    data: model.lgb\n    code: code\n"
        "  python_function:\n    loader_module: evil\n    code: code\n"
    )
    model = open_model(ModelSpec(path=str(folder)), classes=[0, 1])
    assert (model.format, model.features) == ("lightgbm", ("a", "b"))
    assert model.predict_proba(rows).shape == (len(rows), 2)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (None, "has no file MLmodel"),
        ("flavors:\n  lightgbm: {data: ../../secret.txt}\n", "names the file '../../secret.txt'"),
        ("flavors:\n  lightgbm: {data: /etc/passwd}\n", "names the file '/etc/passwd'"),
        ("flavors:\n  lightgbm: {data: link}\n", "which leads out of the folder"),
        ("flavors:\n  sklearn: {pickled_model: model.pkl, serialization_format: cloudpickle}\n", "as a pickle"),
        ("flavors:\n  lightgbm: {data: model.lgb}\n  xgboost: {data: m}\n", "holds 'lightgbm', 'xgboost'"),
        ("flavors:\n  python_function: {}\n", "holds no flavour that can be opened"),
        ("flavors: !!python/object/apply:os.system ['true']\n", "that can't be read"),
        ("just text", "that can't be read"),
    ],
)
def test_what_is_not_understood_is_refused(folder: Path, tmp_path: Path, manifest: str | None, message: str) -> None:
    (tmp_path / "outside.txt").write_text("tree\n")
    (folder / "link").symlink_to(tmp_path / "outside.txt")
    if manifest is not None:
        (folder / "MLmodel").write_text(manifest)
    with pytest.raises(ModelRefused) as refused:
        open_model(ModelSpec(path=str(folder)))
    assert message in str(refused.value)
