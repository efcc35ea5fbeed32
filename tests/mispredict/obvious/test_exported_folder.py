"""The exported folder, run by pytest in a process where nothing of this project can be imported."""

import os
import subprocess
import sys
from dataclasses import replace

import lightgbm
import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from mispredict.investigation.desk import FrozenRow
from mispredict.obvious.export import export
from mispredict.obvious.freeze import Why, freeze

BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"mispredict", "explainers", "app", "sample_data", "sqlalchemy", "typer"}:
            raise ModuleNotFoundError(f"{name} is not installed here")

sys.meta_path.insert(0, Blocked())
for name in ("mispredict", "explainers", "app"):
    try:
        __import__(name)
    except ModuleNotFoundError:
        pass
    else:
        raise SystemExit(f"{name} could be imported")
import pytest
own = ["-p", "no:cacheprovider", "-p", "no:obvious", "--rootdir=.", "-c", "/dev/null"]
code = pytest.main(["-v", "--tb=short", "-W", "error", *own, "."])
assert "mispredict" not in sys.modules
raise SystemExit(code)
"""


def run(folder, model):
    """Return the exit code and what pytest printed, run inside the folder."""
    environment = {**os.environ, "OBVIOUS_MODEL": str(model), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    amount = np.r_[rng.uniform(0, 40, 100), rng.uniform(60, 100, 100)]
    channel = pd.Categorical(rng.choice(["web", "app"], 200), categories=["web", "app"])
    return pd.DataFrame({"channel": channel, "amount": amount})


@pytest.fixture(scope="module")
def is_fraud():
    return np.r_[np.zeros(100, int), np.ones(100, int)]


@pytest.fixture(scope="module")
def skops_models(tmp_path_factory, rows, is_fraud):
    """Return a model that is right and one that is wrong about everything."""
    folder = tmp_path_factory.mktemp("models")
    for name, target in (("right", is_fraud), ("wrong", 1 - is_fraud)):
        encoded = ColumnTransformer([("one", OneHotEncoder(), ["channel"])], remainder="passthrough")
        model = make_pipeline(encoded, LogisticRegression(C=10, max_iter=2000)).fit(rows, target)
        skops.io.dump(model, folder / f"{name}.skops")
    return folder / "right.skops", folder / "wrong.skops"


def payment(amount, *, truth, name="tx", **values):
    row = {"channel": "app", "amount": amount, **values}
    dtypes = {"channel": "category", "amount": "float64", **dict.fromkeys(values, "object")}
    return FrozenRow(name, row, dtypes, {"channel": ["web", "app"]}, truth, 1 - truth, (0, 1), 0.1, 0.1, "d", "m", 0.5)


HOSTILE = [
    '"""; import os; os.abort()',
    "'''\nimport os\nos.abort()\n'''",
    "\\",
    "{}{0}{amount}%s%(x)d",
    "NaN",
    "=cmd|' /C calc'!A0",
    "\u2028\x85\x1c\r\n line",
    "\ud800 lone, \u202e reversed, é",
    "</script><img src=x onerror=alert(1)>",
    "../../../etc/passwd",
    "]::[x]",
]


def hostile_cases():
    """Return cases whose ids, columns, values and reasons would break a text that they were pasted into."""
    cases = []
    for i, text in enumerate(HOSTILE):
        column = text.replace("\ud800", "")  # pandas takes no lone surrogate in a column's name
        row = payment(90.0, truth=1, name=text, **{column: text, "missing": None})
        cases += freeze([row], Why(text + " reason", f"by {i}"))
    return cases


def test_it_is_green_on_a_model_that_is_right_and_red_on_one_that_is_wrong(tmp_path, skops_models):
    right, wrong = skops_models
    fraud = freeze([payment(90.0, truth=1, name="fraud")], Why("fraud got through", "ann"))
    good = freeze([payment(10.0, truth=0, name="good")], Why("blocked", "ann", "at_most:0.3"))
    late = freeze([payment(10.0, truth=0, name="late")], Why("x", "ann", "between:0.9:1", expires="2020-01-31"))
    folder = export([*fraud, *good, *late, *hostile_cases()], tmp_path / "obvious")
    code, said = run(folder, right)
    assert (code, said.count(" PASSED"), said.count(" SKIPPED")) == (0, 2 + len(HOSTILE), 1), said
    code, said = run(folder, wrong)
    assert (code, said.count(") FAILED") + said.count("] FAILED"), said.count(" SKIPPED")) == (
        1,
        2 + len(HOSTILE),
        1,
    ), said
    assert "expected the answer 1, got the answer 0" in said
    assert "fraud got through" in said
    assert f"test_case[{fraud[0].id}]" in said


def test_lightgbm_reads_categories_in_the_order_that_it_learned_and_a_case_without_a_column_is_red(tmp_path, rows):
    by_channel = (rows["channel"] == "app").to_numpy(int)
    model = lightgbm.train({"verbosity": -1, "num_threads": 1}, lightgbm.Dataset(rows, by_channel), 20)
    model.save_model(tmp_path / "model.txt")
    app, web = payment(50.0, truth=1, name="app"), payment(50.0, truth=0, name="web")
    web = replace(web, values={**web.values, "channel": "web"}, categories={"channel": ["app", "web"]})
    lacking = replace(payment(50.0, truth=1, name="lacking"), values={"channel": "app"})
    code, said = run(export(freeze([app, web, lacking], Why("x", "ann")), tmp_path / "obvious"), tmp_path / "model.txt")
    assert (code, said.count(" PASSED"), said.count("] FAILED")) == (1, 2, 1), said
    assert "amount" in said


def test_an_onnx_model_answers(tmp_path, rows, is_fraud):
    skl2onnx = pytest.importorskip("skl2onnx")
    from skl2onnx.common.data_types import FloatTensorType

    model = LogisticRegression().fit(rows[["amount"]].to_numpy(), is_fraud)
    known = [("input", FloatTensorType([None, 1]))]
    (tmp_path / "model.onnx").write_bytes(skl2onnx.to_onnx(model, initial_types=known).SerializeToString())
    plain = [
        replace(payment(a, truth=t, name=str(a)), values={"amount": a}, dtypes={"amount": "float64"}, categories={})
        for a, t in ((90.0, 1), (10.0, 0))
    ]
    code, said = run(export(freeze(plain, Why("x", "ann")), tmp_path / "obvious"), tmp_path / "model.onnx")
    assert (code, said.count("PASSED")) == (0, 2), said


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("", "no OBVIOUS_MODEL"),
        ("nowhere.skops", "no file 'nowhere.skops'"),
        ("cases.jsonl", "needed: one of .skops, .txt"),
    ],
)
def test_a_model_that_can_not_be_opened_says_what_to_do(tmp_path, case_of, model, said):
    code, printed = run(export([case_of()], tmp_path / "obvious"), model)
    assert code == 2
    assert said in printed
    assert "edit load_model" in printed or "set OBVIOUS_MODEL" in printed


def test_an_edited_load_model_is_what_is_asked(tmp_path, case_of):
    folder = export([case_of()], tmp_path / "obvious")
    text = (folder / "conftest.py").read_text()
    head, tail = text.split("def load_model", 1)
    edited = "def load_model():\n    return lambda rows: pd.DataFrame({1: [0.1], 0: [0.9]})\n\n\n"
    (folder / "conftest.py").write_text(head + edited + "def in_order" + tail.split("def in_order", 1)[1])
    code, said = run(folder, "")
    assert (code, said.count("PASSED")) == (0, 1), said
