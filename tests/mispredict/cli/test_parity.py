import json
from pathlib import Path

import pytest
import skops.io
from typer.testing import CliRunner

from mispredict.cli.main import app
from tests.mispredict.parity.serving import FEATURES, Service, rows

TABLE = rows(2_000)
SERVICE = Service(TABLE)


@pytest.fixture
def investigation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "cache"))
    TABLE.to_parquet(tmp_path / "table.parquet")
    cents = TABLE.assign(amount=TABLE["amount"].where(TABLE["app"] != "4.2", TABLE["amount"] * 100))
    SERVICE.log(cents).iloc[:-5].to_parquet(tmp_path / "log.parquet")
    skops.io.dump(SERVICE.model, tmp_path / "model.skops")
    file = tmp_path / "i.toml"
    file.write_text(
        '[data]\npath = "table.parquet"\ntarget = "label"\npositive = 1\nid = "row"\ntime = "when"\n'
        f"features = {json.dumps(FEATURES)}\n"
        '[model]\npath = "model.skops"\n[online]\npath = "log.parquet"\nid = "row"\nscore = "score"\n'
    )
    return file


def said(*arguments: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["parity", *map(str, arguments)])
    return found.exit_code, found.stdout


def test_the_gap_the_columns_and_the_quantiles_are_told(investigation: Path) -> None:
    code, words = said(investigation)
    assert code == 0
    assert "1,995 of 2,000 rows and of 1,995 entries of log.parquet are joined by id" in words
    assert "  rows that were not logged: 5, such as 'r" in words
    assert "of the difference make the features that were served +" in words
    assert "`amount` differs in" in words
    assert "100% of the score difference: scale, x 100, where app = '4.2'" in words
    assert "they differ" in words


def test_a_gate_ends_with_1_beyond_what_is_allowed(investigation: Path) -> None:
    code, words = said(investigation, "--json", "--fail-on", 0.001)
    found = json.loads(words)
    assert code == 1
    assert (found["schema"], found["replayed"]["word"]) == ("mispredict/online@1", "features")
    assert said(investigation, "--fail-on", 0.9)[0] == 0
    log = SERVICE.log(TABLE)
    log.assign(row="n" + log["row"]).to_parquet(investigation.parent / "log.parquet")
    code, words = said(investigation, "--fail-on", 1.0)
    assert code == 1
    assert "no row is joined with an entry: no id of the table is in the log" in words


def test_without_a_log_the_command_ends_with_2(investigation: Path) -> None:
    investigation.write_text(investigation.read_text().split("[online]")[0])
    found = CliRunner().invoke(app, ["parity", str(investigation)])
    assert found.exit_code == 2
    assert "offline and online can't be compared: no [online] log" in found.stderr


def test_a_scan_says_it_too(investigation: Path, tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["scan", str(investigation), "--out", str(tmp_path / "out")]).exit_code == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["online"]["joined"]["pairs"] == 1_995
    assert report["online"]["columns"][0]["column"] == "amount"
