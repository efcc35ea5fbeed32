import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from mispredict import Investigation
from mispredict.cli.main import app
from mispredict.cli.suspected import in_words
from mispredict.investigation import suspecting
from mispredict.suspects import SUSPECTS
from mispredict.suspects.detector import About, Found
from mispredict.suspects.suspect import Clearing, Judged, Suspect, Suspicions

CERTAIN = Suspect("drift", "certain", ("amount", "p"), 1.0, 0.9, "`amount`\nmoved", "a reason", "look", rows=("1", "2"))
DOUBTFUL = Suspect("drift", "suspected", ("p",), 0.5, 0.9, "`p` moved", "", "")
WORTH_KNOWING = Suspect("drift", "info", (), 0.1, 0.1, "it moves", "", "")


class Telling:
    """A detector that tells what it is made with."""

    def __init__(self, kind, *found, lacks=None):
        self.kind, self.found, self.lacks = kind, found, lacks
        self.about = About(f"Title of {kind}", "", "", "", "")

    def refusal(self, inquiry):
        return self.lacks

    def find(self, inquiry):
        return Found(self.found, "2 columns")


DETECTORS = (
    Telling("target_leak"),
    Telling("drift", CERTAIN, DOUBTFUL, WORTH_KNOWING),
    Telling("label_delay", lacks="no [data] label_time"),
)


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "cache"))  # what other detectors said is no answer here
    rng = np.random.default_rng(0)
    p = rng.random(400)
    rows = pd.DataFrame({"key": range(400), "p": p, "amount": rng.gamma(2.0, 50.0, 400), "y": rng.random(400) < p})
    rows.to_parquet(tmp_path / "rows.parquet")
    text = '[data]\npath = "rows.parquet"\ntarget = "y"\nid = "key"\n[model]\nscores = "p"\n'
    (tmp_path / "i.toml").write_text(text)
    monkeypatch.setattr(suspecting, "SUSPECTS", {one.kind: one for one in DETECTORS})
    monkeypatch.setattr("mispredict.suspects.SUSPECTS", {one.kind: one for one in DETECTORS})
    monkeypatch.setattr(Investigation, "close", lambda self: None, raising=False)
    monkeypatch.setattr("mispredict.worker.client.RemoteInvestigation", Investigation.from_file)
    return tmp_path / "i.toml"


def ask(*words):
    return CliRunner().invoke(app, ["suspects", *map(str, words)])


def keys(file):
    return {found["summary"]: found["key"] for found in json.loads(ask(file, "--json").stdout)["suspects"]}


def test_findings_passed_checks_and_those_not_judged_are_listed(file):
    said = ask(file)
    assert said.exit_code == 0, said.output
    lines = said.stdout.splitlines()
    assert lines[0] == "1 certain, 1 suspected, 1 info; 1 check passed, 1 not judged"
    assert lines[1].startswith("certain     drift amount, p [")
    assert lines[2].strip() == "`amount`\\nmoved"
    assert "its rows hold: " in lines[3]
    assert "0.5% of rows" in lines[3]
    assert [line.strip() for line in lines[4:6]] == ["do next: look", "cleared if: a reason"]
    assert lines[-2:] == ["passed      target_leak: 2 columns", "not judged  label_delay: no [data] label_time"]


def test_list_may_be_said_or_left_out(file):
    assert ask("list", file).stdout == ask(file).stdout == ask("list", file, "--kind", "target_leak",
           "--kind", "drift", "--kind", "label_delay").stdout  # fmt: skip
    assert ask("--json", file).exit_code == 0


def test_json_is_what_the_report_says_of_suspects(file):
    found = json.loads(ask(file, "--json").stdout)
    report = json.loads(json.dumps(Investigation.from_file(file).report()))
    assert {**found, "notes": 0} == {name: report[name] for name in ("suspects", "not_judged", "checks")} | {"notes": 0}
    assert {"label_delay", "skew"} <= {one["kind"] for one in found["not_judged"]}


def test_one_kind_is_told_alone(file):
    lines = ask(file, "--kind", "target_leak").stdout.splitlines()
    assert lines == ["nothing found; 1 check passed, 0 not judged", "passed      target_leak: 2 columns"]
    found = json.loads(ask(file, "--kind", "label_delay", "--json").stdout)
    assert (found["suspects"], found["checks"]) == ([], [])
    assert [one["kind"] for one in found["not_judged"]] == ["label_delay"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 0),
        (("--fail-on", "certain"), 1),
        (("--fail-on", "suspected"), 1),
        (("--fail-on", "certain", "--kind", "target_leak"), 0),
        (("--fail-on", "info"), 2),
        (("--kind", "drif"), 2),
    ],
)
def test_exit_codes(file, options, code):
    assert ask(file, *options).exit_code == code


def test_an_unknown_kind_is_refused_before_any_work(tmp_path):
    said = ask(tmp_path / "none.toml", "--kind", "drif")
    assert said.exit_code == 2
    assert "found:  the kind 'drif'" in said.stderr
    assert all(kind in said.stderr for kind in SUSPECTS)


def test_a_missing_file_is_refused_with_two(tmp_path):
    said = ask(tmp_path / "none.toml")
    assert said.exit_code == 2
    assert "none.toml" in said.stderr


def test_a_cleared_finding_fails_no_gate_until_it_is_reopened(file):
    key = keys(file)["`amount`\nmoved"]
    said = ask("clear", file, key, "--by", "ann", "--reason", "a new tariff")
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith(f"cleared: drift {key}: ")
    assert ask(file, "--fail-on", "certain").exit_code == 0
    assert ask(file, "--fail-on", "suspected").exit_code == 1
    told = ask(file).stdout
    assert told.startswith("1 suspected, 1 info, 1 cleared; ")
    assert "cleared: by ann, 20" in told
    assert "do next: look" not in told
    last = json.loads(ask(file, "--json").stdout)["suspects"][-1]
    assert (last["severity"], last["found_severity"], last["cleared"]["reason"]) == ("info", "certain", "a new tariff")
    assert ask("reopen", file, key, "--by", "bob", "--reason", "no").stdout.startswith(f"open: drift {key}")
    assert ask(file, "--fail-on", "certain").exit_code == 1
    assert ask("reopen", file, key, "--reason", "no").exit_code == 2


def test_scan_says_the_first_findings_and_gates_on_open_ones(file, tmp_path):
    scan = ["scan", str(file), "--out", str(tmp_path / "report"), "--fail-on", "certain"]
    said = CliRunner().invoke(app, scan)
    assert said.exit_code == 1
    assert "certain: drift: `amount`\\nmoved" in said.stdout
    assert "suspects: 2 open findings, 1 check passed, " in said.stdout
    assert "it moves" not in said.stdout
    ask("clear", file, keys(file)["`amount`\nmoved"], "--reason", "so")
    said = CliRunner().invoke(app, scan)
    assert said.exit_code == 0, said.output
    assert "suspects: 1 open finding, 1 check passed, " in said.stdout


def test_clearing_needs_a_finding_a_name_and_a_reason(file):
    for words, message in (
        (("clear", file, "nobody", "--reason", "so"), "no finding has the key 'nobody'"),
        (("clear", file, keys(file)["it moves"], "--reason", " "), "without a reason"),
    ):
        said = ask(*words)
        assert said.exit_code == 2
        assert message in said.stderr
    assert ask("clear", file, "key").exit_code == 2


def test_who_clears_is_the_user_unless_said_and_json_is_the_finding(file):
    said = ask("clear", file, keys(file)["it moves"], "--reason", "so", "--json")
    assert json.loads(said.stdout)["cleared"]["by"].startswith("local:")


def test_stopping_keeps_what_is_done(file, monkeypatch):
    def stopped(inquiry):
        raise KeyboardInterrupt

    monkeypatch.setattr(DETECTORS[2], "refusal", stopped, raising=False)
    said = ask(file)
    assert said.exit_code == 130
    assert "the checks that are done are kept" in said.stderr
    assert [one.kind for one in Investigation.from_file(file).suspects_so_far().judged] == ["target_leak", "drift"]


def test_progress_says_the_title_of_what_is_looked_for(file):
    told = []
    Investigation.from_file(file).suspects(lambda share, doing: told.append(doing))
    assert [title for title in told if title.startswith("Title")] == [one.about.title for one in DETECTORS]


def test_a_finding_that_was_cleared_for_other_data_says_so():
    word = Clearing("ann", "so", "2026-01-01", holds=False)
    suspect = replace(DOUBTFUL, key="k", cleared=word)
    lines = in_words(Suspicions((suspect,), (Judged("drift", (suspect,), "", 0.0),), (), 0.0, ("a note",)))
    assert lines[0] == "1 suspected; 0 checks passed, 0 not judged"
    assert "            cleared: for other data, by ann, 2026-01-01: so" in lines
    assert lines[-1] == "a note"


def test_help_shows_an_example():
    assert "Example: mispredict suspects" in " ".join(ask("--help").stdout.split())
    assert "Example: mispredict suspects clear" in " ".join(ask("clear", "--help").stdout.split())


def test_a_worker_lists_the_shipped_incident():
    from sample_data import investigation_path

    said = ask(investigation_path(), "--kind", next(iter(SUSPECTS)))
    assert said.exit_code == 0, said.output
    assert "not judged" in said.stdout.splitlines()[0]
