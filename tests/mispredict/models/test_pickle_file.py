import hashlib
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mispredict.bad_input import ModelRefused
from mispredict.investigation.spec import ModelSpec
from mispredict.models import open_model
from mispredict.models.trusted import trusted_hashes


@pytest.fixture
def file(tmp_path: Path, rows: pd.DataFrame, target: np.ndarray) -> Path:
    joblib.dump(LogisticRegression().fit(rows[["a", "b"]], target), tmp_path / "m.joblib", compress=3)
    return tmp_path / "m.joblib"


def test_only_a_listed_file_is_opened_and_the_refusal_says_how_to_list_it(
    file: Path, no_trusted_models: Path, rows: pd.DataFrame
) -> None:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    with pytest.raises(ModelRefused) as refused:
        open_model(ModelSpec(path=str(file)))
    assert f'add [[model]] with sha256 = "{digest}" to {no_trusted_models}' in str(refused.value)
    no_trusted_models.write_text(f'[[model]]\nsha256 = "{digest.upper()}"\nreason = "ours"\n')
    model = open_model(ModelSpec(path=str(file)))
    assert (model.format, model.sha256) == ("pickle", digest)
    assert model.predict_proba(rows).shape == (len(rows), 2)
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(ModelRefused, match="is not on the list"):
        open_model(ModelSpec(path=str(file)))


@pytest.mark.parametrize(
    ("text", "message"),
    [("[[model]\n", "is no valid TOML"), ("[[model]]\nname = 'x'\n", "without a sha256"), ("model = 3\n", "no list")],
)
def test_a_list_that_cannot_be_understood_trusts_nothing(no_trusted_models: Path, text: str, message: str) -> None:
    no_trusted_models.write_text(text)
    with pytest.raises(ModelRefused, match=message):
        trusted_hashes()


def test_a_list_that_everybody_can_write_trusts_nothing(no_trusted_models: Path) -> None:
    assert trusted_hashes() == frozenset()
    no_trusted_models.write_text("")
    no_trusted_models.chmod(0o666)
    with pytest.raises(ModelRefused, match="can be written by everybody"):
        trusted_hashes()
