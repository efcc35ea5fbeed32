from __future__ import annotations

import io
import tomllib
from pathlib import Path

import pytest

from app import uploads
from app.uploads import Asked, UploadRefused, keep, toml, values_of, write_investigation
from mispredict.investigation.read import read_spec


@pytest.mark.parametrize("name", ["model.pkl", "model.joblib", "model", "../../model.txt.pkl"])
def test_formats_that_carry_code_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UploadRefused, match="carries no code"):
        keep(io.BytesIO(b"x"), name, uploads.MODELS)
    assert not (tmp_path / "home" / "uploads").exists()


def test_a_file_is_kept_under_a_name_of_our_own(tmp_path: Path) -> None:
    path = keep(io.BytesIO(b"tree"), "../../etc/my model; rm.TXT", uploads.MODELS)
    assert path.read_bytes() == b"tree"
    assert path.name == "my-model-rm.txt"
    assert (tmp_path / "home" / "uploads") in path.parents


def test_what_was_said_is_read_back(tmp_path: Path) -> None:
    target = 'a "b"\n\\ é \U0001f600'
    path = write_investigation(tmp_path / "m.txt", tmp_path / "t.csv", Asked(target, "yes\x7f", "id", 0.25))
    spec = read_spec(path)
    assert (spec.data.target, spec.data.positive, spec.data.id) == (target, "yes\x7f", "id")
    assert (spec.model.path, spec.model.threshold) == (str(tmp_path / "m.txt"), 0.25)


@pytest.mark.parametrize("value", ["", "x = 1", "'", '"""', "\t\r\n", True, 0, -1.5, 1e300])
def test_scalars_survive_toml(value: object) -> None:
    assert tomllib.loads(f"v = {toml(value)}")["v"] == value


def test_values_are_listed_while_they_can_be_classes(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("few,many\n" + "\n".join(f"{i % 3},{i}" for i in range(100)) + "\n")
    assert values_of(table, "few") == (0, 1, 2)
    assert values_of(table, "many") == ()
