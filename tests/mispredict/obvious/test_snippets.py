"""The snippets for continuous integration in the documents, their shell parts run as they stand."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
import yaml
from sklearn.linear_model import LogisticRegression

from mispredict.investigation.desk import FrozenRow
from mispredict.obvious.export import export
from mispredict.obvious.freeze import Why, freeze

TEXT = (Path(__file__).parents[3] / "docs" / "obvious.md").read_text(encoding="utf-8")
SNIPPETS = [yaml.safe_load(part.split("```")[0]) for part in TEXT.split("```yaml\n")[1:]]
INSTALL = "pip install mispredict"  # what is installed here already, from this working tree


def github():
    steps = SNIPPETS[0]["jobs"]["obvious"]["steps"]
    return [step["run"] for step in steps if "run" in step]


def gitlab():
    return SNIPPETS[1]["obvious"]["script"]


@pytest.fixture
def project(tmp_path):
    """Return a project with a model that is right about every case of its set."""
    amount = np.r_[np.linspace(0, 40, 30), np.linspace(60, 100, 30)]
    model = LogisticRegression().fit(pd.DataFrame({"amount": amount}), np.repeat([0, 1], 30))
    skops.io.dump(model, tmp_path / "model.skops")
    export([case(95.0, 1), case(5.0, 0)], tmp_path / "tests" / "obvious")
    return tmp_path


def case(amount, truth):
    row = FrozenRow("p", {"amount": amount}, {"amount": "float64"}, {}, truth, 0, (0, 1), 0.1, 0.1, "d", "m", 0.5)
    return freeze([row], Why("why", "ann"))[0]


def run(commands, project, **more):
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    script = "\n".join(command for command in commands if command != INSTALL)
    environment = {**os.environ, "PATH": programs, **more}
    return subprocess.run(["bash", "-e", "-c", script], cwd=project, env=environment, timeout=120)


@pytest.mark.parametrize("commands", [github(), gitlab()], ids=["github", "gitlab"])
@pytest.mark.parametrize(("right", "code"), [(True, 0), (False, 1)], ids=["right", "wrong"])
def test_the_snippets_pass_a_model_that_is_right_and_stop_one_that_is_not(project, commands, right, code):
    assert INSTALL in commands
    if not right:
        export([case(95.0, 0), case(5.0, 0)], project / "tests" / "obvious")
    assert run(commands, project).returncode == code
    assert (project / "obvious.xml").read_text().startswith("<testsuite")


def test_the_summary_of_a_job_is_the_comment(project):
    summary = project / "summary.md"
    assert run(github(), project, GITHUB_STEP_SUMMARY=str(summary)).returncode == 0
    assert "## Obvious set" in summary.read_text()
