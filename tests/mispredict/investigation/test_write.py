from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mispredict.bad_input import OutputRefused
from mispredict.endpoint.settings import CallSettings
from mispredict.investigation.read import read_spec
from mispredict.investigation.spec import DataSpec, InvestigationSpec, ModelSpec, OnlineSpec
from mispredict.investigation.write import write_spec

text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text, text, text, st.one_of(st.integers(-9, 9), st.booleans(), text, st.floats(allow_nan=False)))
def test_any_names_come_back_as_they_were(
    tmp_path: Path, name: str, target: str, column: str, positive: object
) -> None:
    data = DataSpec("/d/r.csv", target, positive, id=column, entity=(column,), available_at={column: name})
    model = ModelSpec(scores=(name, column), threshold=0.25)
    candidate = ModelSpec(path="/d/m.txt", data=DataSpec("/d/o.csv", target, positive, available_at={column: name}))
    online = OnlineSpec("/d/online.parquet", column)
    spec = InvestigationSpec(name, data, model, 3, "/d/t.csv", candidate, online, home=tmp_path)
    write_spec(spec, tmp_path / "i.toml")
    read = read_spec(tmp_path / "i.toml")
    assert (read.name, read.model, read.online, read.training) == (name, model, online, "/d/t.csv")
    assert read.data == data
    assert type(read.data.positive) is type(positive)
    assert read.candidate is not None
    assert read.candidate.data is not None
    assert read.candidate.data.available_at == {column: name}


def test_an_endpoint_comes_back_with_how_it_is_called(tmp_path: Path) -> None:
    calls = CallSettings(auth_env="MISPREDICT_AUTH_LIVE", timeout=2.5, retries=0, classes=("a", 1, True), output="p")
    model = ModelSpec(url="http://127.0.0.1:1/invocations", protocol="mlflow", calls=calls)
    write_spec(InvestigationSpec("x", DataSpec("/d/r.csv", "y"), model, home=tmp_path), tmp_path / "i.toml")
    assert read_spec(tmp_path / "i.toml").model == model


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    spec = InvestigationSpec("x", DataSpec("r.csv", "y"), ModelSpec(path="m"))
    with pytest.raises(OutputRefused, match="can't be written"):
        write_spec(spec, tmp_path / "absent" / "i.toml")
    assert list(tmp_path.iterdir()) == []
