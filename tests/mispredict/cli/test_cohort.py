import json

import pytest
from typer.testing import CliRunner

from mispredict import Investigation
from mispredict.cli.main import app


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    import numpy as np
    import pandas as pd

    folder, rng = tmp_path_factory.mktemp("cohort"), np.random.default_rng(0)
    p = rng.random(2_000)
    rows = pd.DataFrame(
        {"key": range(2_000), "p": p, "amount": rng.gamma(2.0, 50.0, 2_000), "y": rng.random(2_000) < p}
    )
    rows["channel"] = rng.choice(["app", "web"], 2_000)
    rows.to_parquet(folder / "rows.parquet")
    (folder / "i.toml").write_text('[data]\npath = "rows.parquet"\ntarget = "y"\nid = "key"\n[model]\nscores = "p"\n')
    return folder / "i.toml"


@pytest.fixture(scope="module")
def desk(file):
    return Investigation.from_file(file)


@pytest.fixture(autouse=True)
def here(desk, request, monkeypatch):
    """Ask in this process, but for the tests that say otherwise: a worker takes two seconds to start."""
    if "worker" not in request.node.name:
        desk.close = lambda: None
        monkeypatch.setattr("mispredict.worker.client.RemoteInvestigation", lambda path: desk)


def ask(file, *options):
    return CliRunner().invoke(app, ["cohort", str(file), *options])


def test_a_rule_is_measured_in_words_and_as_json(file):
    said = ask(file, "--rule", 'amount > 100 and channel == "app"')
    assert said.exit_code == 0, said.output
    assert 'of 2,000 rows: `amount > 100 and channel == "app"`' in said.stdout
    assert "log loss" in said.stdout
    found = json.loads(ask(file, "--rule", 'amount > 100 and channel == "app"', "--json").stdout)
    assert 0 < found["rows"] < 2_000
    assert found["selection"]["rule"] == 'amount > 100 and channel == "app"'


def test_two_rules_are_compared_by_a_worker(file):
    said = ask(file, "--rule", "channel = app", "--against", "channel = web")
    assert said.exit_code == 0
    assert "rows in both        0" in said.stdout
    assert ask(file, "--rule", "channel = app", "--save", "apps").exit_code == 0
    assert "dropped 'apps'" in ask(file, "--drop", "apps").stdout
    assert "error rate" in said.stdout


def test_a_cohort_is_saved_listed_asked_for_and_dropped(file):
    assert "no cohort is saved" in ask(file, "--list").stdout
    said = ask(file, "--rule", "amount > 100", "--save", "dear ones")
    assert "saved 'dear ones' beside the investigation" in said.stderr
    assert "dear ones: amount > 100" in ask(file, "--list").stdout
    assert "`amount > 100`" in ask(file, "--saved", "Dear ones").stdout
    assert "dropped 'dear ones'" in ask(file, "--drop", "dear ones").stdout
    assert "no cohort is saved" in ask(file, "--list").stdout


def test_a_rule_that_holds_for_no_row_is_answered(file):
    said = ask(file, "--rule", "amount < 0")
    assert said.exit_code == 0
    assert "no row of 2,000: `amount < 0`" in said.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--rule", "amount >"), "at character 9 of the rule"),
        (("--rule", ""), "an empty rule"),
        (("--rule", "__import__('os')"), "no column of the table"),
        (("--rule", "amount > 1", "--against", ""), "an empty rule"),
        ((), "no selection"),
        (("--rule", "amount > 1", "--cluster", "1"), "2 selections"),
        (("--list", "--rule", "amount > 1"), "1 selections"),
        (("--saved", "nobody"), "no saved cohort 'nobody'"),
        (("--drop", "nobody"), "no saved cohort 'nobody'"),
        (("--slice", "400"), "no slice 400"),
        (("--cluster", "0"), "no cluster 0"),
    ],
)
def test_what_can_not_be_done_ends_with_two(file, options, message):
    said = ask(file, *options)
    assert said.exit_code == 2, said.output
    assert message in said.stderr
    assert "do:" in said.stderr


def test_help_shows_an_example():
    assert "Example: mispredict cohort" in CliRunner().invoke(app, ["cohort", "--help"]).stdout
