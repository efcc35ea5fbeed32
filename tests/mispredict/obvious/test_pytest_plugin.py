import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression

from mispredict.investigation.desk import FrozenRow
from mispredict.obvious.export import export
from mispredict.obvious.freeze import Why, freeze
from mispredict.obvious.store import open_or_make_store


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return a folder with a set of three cases and a model that is right about two of them."""
    folder = tmp_path_factory.mktemp("plugin")
    amount = np.r_[np.linspace(0, 40, 30), np.linspace(60, 100, 30)]
    model = LogisticRegression().fit(pd.DataFrame({"amount": amount}), np.repeat([0, 1], 30))
    skops.io.dump(model, folder / "model.skops")
    cases = [
        case("big", 95.0, 1),
        case("small", 5.0, 0),
        case("odd", 4.0, 1),
        case("old", 3.0, 1, expires="2020-01-01"),
    ]
    open_or_make_store(str(folder / "obvious.db")).promote(cases)
    export(cases[:2], folder / "right")
    return folder


def case(name, amount, truth, **why):
    row = FrozenRow(name, {"amount": amount}, {"amount": "float64"}, {}, truth, 0, (0, 1), 0.1, 0.1, "d", "m", 0.5)
    return freeze([row], Why(f"why {name}", "ann", **why))[0]


def run(home, *options):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", "--rootdir", str(home), *options]
    return subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120)


def test_every_case_is_a_test(home):
    said = run(home, "--obvious", "obvious.db", "--model", "model.skops")
    assert said.returncode == 1, said.stdout + said.stderr
    assert "1 failed, 2 passed, 1 skipped" in said.stdout
    assert "expected the answer 1, got the answer 0" in said.stdout
    assert "why it matters: why odd" in said.stdout
    assert "why now: amount" in said.stdout
    assert "Traceback" not in said.stdout


def test_an_exported_folder_serves_too_beside_other_tests(home):
    (home / "test_own.py").write_text("def test_own(): pass\n")
    said = run(home, "test_own.py", "--obvious", "right", "--obvious-model", "model.skops")
    assert said.returncode == 0, said.stdout + said.stderr
    assert "3 passed" in said.stdout


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--obvious", "obvious.db"), "found: no model"),
        (("--obvious", "obvious.db", "--model", "m", "--obvious-url", "http://x"), "found: a model and an endpoint"),
        (("--obvious", "nowhere.db", "--model", "model.skops"), "found: no file nowhere.db"),
    ],
)
def test_what_can_not_be_checked_is_a_usage_error(home, options, found):
    said = run(home, *options)
    assert said.returncode == 4
    assert found in said.stderr


def test_a_run_without_the_option_imports_nothing_of_ours_but_the_plugin(home):
    told = "print(sorted(m for m in sys.modules if m.startswith(('mispredict', 'pandas'))))"
    program = f"import sys, pytest; pytest.main(['--co', '-q', 'test_own.py']); {told}"
    said = subprocess.run([sys.executable, "-c", program], cwd=home, capture_output=True, text=True, timeout=60)
    assert said.stdout.strip().endswith("['mispredict', 'mispredict.obvious', 'mispredict.obvious.pytest_plugin']")
