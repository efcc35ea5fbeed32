"""Broken invariants as findings: on which tables, which rows, and whether the model errs there."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import InvestigationRefused
from mispredict.investigation.investigation import Investigation
from mispredict.suspects.suspect import Judged
from tests.mispredict.parity.serving import FEATURES, Service, judged, rows

TABLE = rows(3_000)
SERVICE = Service(TABLE)
BAD = np.flatnonzero(np.arange(3_000) % 97 == 0)


@pytest.fixture
def declared(tmp_path: Path):
    def write(text: str) -> str:
        (tmp_path / "invariants.yaml").write_text(text)
        return str(tmp_path / "invariants.yaml")

    return write


def investigate(file: str, table: pd.DataFrame = TABLE, **more: object) -> Investigation:
    roles = {"target": "label", "id": "row", "time": "when", "features": FEATURES, "logged": {"score": "score"}}
    return Investigation(model=SERVICE.model, rows=table, invariants=file, **(roles | more))


def spoiled() -> pd.DataFrame:
    table = TABLE.copy()
    table.loc[BAD, "amount"] = -1.0
    table.loc[BAD, "label"] = 1
    return table


def test_one_file_is_held_to_three_tables(declared) -> None:
    file = declared("columns:\n  amount: {above: 0}\n  age: {missing: never}\n  label: {one_of: [0, 1]}")
    log = SERVICE.log(TABLE)
    log.loc[:9, "age"] = np.nan
    investigation = investigate(file, spoiled(), training=TABLE, online=log)
    found = investigation.invariants()
    states = {one.invariant.words: [o.state for o in one.outcomes] for one in found.held}
    assert states == {
        "`amount` is above 0": ["held", "broken", "held"],
        "`age` is never missing": ["held", "held", "broken"],
        "`label` is one of 0, 1": ["held", "held", "not judged"],
    }
    assert found.sides == ("training", "data", "online")
    suspects = judged(investigation, "invariant").suspects
    assert [(one.severity, one.culprits) for one in suspects] == [("certain", ("amount",)), ("certain", ("age",))]
    amount = suspects[0]
    assert amount.rows == tuple(TABLE["row"].iloc[BAD])
    assert "Broken in the examined table: 31 of 3,000 rows (1 %)" in amount.summary
    assert "it holds in training and in the log" in amount.summary
    assert amount.q_value is not None
    assert "x more errors among these rows" in amount.summary
    assert amount.of_errors is not None
    assert amount.charts[1].form == "table"
    assert amount.evidence["line of the file"] == 2


def test_what_holds_everywhere_passes_and_nothing_declared_is_not_judged(declared) -> None:
    passed = judged(investigate(declared("columns: {amount: {above: 0}}")), "invariant")
    assert (passed.suspects, passed.looked_at) == ((), "1 invariants on the examined table")
    assert judged(investigate(None), "invariant").why_not == "no [invariants] file"  # type: ignore[arg-type]
    with pytest.raises(InvestigationRefused, match="needed: a file that says what must hold"):
        investigate(None).invariants()  # type: ignore[arg-type]


def test_training_alone_is_suspected_and_what_no_table_can_judge_is_told(declared) -> None:
    found: Judged = judged(
        investigate(
            declared(f"columns:\n  amount: {{above: 0}}\nmeans:\n- {{column: age, to: {TABLE['age'].mean()}}}"),
            training=spoiled(),
        ),
        "invariant",
    )
    assert [(one.severity, one.culprits) for one in found.suspects] == [("suspected", ("amount",)), ("info", ())]
    assert "1 invariants could be judged on no table" in found.suspects[1].summary


def test_whose_an_entry_is_comes_from_its_row(declared) -> None:
    table = TABLE.assign(who=np.arange(3_000) % 200, visits=np.arange(3_000) // 200 + 1)
    file = declared("entities:\n- {never_falls: visits}")
    log = SERVICE.log(table.assign(visits=table["visits"].where(table["who"] > 3, 1)))
    found = investigate(file, table, online=log, entity="who").invariants()
    (one,) = found.held
    assert [o.state for o in one.outcomes] == ["held", "held"]
    back = table["visits"].where((table["who"] > 3) | (table["visits"] < 9), 1)
    log = SERVICE.log(table.assign(visits=back))
    (one,) = investigate(file, table, online=log, entity="who").invariants().held
    assert [o.state for o in one.outcomes] == ["held", "broken"]
    assert one.on("online").broken == int(((table["visits"] >= 9) & (table["who"] <= 3)).sum())


@pytest.mark.parametrize("where", ["amout", "nowhere"])
def test_a_column_that_no_table_has_is_refused_on_opening_with_its_line(declared, where: str) -> None:
    file = declared(f"columns:\n  amount: {{above: 0}}\n  {where}: {{above: 0}}")
    with pytest.raises(InvestigationRefused) as refused:
        investigate(file, online=SERVICE.log(TABLE))
    assert f"invariants.yaml, line 3: no table has a column '{where}'" in str(refused.value)
    assert ("nearest: 'amount'" in str(refused.value)) == (where == "amout")
    log = SERVICE.log(TABLE).assign(**{where: 1})
    assert investigate(file, online=log).invariants().held[0].state == "held"


def test_the_same_answer_comes_through_a_worker_and_stands_in_the_report(declared, tmp_path, monkeypatch) -> None:
    import json

    import skops.io
    from typer.testing import CliRunner

    from mispredict.cli.main import app

    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "cache"))
    declared("columns:\n  amount: {above: 0}\nmeans:\n- {column: age, to: 90}")
    spoiled().to_parquet(tmp_path / "table.parquet")
    skops.io.dump(SERVICE.model, tmp_path / "model.skops")
    (tmp_path / "i.toml").write_text(
        '[data]\npath = "table.parquet"\ntarget = "label"\npositive = 1\nid = "row"\ntime = "when"\n'
        f"features = {json.dumps(FEATURES)}\n"
        '[model]\npath = "model.skops"\n[invariants]\npath = "invariants.yaml"\n'
    )
    run = CliRunner()
    said = run.invoke(app, ["invariants", str(tmp_path / "i.toml")])
    assert said.exit_code == 1
    assert "1 broken, 1 held; judged on the examined table" in said.stdout
    assert "broken      `amount` is above 0 (line 2)" in said.stdout
    as_json = json.loads(run.invoke(app, ["invariants", "check", str(tmp_path / "i.toml"), "--json"]).stdout)
    assert [one["state"] for one in as_json["held"]] == ["broken", "held"]
    scan = run.invoke(app, ["scan", str(tmp_path / "i.toml"), "--out", str(tmp_path / "out"), "--fail-on", "certain"])
    assert scan.exit_code == 1
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["invariants"]["held"][0]["outcomes"][0]["broken"] == len(BAD)
    assert [one["kind"] for one in report["suspects"] if one["severity"] == "certain"] == ["invariant"]
    (tmp_path / "invariants.yaml").write_text("columns:\n  amount: {abvoe: 0}\n")
    refused = run.invoke(app, ["scan", str(tmp_path / "i.toml"), "--out", str(tmp_path / "again")])
    assert refused.exit_code == 2
    assert "invariants.yaml, line 2: 'abvoe' is not known" in refused.stderr
    assert not (tmp_path / "again").exists()


def test_suggestions_come_by_command_and_are_never_written_over(tmp_path: Path, monkeypatch) -> None:
    import json

    from typer.testing import CliRunner

    from mispredict.cli.main import app

    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "cache"))
    TABLE.to_parquet(tmp_path / "table.parquet")
    (tmp_path / "i.toml").write_text('[data]\npath = "table.parquet"\ntarget = "label"\n[model]\npath = "none.skops"\n')
    run, file = CliRunner(), tmp_path / "suggested.yaml"
    said = run.invoke(app, ["invariants", "suggest", str(tmp_path / "i.toml"), "--to", str(file)])
    assert said.exit_code == 0, said.stderr
    assert "amount" in file.read_text()
    again = run.invoke(app, ["invariants", "suggest", str(tmp_path / "i.toml"), "--to", str(file)])
    assert again.exit_code == 2
    assert "suggested.yaml exists" in again.stderr
    found = json.loads(run.invoke(app, ["invariants", "suggest", str(tmp_path / "i.toml"), "--json"]).stdout)
    assert found["windows"] == 15
    assert "# Suggested from 3,000" in run.invoke(app, ["invariants", "suggest", str(tmp_path / "i.toml")]).stdout


def test_suggestions_from_training_say_which_of_them_the_examined_table_breaks(tmp_path: Path) -> None:
    from mispredict.invariants.mining.asking import suggest_for
    from mispredict.invariants.mining.text import file_text

    TABLE.to_parquet(tmp_path / "training.parquet")
    spoiled().to_parquet(tmp_path / "table.parquet")
    (tmp_path / "i.toml").write_text(
        '[data]\npath = "table.parquet"\ntarget = "label"\nid = "row"\ntime = "when"\n'
        '[model]\npath = "none.skops"\n[training]\npath = "training.parquet"\n'
    )
    found = suggest_for(str(tmp_path / "i.toml"))
    assert [(one.sentence, one.words) for one in found.broken] == [("`amount` is above 0", "31 of 3,000 rows break it")]
    text = file_text(found)
    assert f"# 1 of {len(found.suggestions)} are broken in table.parquet." in text
    assert text.count("; broken in the examined table: 31 of 3,000 rows break it") == 1
