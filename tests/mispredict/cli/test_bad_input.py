"""Every kind of bad input, through the command and its worker: a message, exit code 2, and nothing half-written."""

import shutil
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from mispredict.cli.main import app

TOML = '[data]\npath = "{table}"\ntarget = "{target}"\nid = "id"\n[model]\npath = "{model}"\n'


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """Return a folder with a table and a model that fit."""
    folder = tmp_path_factory.mktemp("good")
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(400, 3)), columns=["amount", "age", "hours"])
    truth = (rows["amount"] + rng.normal(size=400) > 0).astype(int)
    booster = lightgbm.train({"objective": "binary", "verbose": -1}, lightgbm.Dataset(rows, truth), 5)
    booster.save_model(folder / "model.txt")
    rows.assign(id=[f"r{i}" for i in range(400)], fraud=truth).to_parquet(folder / "rows.parquet")
    return folder


@pytest.fixture
def case(good, tmp_path):
    shutil.copytree(good, tmp_path / "case")
    return tmp_path / "case"


def scanned(case: Path, *, table="rows.parquet", target="fraud", model="model.txt"):
    (case / "investigation.toml").write_text(TOML.format(table=table, target=target, model=model))
    return CliRunner().invoke(app, ["scan", str(case / "investigation.toml"), "--out", str(case / "out")])


def rewritten(case: Path, change) -> None:
    rows = pd.read_parquet(case / "rows.parquet")
    change(rows).to_parquet(case / "rows.parquet")


def bent(name, values):
    def change(rows):
        column = rows[name].astype(object) if not isinstance(values, float) else rows[name].copy()
        column.iloc[7] = values
        return rows.assign(**{name: column})

    return change


def refused(said, case, *parts):
    assert said.exit_code == 2, said.output
    for part in ("found:", "needed:", "do:", *parts):
        assert part in said.stderr
    assert not (case / "out").exists()
    assert "Traceback" not in said.stderr


def test_the_good_case_is_scanned(case):
    assert scanned(case).exit_code == 0
    assert (case / "out" / "report.json").is_file()


FILES = {
    "missing table": (lambda c: (c / "rows.parquet").unlink(), {}, ["rows.parquet"]),
    "text named parquet": (lambda c: (c / "rows.parquet").write_text("id,fraud\n1,0\n"), {}, ["text", "Parquet"]),
    "truncated table": (lambda c: cut(c / "rows.parquet"), {}, ["rows.parquet"]),
    "ragged row": (
        lambda c: (c / "rows.csv").write_text("id,amount,age,hours,fraud\na,1,2,3,0\nb,1,2,3,1,9\n"),
        {"table": "rows.csv"},
        ["line 3"],
    ),
    "missing model": (lambda c: (c / "model.txt").unlink(), {}, ["model.txt"]),
    "truncated model": (lambda c: cut(c / "model.txt"), {}, ["model.txt"]),
    "model of another format": (
        lambda c: (c / "model.txt").rename(c / "model.onnx"),
        {"model": "model.onnx"},
        ["model.onnx", "LightGBM"],
    ),
    "pickle in disguise": (
        lambda c: (c / "model.txt").write_bytes(b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00]\x94."),
        {},
        ["pickle"],
    ),
    "pickle that nobody listed": (
        lambda c: (c / "model.pkl").write_bytes(b"\x80\x04]\x94."),
        {"model": "model.pkl"},
        ["sha256"],
    ),
    "no rows": (lambda c: rewritten(c, lambda r: r.head(0)), {}, ["no rows"]),
    "one row": (lambda c: rewritten(c, lambda r: r.head(1)), {}, ["one row"]),
    "target absent": (lambda c: None, {"target": "frau"}, ["frau", "fraud"]),
    "constant target": (lambda c: rewritten(c, lambda r: r.assign(fraud=1)), {}, ["fraud"]),
    "unknown class": (lambda c: rewritten(c, bent("fraud", 7)), {}, ["7"]),
    "feature absent": (lambda c: rewritten(c, lambda r: r.rename(columns={"age": "agee"})), {}, ["age", "agee"]),
    "text in a feature": (
        lambda c: rewritten(c, lambda r: r.assign(age=["x"] * len(r))),
        {},
        ["age"],
    ),
    "infinity": (lambda c: rewritten(c, bent("age", float("inf"))), {}, ["age", "inf", "row 8"]),
    "duplicate ids": (lambda c: rewritten(c, lambda r: r.assign(id="same")), {}, ["same"]),
}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("name", FILES)
def test_bad_input_is_refused_in_words(case, name):
    spoil, options, parts = FILES[name]
    spoil(case)
    refused(scanned(case, **options), case, *parts)


def test_missing_values_go_to_a_model_that_takes_them_and_extra_columns_are_no_matter(case):
    rewritten(case, lambda r: bent("age", float("nan"))(r).assign(note="free text"))
    assert scanned(case).exit_code == 0


def test_a_million_different_categories_are_no_trouble(case):
    rng = np.random.default_rng(1)
    many = 1_000_000
    rows = pd.DataFrame(rng.normal(size=(many, 3)), columns=["amount", "age", "hours"])
    truth = (rows["amount"] + rng.normal(size=many) > 0).astype(int)
    ids = pd.Series(np.arange(many)).astype(str)
    rows.assign(id=ids, token="t" + ids, fraud=truth).to_parquet(case / "rows.parquet")
    said = scanned(case)
    assert said.exit_code == 0, said.output


def test_a_folder_that_can_not_be_written_is_refused(case):
    (case / "out").write_text("a file in the way")
    said = scanned(case)
    assert said.exit_code == 2
    assert "needed:" in said.stderr
    assert (case / "out").read_text() == "a file in the way"
