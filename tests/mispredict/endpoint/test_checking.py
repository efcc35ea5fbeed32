import json

import numpy as np
import pandas as pd
import pytest
import skops.io
from typer.testing import CliRunner

from mispredict.bad_input import InvestigationRefused, ModelRefused, TableRefused
from mispredict.cli.main import app
from mispredict.endpoint.checking import check_endpoint
from mispredict.endpoint.comparing import compare_answers
from tests.mispredict.endpoint.conftest import Service, opened

IDS = ["r0", "r1", "r2", "r3"]


def two(*seconds: float) -> np.ndarray:
    return np.column_stack([1 - np.array(seconds), seconds])


def test_answers_that_are_the_same_are_said_to_be():
    found = compare_answers(two(0.1, 0.9), two(0.1, 0.9 + 1e-9), ids=IDS, classes=("no", "yes"))
    assert (found.is_same, found.beyond, found.flips, found.examples, found.order) == (True, 0, 0, (), None)
    assert found.sentence.startswith("the endpoint answers as the file does: 2 rows, none further apart than 1e-06")


def test_rows_that_differ_and_rows_that_flip_are_counted_and_shown_flips_first():
    found = compare_answers(two(0.1, 0.2, 0.45, 0.9), two(0.1, 0.4, 0.55, 0.9), ids=IDS, classes=("no", "yes"))
    assert (found.beyond, found.flips, found.order) == (2, 1, None)
    assert found.max_difference == pytest.approx(0.2)
    assert [(one.row, one.flips) for one in found.examples] == [("r2", True), ("r1", False)]
    assert "2 of 4 rows are further apart than 1e-06 (at most 0.2), 1 are called otherwise" in found.sentence


def test_the_threshold_says_what_flips():
    found = compare_answers(two(0.15), two(0.25), ids=IDS, classes=("no", "yes"), threshold=0.2)
    assert found.flips == 1
    assert compare_answers(two(0.15), two(0.25), ids=IDS, classes=("no", "yes")).flips == 0


def test_another_order_of_the_classes_is_told():
    rng = np.random.default_rng(0)
    file = rng.dirichlet(np.ones(3), 50)
    found = compare_answers(file[:, [2, 0, 1]], file, ids=range(50), classes=("a", "b", "c"))
    assert found.order == ("c", "a", "b")
    assert found.sentence.endswith("it fits if the endpoint answers in the order c, a, b")
    assert compare_answers(rng.dirichlet(np.ones(3), 50), file, ids=range(50), classes=("a", "b", "c")).order is None


@pytest.fixture
def model_file(tmp_path, fitted):
    skops.io.dump(fitted, tmp_path / "model.skops")
    return tmp_path / "model.skops"


def serving(service: Service, fitted, change=lambda p: p) -> str:
    return service.answers("/p", lambda rows: change(fitted.predict_proba(pd.DataFrame(rows))).tolist())


def run(*options):
    return CliRunner().invoke(app, ["endpoint", *map(str, options)])


def test_the_command_says_parity_and_latency_and_ends_with_0(service, fitted, write, model_file):
    file = write(f'url = "{serving(service, fitted)}"', '[candidate]\npath = "model.skops"')
    said = run(file, "--rows", 100, "--calls", 10)
    assert said.exit_code == 0, said.output
    assert "asked about 100 of 400 rows\nthe endpoint answers as the file does: 100 rows" in said.stdout
    assert "latency, 1 row a call: p50" in said.stdout
    assert "over 10 calls after 10 to warm up" in said.stdout


def test_an_endpoint_in_another_class_order_ends_with_1_and_is_named_in_json(service, fitted, write, model_file):
    file = write(f'url = "{serving(service, fitted, lambda p: p[:, ::-1])}"')
    said = run(file, "--against", model_file, "--calls", 0, "--json")
    assert said.exit_code == 1
    answer = json.loads(said.stdout)
    assert answer["schema"] == "mispredict/endpoint@1"
    assert (answer["rows"], answer["of"], answer["against"], answer["latency"]) == (400, 400, "model.skops", [])
    assert answer["parity"]["order"] == ["yes", "no"]
    assert answer["parity"]["flips"] > 390
    assert len(answer["parity"]["examples"]) == 10
    assert set(answer["parity"]["examples"][0]) == {"row", "class", "endpoint", "file", "flips"}


def test_rounding_is_a_difference_unless_the_tolerance_allows_it(service, fitted, write, model_file):
    file = write(f'url = "{serving(service, fitted, lambda p: np.round(p, 3))}"')
    found = check_endpoint(file, against=model_file, calls=0)
    assert found.parity.beyond > 300
    assert found.parity.max_difference < 5.1e-4
    assert check_endpoint(file, against=model_file, calls=0, tolerance=1e-3).parity.is_same


def test_without_a_file_only_the_latency_is_told(service, fitted, write):
    said = run(write(f'url = "{serving(service, fitted)}"\nbatch_rows = 50'), "--calls", 5, "--json")
    answer = json.loads(said.stdout)
    assert (said.exit_code, answer["parity"], answer["against"]) == (0, None, None)
    assert [one["rows_a_call"] for one in answer["latency"]] == [1, 50]


def test_what_can_not_be_compared_is_refused(service, fitted, write, tmp_path, table):
    file = write(f'url = "{serving(service, fitted)}"')
    with pytest.raises(ModelRefused, match="there is no file"):
        check_endpoint(file, against=tmp_path / "nowhere.skops")
    from sklearn.linear_model import LogisticRegression

    wider = table.assign(c=1.0)[["a", "b", "c"]]
    skops.io.dump(LogisticRegression().fit(wider, table["label"]), tmp_path / "wider.skops")
    with pytest.raises(TableRefused, match=r"the feature 'c' is absent in the rows that wider\.skops is asked about"):
        check_endpoint(file, against=tmp_path / "wider.skops", calls=0)
    with pytest.raises(InvestigationRefused, match=r"neither \[model\] nor \[candidate\] names a url"):
        check_endpoint(write('path = "wider.skops"'))


def test_a_service_that_is_down_ends_the_command_with_2(write, monkeypatch):
    said = run(write('url = "http://127.0.0.1:9/p"\nretries = 0'))
    assert (said.exit_code, said.stdout) == (2, "")
    assert "can't be reached in 1 tries" in said.stderr
    assert "do:     start the service, or correct url in the investigation" in said.stderr


def test_an_obvious_set_is_held_to_an_endpoint(service, fitted, write, model_file, tmp_path, table):
    from mispredict.cli.main import app as command

    write("path = 'model.skops'")
    wrong = table["row"][fitted.predict(table[["a", "b"]]) != table["label"]].iloc[0]
    store = tmp_path / "obvious.db"
    options = ["--from", str(tmp_path / "investigation.toml"), "--row", wrong, "--reason", "known for years"]
    promoted = CliRunner().invoke(command, ["obvious", "promote", str(store), *options])
    assert promoted.exit_code == 0, promoted.output

    def check(url: str):
        return CliRunner().invoke(command, ["obvious", "check", str(store), "--url", url, "--json"])

    said = check(serving(service, fitted))
    assert (said.exit_code, json.loads(said.stdout)["failed"]) == (1, 1)
    mended = service.answers("/mended", lambda rows: fitted.predict_proba(pd.DataFrame(rows))[:, ::-1].tolist())
    said = check(mended)
    assert (said.exit_code, json.loads(said.stdout)["passed"]) == (0, 1)
    assert json.loads(said.stdout)["model"] == mended
    assert opened(mended, table).format == "endpoint"
