import json
import math

import pytest
from typer.testing import CliRunner

from explainers.explanation import Explanation, Split, TreePath
from mispredict import Investigation
from mispredict.cli.explain import as_plain
from mispredict.cli.main import app
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
    plain = as_plain(found)
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
