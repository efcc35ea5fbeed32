import json

import pytest
from typer.testing import CliRunner

from mispredict.cli.main import app
from mispredict.cli.scan import FailOn, is_failing
from sample_data import investigation_path


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    out = tmp_path_factory.mktemp("scan") / "report"
    return CliRunner().invoke(app, ["scan", str(investigation_path()), "--out", str(out)]), out


def test_a_scan_writes_the_report_and_its_tables(scanned):
    said, out = scanned
    assert said.exit_code == 0, said.output
    assert {p.name for p in out.iterdir()} >= {"report.json", "worst.parquet", "scores.parquet"}
    report = json.loads((out / "report.json").read_text())
    assert report["schema"] == "mispredict/report@1"
    assert report["investigation"]["rows"] == 30_000


def test_a_scan_says_the_verdict_and_the_first_slice_in_words(scanned):
    said, out = scanned
    report = json.loads((out / "report.json").read_text())
    assert f"verdict: {report['verdict']['word']}" in said.stdout
    assert report["slices"][0]["rule"] in said.stdout


def test_json_is_the_report(scanned, tmp_path):
    _, out = scanned
    said = CliRunner().invoke(app, ["scan", str(investigation_path()), "--out", str(tmp_path / "r"), "--json"])
    printed = json.loads(said.stdout)
    written = json.loads((out / "report.json").read_text())
    assert printed["slices"] == written["slices"]
    assert printed["metrics"] == written["metrics"]


def test_fail_on_systemic_ends_with_one(tmp_path):
    options = ["scan", str(investigation_path()), "--out", str(tmp_path / "r"), "--fail-on", "systemic"]
    assert CliRunner().invoke(app, options).exit_code == 1


@pytest.mark.parametrize(
    ("severity", "fail_on", "failing"),
    [
        ("certain", FailOn.certain, True),
        ("suspected", FailOn.certain, False),
        ("suspected", FailOn.suspected, True),
        ("info", FailOn.suspected, False),
    ],
)
def test_a_suspect_at_or_above_the_level_fails(severity, fail_on, failing):
    report = {"verdict": {"word": "minor"}, "suspects": [{"severity": severity}]}
    assert is_failing(report, fail_on) is failing


def test_a_missing_file_is_refused_with_two(tmp_path):
    said = CliRunner().invoke(app, ["scan", str(tmp_path / "none.toml"), "--out", str(tmp_path / "r")])
    assert said.exit_code == 2
    assert "found:" in said.stderr
    assert "none.toml" in said.stderr
    assert not (tmp_path / "r").exists()


def test_an_unknown_engine_is_refused_with_two(tmp_path):
    options = ["scan", str(investigation_path()), "--out", str(tmp_path / "r"), "--engine", "spark://x"]
    said = CliRunner().invoke(app, options)
    assert said.exit_code == 2
    assert "spark://x" in said.stderr


def test_a_folder_that_can_not_be_written_is_refused_before_the_work(tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = CliRunner().invoke(app, ["scan", str(investigation_path()), "--out", str(tmp_path / "file" / "r")])
    assert said.exit_code == 2
    assert "needed:" in said.stderr


def test_a_worker_that_is_killed_leaves_no_folder_behind(tmp_path, monkeypatch):
    def killed(self, folder, progress):
        (tmp_path / "r" / "half").write_text("written")
        raise KeyboardInterrupt

    monkeypatch.setattr("mispredict.worker.client.RemoteInvestigation.write", killed)
    said = CliRunner().invoke(app, ["scan", str(investigation_path()), "--out", str(tmp_path / "r")])
    assert said.exit_code == 130
    assert not (tmp_path / "r").exists()
