import json
import math

import pytest
from typer.testing import CliRunner

from explainers.explanation import Explanation, Split, TreePath
from mispredict import Investigation
from mispredict.cli.main import app
from mispredict.report.answer import answer_json
from sample_data import investigation_path


@pytest.fixture(scope="module")
def worst():
    return Investigation.from_file(investigation_path()).ranked(limit=1).rows.iloc[0]


@pytest.mark.parametrize("method", ["walk", "shap"])
def test_an_additive_explanation_adds_up_to_the_models_own_score(worst, method):
    options = ["explain", str(investigation_path()), "--row", worst["id"], "--method", method, "--json"]
    said = CliRunner().invoke(app, options)
    assert said.exit_code == 0, said.stderr
    answer = json.loads(said.stdout)
    assert {"row", "class", "method", "unit", "base", "score", "values", "paths"} <= set(answer)
    assert answer["row"] == worst["id"]
    assert answer["base"] + sum(answer["values"].values()) == pytest.approx(answer["score"], abs=1e-6)
    if answer["unit"] == "probability":
        assert answer["score"] == pytest.approx(worst["probability"], abs=1e-6)


def test_a_walk_has_paths_in_raw_columns(worst):
    options = ["explain", str(investigation_path()), "--row", worst["id"], "--method", "walk", "--json"]
    answer = json.loads(CliRunner().invoke(app, options).stdout)
    splits = [split for path in answer["paths"] for split in path["splits"]]
    assert splits
    assert {split["column"] for split in splits} <= set(answer["values"])


def test_the_candidate_is_explained_too(worst):
    options = ["explain", str(investigation_path()), "--row", worst["id"], "--of", "candidate", "--json"]
    said = CliRunner().invoke(app, options)
    assert said.exit_code == 0, said.stderr
    assert json.loads(said.stdout)["unit"] == "log-odds"


def test_a_threshold_without_bound_is_null_in_json():
    split = Split("a", 1.0, "<=", math.inf, None, 0.0, 0.1)
    path = TreePath(0, 1.0, (split,), 0.1)
    found = Explanation("r", 1, "walk", "probability", 0.0, 0.1, {"a": 0.1}, additive=True, paths=(path,))
    plain = answer_json(found)
    assert json.loads(json.dumps(plain, allow_nan=False))["paths"][0]["splits"][0]["threshold"] is None
    assert list(plain)[:2] == ["row", "class"]


def test_without_json_the_columns_are_listed_by_size(worst):
    said = CliRunner().invoke(app, ["explain", str(investigation_path()), "--row", worst["id"]])
    assert "base" in said.stdout
    assert "the model's answer" in said.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--row", "nobody"], "nobody"),
        (["--row", "WORST", "--method", "magic"], "magic"),
        (["--row", "WORST", "--method", "linear"], "linear can't serve this model"),
    ],
)
def test_what_can_not_be_explained_is_refused_with_two(worst, options, message):
    options = [worst["id"] if o == "WORST" else o for o in options]
    said = CliRunner().invoke(app, ["explain", str(investigation_path()), *options])
    assert said.exit_code == 2
    assert message in said.stderr
    assert "do:" in said.stderr


def ask(*options):
    said = CliRunner().invoke(app, ["explain", str(investigation_path()), *options])
    assert said.exit_code == 0, said.stderr
    return said.stdout


@pytest.mark.parametrize(
    ("about", "words", "key"),
    [
        ("loss", "the row's surprise", "base"),
        ("votes", "trees voted against the truth", "wrong"),
        ("agreement", "knock-out", "correlations"),
        ("training", "nearest training rows by", "rows"),
        ("flip", "searched", "flips"),
    ],
)
def test_other_questions_are_answered_in_words_and_as_json(worst, about, words, key):
    asked = ["--row", worst["id"], "--about", about]
    assert words in ask(*asked)
    assert key in json.loads(ask(*asked, "--json"))


def test_near_thresholds_are_said_in_the_columns_own_units(worst):
    asked = ["--row", worst["id"], "--about", "thresholds"]
    assert "trees change their answer" in ask(*asked)
    assert {"column", "change", "trees", "of", "score"} <= set(json.loads(ask(*asked, "--json"))[0])


def test_a_changed_value_changes_the_score(worst):
    answer = json.loads(ask("--row", worst["id"], "--set", "amount=1.5", "--json"))
    assert answer["changes"] == {"amount": "1.5"}
    assert answer["after"]["score"] != answer["before"]["score"]
    assert sum(answer["after"]["values"].values()) + answer["after"]["base"] == pytest.approx(answer["after"]["score"])


def test_the_other_class_is_explained_when_asked_for(worst):
    one, other = (json.loads(ask("--row", worst["id"], "--class", c, "--json")) for c in ("0", "1"))
    assert (one["class"], other["class"]) == (0, 1)
    assert one["score"] + other["score"] == pytest.approx(1)
    assert one["values"] == pytest.approx({column: -value for column, value in other["values"].items()})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--class", "7"], "the class '7'"),
        (["--set", "amount"], "an equals sign"),
        (["--set", "amount=plenty"], "amount"),
        (["--set", "nothing=1"], "nothing"),
        (["--about", "what-if"], "no change to try"),
        (["--unit", "log-odds"], "adds up in probability"),
    ],
)
def test_a_question_that_has_no_answer_is_refused(worst, options, message):
    said = CliRunner().invoke(app, ["explain", str(investigation_path()), "--row", worst["id"], *options])
    assert said.exit_code == 2, said.stdout
    assert message in said.stderr
    assert "do:" in said.stderr


def test_an_unknown_id_names_the_nearest(worst):
    said = CliRunner().invoke(app, ["explain", str(investigation_path()), "--row", "p0881o8"])
    assert said.exit_code == 2
    assert "p088108" in said.stderr
