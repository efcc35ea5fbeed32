import json
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from typer.testing import CliRunner

from mispredict.cli.main import app
from mispredict.investigation.desk import FrozenRow
from mispredict.obvious import database
from mispredict.obvious.export import export
from mispredict.obvious.freeze import Why, freeze
from mispredict.obvious.importing import import_folder
from mispredict.obvious.store import open_or_make_store, open_store

INVESTIGATION = """
[investigation]
name = "A few payments"
[data]
path = "payments.csv"
target = "is_fraud"
positive = 1
id = "payment"
[model]
path = "live.skops"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return a folder with an investigation whose live model is always wrong and whose candidate is right."""
    folder = tmp_path_factory.mktemp("payments")
    amount = np.r_[np.linspace(0, 40, 30), np.linspace(60, 100, 30)]
    fraud = np.r_[np.zeros(30, int), np.ones(30, int)]
    payments = pd.DataFrame({"payment": [f"p{i}" for i in range(60)], "amount": amount, "is_fraud": fraud})
    skops.io.dump(LogisticRegression().fit(payments[["amount"]], fraud), folder / "candidate.skops")
    skops.io.dump(LogisticRegression().fit(payments[["amount"]], 1 - fraud), folder / "live.skops")
    other = payments[["amount"]].rename(columns={"amount": "price"})
    skops.io.dump(LogisticRegression().fit(other, fraud), folder / "other.skops")
    payments.to_csv(folder / "payments.csv", index=False)
    (folder / "investigation.toml").write_text(INVESTIGATION)
    return folder


@pytest.fixture
def where(tmp_path):
    return str(tmp_path / "obvious.db")


def obvious(*arguments):
    return CliRunner().invoke(app, ["obvious", *map(str, arguments)])


def case(name="p1", reason="a good customer"):
    row = FrozenRow(name, {"amount": 90.0}, {"amount": "float64"}, {}, 1, 0, (0, 1), 0.1, 0.1, "d", "m", 0.5)
    return freeze([row], Why(reason, "ann"))[0]


def test_the_way_of_an_error_from_the_table_to_the_check(home, where, tmp_path):
    said = obvious(
        *(
            "promote",
            where,
            "--from",
            home / "investigation.toml",
            "--row",
            "p50",
            "--row",
            "p2",
            "--reason",
            "blocked",
        ),
        *("--severity", "blocker", "--incident", "INC-7", "--by", "ann", "--json"),
    )
    assert said.exit_code == 0, said.output
    ids = json.loads(said.stdout)["ids"]
    kept = open_store(where).list()
    assert sorted(ids) == [c.id for c in kept]
    assert {(c.severity, c.incident, c.promoted_by, c.reason) for c in kept} == {("blocker", "INC-7", "ann", "blocked")}
    assert [c.expect.of for c in sorted(kept, key=lambda c: c.source.row)] == [0, 1]

    red = obvious("check", where, "--model", home / "live.skops", "--junit", tmp_path / "junit.xml")
    assert red.exit_code == 1, red.output
    assert "2 cases: 0 passed, 2 failed" in red.stdout
    assert "expected the answer 1, got the answer 0" in red.stdout
    assert ET.parse(tmp_path / "junit.xml").getroot().get("failures") == "2"

    green = obvious("check", export(kept, tmp_path / "set"), "--model", home / "candidate.skops", "--json")
    assert green.exit_code == 0, green.output
    assert json.loads(green.stdout)["passed"] == 2


def test_a_model_that_needs_another_column_passes_nothing(home, where):
    open_or_make_store(where).promote([case()])
    said = obvious("check", where, "--model", home / "other.skops")
    assert said.exit_code == 1, said.output
    assert "unchecked" in said.stdout
    assert "price" in said.stdout


def test_a_damaged_model_ends_with_2(where, tmp_path):
    open_or_make_store(where).promote([case()])
    (tmp_path / "model.txt").write_text("tree\nversion=v4\nTree=0\n")
    said = obvious("check", where, "--model", tmp_path / "model.txt")
    assert (said.exit_code, said.stdout) == (2, "")
    assert "found:" in said.stderr


@pytest.mark.parametrize(
    ("options", "needed"),
    [
        (("--row", "p2", "--reason", " "), "1 to 10000 that say why"),
        (("--row", "p2", "--reason", "x", "--expect", "at_least:2"), "probabilities from 0 to 1"),
        (("--row", "nobody", "--reason", "x"), "nobody"),
    ],
)
def test_a_promotion_that_can_not_be_kept_ends_with_2_and_makes_no_file(home, where, tmp_path, options, needed):
    said = obvious("promote", where, "--from", home / "investigation.toml", *options)
    assert said.exit_code == 2, said.output
    assert needed in said.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_list_has_the_contract_s_fields(where):
    open_or_make_store(where).promote([case()])
    found = json.loads(obvious("list", where, "--json").stdout)
    assert [c["id"] for c in found] == [case().id]
    assert found[0]["expect"] == {"kind": "label", "class": 1, "threshold": 0.5}


def test_a_list_obeys_nothing_that_a_reason_holds(where):
    open_or_make_store(where).promote([case(reason="red \x1b[31m and\nanother line")])
    said = obvious("list", where).stdout
    assert "\x1b" not in said
    assert said.splitlines()[0].endswith(r"red \x1b[31m and\nanother line")
    assert said.splitlines()[-1] == "1 cases"


def test_a_set_goes_out_and_comes_in_again(where, tmp_path):
    open_or_make_store(where).promote([case("a"), case("b")])
    out = obvious("export", where, "--to", tmp_path / "set", "--json")
    assert json.loads(out.stdout) == {"folder": str(tmp_path / "set"), "cases": 2, "warnings": []}
    other = str(tmp_path / "other.db")
    came = json.loads(obvious("import", other, tmp_path / "set", "--json").stdout)
    assert set(came["effects"].values()) == {"new"}
    again = json.loads(obvious("import", other, tmp_path / "set", "--json").stdout)
    assert set(again["effects"].values()) == {"unchanged"}
    assert open_store(other).list() == import_folder(tmp_path / "set")


@pytest.mark.parametrize("command", [("list",), ("check", "--model", __file__), ("export", "--to", "set")])
def test_a_set_that_is_not_there_ends_with_2(where, tmp_path, command):
    said = obvious(command[0], where, *command[1:])
    assert (said.exit_code, said.stdout) == (2, "")
    assert "found:  no file" in said.stderr
    assert "do:     check the name, or promote a first case" in said.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_empty_set_passes_no_model(where, home):
    open_or_make_store(where)
    said = obvious("check", where, "--model", home / "live.skops")
    assert said.exit_code == 2
    assert "no case in" in said.stderr


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ((), "no model"),
        (("--url", "file:///etc/passwd"), "the url begins with 'file'"),
        (("--url", "http://127.0.0.1:1", "--model", "m.txt"), "no file m.txt"),
        (("--url", "http://127.0.0.1:1", "--protocol", "grpc"), "the protocol 'grpc'"),
        (("--url", "http://127.0.0.1:1", "--auth-env", "HOME"), "[command] auth_env is no such name"),
        (("--model", "nowhere.txt"), "no file nowhere.txt"),
    ],
)
def test_a_check_needs_a_model_file(where, options, found):
    open_or_make_store(where).promote([case()])
    said = obvious("check", where, *options)
    assert said.exit_code == 2
    assert f"found:  {found}" in said.stderr


def test_a_folder_that_is_no_set_is_refused_everywhere(tmp_path, where):
    open_or_make_store(where).promote([case()])
    for command in (("import", where, tmp_path), ("check", tmp_path, "--model", where), ("list", tmp_path)):
        assert obvious(*command).exit_code == 2
    assert obvious("export", where, "--to", tmp_path).exit_code == 2


@pytest.mark.parametrize("command", ["promote", "list", "check", "export", "import"])
def test_every_command_has_help_with_an_example(command):
    said = obvious(command, "--help")
    assert said.exit_code == 0
    assert f"Example: mispredict obvious {command} " in " ".join(said.stdout.split())
    assert "--json" in said.stdout


@pytest.fixture
def promoted(home, where):
    """Return a store with the rows p50 (a fraud) and p2 (none), promoted from the investigation."""
    said = obvious(
        *(
            "promote",
            where,
            "--from",
            home / "investigation.toml",
            "--row",
            "p50",
            "--row",
            "p2",
            "--reason",
            "blocked",
        ),
        *("--by", "ann", "--owner", "team risk", "--tag", "cards", "--tag", "big", "--expires", "2099-12-31", "--json"),
    )
    assert said.exit_code == 0, said.output
    return json.loads(said.stdout)["ids"]


def test_a_case_keeps_owner_tags_last_day_and_the_explanation_at_promotion(promoted, where):
    kept = {c.source.row: c for c in open_store(where).list()}["p50"]
    assert (kept.owner, kept.tags, kept.expires) == ("team risk", ("cards", "big"), "2099-12-31")
    why = kept.explanation
    assert (why.method, why.of) == ("linear", 1)
    assert why.base + sum(why.values.values()) == pytest.approx(why.score)
    assert 1 / (1 + np.exp(-why.score)) == pytest.approx(kept.model.score)


def test_several_models_make_a_table_of_cases_and_models(home, where, promoted, tmp_path):
    models = ("--model", home / "live.skops", "--model", home / "candidate.skops", "--model", home / "other.skops")
    said = obvious("check", where, *models, "--json", "--junit", tmp_path / "j.xml", "--markdown", tmp_path / "c.md")
    assert said.exit_code == 1
    found = json.loads(said.stdout)
    assert found["schema"] == "mispredict/obvious-matrix@1"
    assert [m["model"] for m in found["models"]] == ["live.skops", "candidate.skops", "other.skops"]
    assert all(line["status"] == ["failed", "passed", "unchecked"] for line in found["matrix"])
    why = found["models"][0]["results"][0]["explanation"]
    assert why["now"]["class"] == why["at_promotion"]["class"] == 1
    suites = ET.parse(tmp_path / "j.xml").getroot()
    assert [suite.get("failures") for suite in suites] == ["2", "0", "0"]
    assert "candidate&#46;skops** gets every case right" in (tmp_path / "c.md").read_text()


def test_words_of_a_failure_say_why_now_and_at_promotion(home, where, promoted):
    lines = obvious("check", where, "--model", home / "live.skops").stdout.splitlines()
    assert sum("why now: amount" in line for line in lines) == 2
    assert sum("at promotion: amount" in line for line in lines) == 2


def test_severity_decides_how_a_check_ends(home, where, promoted):
    for least, ends in (("minor", 1), ("major", 1), ("blocker", 0)):
        assert obvious("check", where, "--model", home / "live.skops", "--fail-on", least).exit_code == ends


def test_checks_are_told_by_the_history_and_a_case_that_flips_is_named(home, where, promoted):
    for model in ("candidate", "live", "candidate"):
        obvious("check", where, "--model", home / f"{model}.skops", "--by", "ci")
    obvious("check", where, "--model", home / "live.skops", "--no-record")
    found = json.loads(obvious("history", where, "--json").stdout)
    assert [(c["model"], c["passed"], c["judged"], c["actor"]) for c in found["checks"]] == [
        ("candidate.skops", 2, 2, "ci"),
        ("live.skops", 0, 2, "ci"),
        ("candidate.skops", 2, 2, "ci"),
    ]
    assert found["back_and_forth"] == dict.fromkeys(promoted, 2)
    assert "goes back and forth" in obvious("history", where, promoted[0]).stdout


def test_a_case_is_edited_retired_and_brought_back_with_a_history(where, promoted):
    case = promoted[0]
    assert (
        obvious("edit", where, case, "--severity", "blocker", "--owner", "", "--tag", "one", "--by", "bob").exit_code
        == 0
    )
    told = json.loads(obvious("history", where, case, "--json").stdout)
    assert [(d["field"], d["old"], d["new"]) for d in told["changes"][1]["differences"]] == [
        ("severity", "major", "blocker"),
        ("owner", "team risk", None),
        ("tags", ["cards", "big"], ["one"]),
    ]
    late = obvious("edit", where, case, "--reason", "late", "--seen", told["changes"][0]["seq"])
    assert late.exit_code == 2
    assert "bob changed at" in late.stderr.replace("\n", " ")
    assert obvious("retire", where, case).exit_code == 0
    assert case not in [c.id for c in open_store(where).list()]
    assert obvious("undo", where, case).stdout == f"{case}: brought back\n"


def test_latency_is_held_to_the_set_s_budgets(home, where, promoted):
    assert obvious("budget", where, "single.p99=60000", "batch.p50=60000").exit_code == 0
    said = obvious("check", where, "--model", home / "candidate.skops", "--latency", "--json")
    assert said.exit_code == 0, said.output
    single, batch = json.loads(said.stdout)["latency"][0]["measured"]
    assert (single["rows_a_call"], batch["rows_a_call"], single["warm_up"]) == (1, 1000, 10)
    obvious("budget", where, "single.p50=0.000001")
    said = obvious("check", where, "--model", home / "candidate.skops", "--latency")
    assert said.exit_code == 1
    assert "single.p50 took" in said.stdout


def test_a_store_that_can_not_be_written_is_checked_and_says_that_it_keeps_nothing(home, where, promoted, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with database.writing(database.engine_for(where)):
        said = obvious("check", where, "--model", home / "candidate.skops")
    assert said.exit_code == 0
    assert "the check was not kept in the history" in said.stderr


def test_a_set_leaves_and_comes_back_in_every_form(where, promoted, tmp_path):
    for form in ("folder", "set.jsonl", "set.csv"):
        assert obvious("export", where, "--to", tmp_path / form).exit_code == 0
        back = str(tmp_path / f"{form}.db")
        assert obvious("import", back, tmp_path / form).exit_code == 0
        assert open_store(back).list() == open_store(where).list()


def test_a_folder_that_was_changed_by_hand_is_imported_only_when_that_is_meant(where, promoted, tmp_path):
    obvious("export", where, "--to", tmp_path / "set")
    cases = tmp_path / "set" / "cases.jsonl"
    cases.write_text(cases.read_text().replace("blocked", "spared"))
    said = obvious("import", tmp_path / "other.db", tmp_path / "set")
    assert said.exit_code == 2
    assert "SHA256SUMS" in said.stderr
    assert not (tmp_path / "other.db").exists()
    assert obvious("import", tmp_path / "other.db", tmp_path / "set", "--unverified").exit_code == 0


def test_what_a_model_reads_is_not_taken_away_and_the_rest_is(home, where, tmp_path, monkeypatch):
    monkeypatch.setenv("SET_KEY", "a secret of sixteen")
    row = FrozenRow("ann@example.org", {"amount": 90.0, "mail": "ann@example.org"},
                    {"amount": "float64", "mail": "str"}, {}, 1, 0, (0, 1), 0.1, 0.1, "d", "m", 0.5)  # fmt: skip
    open_or_make_store(where).promote(freeze([row], Why("blocked", "ann")))
    model = ("--model", home / "candidate.skops")
    said = obvious("export", where, "--to", tmp_path / "a.csv")
    assert "warning: the column 'mail' looks like personal data" in said.stderr
    for refused, why in (
        (("--drop", "mail"), "no model"),
        (("--drop", "amount", *model), "which the model reads"),
        (("--hash", "id"), "no key"),
        (("--hash", "id", "--hash-key-env", "NO_SUCH"), "no variable NO_SUCH"),
    ):
        said = obvious("export", where, "--to", tmp_path / "b.csv", *refused)
        assert (said.exit_code, why in said.stderr) == (2, True), said.output
    hidden = ("--drop", "mail", "--hash", "id", "--hash", "source.row", "--hash-key-env", "SET_KEY")
    said = obvious("export", where, "--to", tmp_path / "b", *hidden, *model)
    assert (said.exit_code, said.stderr) == (0, "")
    assert b"example" not in b"".join(file.read_bytes() for file in (tmp_path / "b").iterdir())
    assert obvious("check", tmp_path / "b", *model).exit_code == 0


def test_a_list_of_rows_after_an_incident_is_promoted(home, where, tmp_path):
    (tmp_path / "rows.csv").write_text("row,reason,severity\np50,refused,blocker\np2,paid,\n")
    said = obvious(
        "import", where, tmp_path / "rows.csv", "--from", home / "investigation.toml", "--by", "ann", "--json"
    )
    assert said.exit_code == 0, said.output
    assert sorted(json.loads(said.stdout)["ids"]) == [c.id for c in open_store(where).list()]
    (tmp_path / "rows.csv").write_text("row,reason\np51,refused\nnobody,paid\n")
    said = obvious("import", where, tmp_path / "rows.csv", "--from", home / "investigation.toml")
    assert said.exit_code == 2
    assert "nobody" in said.stderr
    assert len(open_store(where).list()) == 2


@pytest.fixture
def learned(home):
    """Return the investigation with a training table in which the row p50 stands, and a candidate."""
    rows = pd.read_csv(home / "payments.csv").iloc[[50, 3, 7, 9]]
    rows.to_csv(home / "training.csv", index=False)
    text = INVESTIGATION + '[training]\npath = "training.csv"\n[candidate]\npath = "candidate.skops"\n'
    (home / "learned.toml").write_text(text)
    return home / "learned.toml"


def test_cases_that_stand_in_training_are_named_and_may_be_forbidden(home, where, promoted, learned):
    model = ("--model", home / "candidate.skops")
    said = obvious("check", where, *model, "--training", home / "training.csv", "--json")
    assert said.exit_code == 0, said.output
    told = json.loads(said.stdout)["contamination"]
    assert [(one["case"], one["rows"]) for one in told["learned"]] == [
        (next(i for i in promoted if i.startswith("p50")), [0])
    ]
    said = obvious("check", where, *model, "--training", home / "training.csv", "--forbid-contamination")
    assert said.exit_code == 1
    assert "learned: equal to 1 row(s) of the training table, such as row 0" in said.stdout
    said = obvious("check", where, *model, "--forbid-contamination")
    assert said.exit_code == 2
    assert "no training table" in said.stderr


def test_an_investigation_names_the_models_and_the_fresh_rows(where, promoted, learned):
    said = obvious("check", where, "--from", learned, "--json")
    assert said.exit_code == 1, said.output
    found = json.loads(said.stdout)
    assert [m["model"] for m in found["models"]] == ["live.skops", "candidate.skops"]
    assert found["fresh"]["candidate.skops"]["accuracy"] == 1.0
    assert found["fresh"]["live.skops"]["accuracy"] == 0.0
    assert found["fresh"]["candidate.skops"]["rows"] == 60
    assert found["contamination"]["cases"] == 2
    runs = json.loads(obvious("history", where, "--json").stdout)["checks"]
    assert [run["fresh"]["accuracy"] for run in runs] == [0.0, 1.0]


def test_coverage_is_told_for_an_investigation(where, promoted, learned):
    said = obvious("coverage", where, "--from", learned, "--json")
    assert said.exit_code == 0, said.output
    assert "have no case (2 cases)" in json.loads(said.stdout)["sentence"]
