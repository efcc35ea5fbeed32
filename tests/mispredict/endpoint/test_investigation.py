import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from typer.testing import CliRunner

from mispredict.bad_input import BadInput, ModelRefused
from mispredict.cache import cache_folder
from mispredict.cli.main import app
from mispredict.endpoint.settings import SECRET_PREFIX
from mispredict.investigation.investigation import Investigation
from mispredict.worker.client import RemoteInvestigation
from tests.mispredict.endpoint.conftest import Service

TOKEN = SECRET_PREFIX + "SERVICE"


@pytest.fixture
def url(service: Service, fitted) -> str:
    return service.answers("/p", lambda rows: fitted.predict_proba(pd.DataFrame(rows)).tolist())


def test_a_scan_of_an_endpoint_is_the_scan_of_its_file(url, write, fitted, tmp_path):
    skops.io.dump(fitted, tmp_path / "model.skops")
    file = Investigation.from_file(write('path = "model.skops"'))
    metrics, verdict = file.scan().metrics, file.groups().verdict
    behind = Investigation.from_file(write(f'url = "{url}"\nbatch_rows = 90'))
    assert behind.scan().metrics == metrics
    assert behind.groups().verdict == verdict
    said = behind.describe()
    assert (said.model_format, said.model_family, said.model_name) == ("endpoint", "endpoint", url)
    assert len(said.model_sha256) == 64
    assert any("which may give others at any time" in note for note in said.notes)


def test_scan_errors_and_suspects_work_in_a_worker_with_the_authorization(url, service, write, tmp_path, monkeypatch):
    monkeypatch.setenv(TOKEN, "Bearer s3cr3t-token")
    file = write(f'url = "{url}"\nauth_env = "{TOKEN}"')
    out = tmp_path / "report"
    said = CliRunner().invoke(app, ["scan", str(file), "--out", str(out), "--json"])
    assert said.exit_code == 0, said.output
    report = json.loads(said.stdout)
    assert report["investigation"]["model"]["family"] == "endpoint"
    assert report["verdict"]["word"]
    assert report["clusters"] is not None
    assert {one["kind"] for one in report["checks"]} > {"target_leak", "label_noise"}
    assert {one["authorization"] for one in service.headers} == {"Bearer s3cr3t-token"}
    written = [path for folder in (out, cache_folder()) for path in Path(folder).rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if b"s3cr3t" in path.read_bytes()]


def test_explanations_that_need_the_model_itself_refuse(url, write):
    investigation = Investigation.from_file(write(f'url = "{url}"'))
    assert set(investigation.methods().values()) == {"there is no model at hand, only its scores"}
    with pytest.raises(ModelRefused):
        investigation.explain("r0", "shap")


def test_what_a_service_answered_is_kept_no_longer_than_the_investigation_is_open(service, write, table):
    answer = [0.25]
    url = service.answers("/p", lambda rows: answer * len(rows))
    file = write(f'url = "{url}"')
    before = Investigation.from_file(file)
    first = before.scan().metrics
    answer[0] = 0.75
    assert before.scan().metrics == first
    after = Investigation.from_file(file)
    assert after.scan().metrics != first
    assert after.describe().model_sha256 != before.describe().model_sha256


def test_a_candidate_may_be_behind_a_url(url, write, fitted, tmp_path):
    skops.io.dump(fitted, tmp_path / "model.skops")
    file = write('path = "model.skops"', f'[candidate]\nurl = "{url}"')
    assert set(Investigation.from_file(file).methods("candidate").values()) == {
        "there is no model at hand, only its scores"
    }


def test_a_service_that_answers_otherwise_when_asked_again_is_refused(service, write):
    url = service.answers("/p", lambda rows: [0.5 + 0.01 * len(service.bodies)] * len(rows))
    with pytest.raises(BadInput, match="answers otherwise when asked again"):
        Investigation.from_file(write(f'url = "{url}"'))


def test_a_variable_that_is_not_set_is_refused_by_the_worker(url, write, monkeypatch, service):
    monkeypatch.delenv(TOKEN, raising=False)
    desk = RemoteInvestigation(write(f'url = "{url}"\nauth_env = "{TOKEN}"'))
    try:
        with pytest.raises(ModelRefused, match=f"the environment variable {TOKEN} is not set"):
            desk.open()
    finally:
        desk.close()
    assert service.bodies == []


def test_a_service_that_fails_in_the_middle_of_a_scan_leaves_nothing_behind(service, write, tmp_path):
    url = service.answers("/p", lambda rows: [0.5] * len(rows) if len(rows) <= 64 else "<html>")
    out = tmp_path / "report"
    said = CliRunner().invoke(app, ["scan", str(write(f'url = "{url}"')), "--out", str(out)])
    assert said.exit_code == 2
    assert "in place of a list" in said.stderr
    assert not out.exists()


def test_features_that_are_listed_are_sent_in_their_order(url, service, write, table):
    from mispredict.endpoint.sampling import ask_sample
    from mispredict.investigation.desk import silent

    file = write(f'url = "{url}"\nfeatures = ["a", "b"]')
    asked = ask_sample(str(file), most=50, calls=0, progress=silent)
    assert (len(asked.ids), asked.of, asked.classes) == (50, 400, ("no", "yes"))
    assert list(service.bodies[0][0]) == ["a", "b"]
    again = ask_sample(str(file), most=50, calls=0, progress=silent)
    assert again.ids == asked.ids
    np.testing.assert_array_equal(again.answers, asked.answers)
