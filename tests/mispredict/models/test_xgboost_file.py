"""Only our own reading is tried on damaged models: XGBoost's would read outside of its memory."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import ModelRefused
from mispredict.models.loader import Bytes
from mispredict.models.ubjson import read_ubjson
from mispredict.models.xgboost_file import LOADER

xgboost = pytest.importorskip("xgboost")
Change = Callable[[dict[str, Any], list[dict[str, Any]]], Any]


@pytest.fixture(scope="module")
def booster(rows: pd.DataFrame, target: np.ndarray) -> Any:
    typed = rows.assign(c=rows["c"].astype("category"))
    fitted = xgboost.XGBClassifier(n_estimators=3, max_depth=3, enable_categorical=True, max_cat_to_onehot=1)
    return fitted.fit(typed, target).get_booster()


def refused(content: bytes, name: str = "m.json") -> str:
    with pytest.raises(ModelRefused) as refusal:
        LOADER.check(Bytes(Path(name), content, ""))
    return str(refusal.value)


@pytest.mark.parametrize("raw", ["json", "ubj"])
def test_whole_models_pass_and_both_formats_say_the_same(booster: Any, raw: str) -> None:
    LOADER.check(Bytes(Path("m"), bytes(booster.save_raw(raw)), ""))
    plain = json.loads(booster.save_raw("json"))
    binary = read_ubjson(bytes(booster.save_raw("ubj")))
    for one, other in zip(*(d["learner"]["gradient_booster"]["model"]["trees"] for d in (plain, binary)), strict=True):
        assert one["left_children"] == list(other["left_children"])
        assert one["categories"] == list(other["categories"])


@pytest.mark.parametrize(("booster_name", "classes"), [("gblinear", 2), ("dart", 3), ("gbtree", 3)])
def test_every_kind_of_booster_passes(rows: pd.DataFrame, booster_name: str, classes: int) -> None:
    labels = np.arange(len(rows)) % classes
    objective = {"objective": "multi:softprob", "num_class": classes}
    data = xgboost.DMatrix(rows[["a", "b"]], labels)
    trained = xgboost.train({"booster": booster_name, **objective}, data, 2)
    for raw in ("json", "ubj"):
        LOADER.check(Bytes(Path("m"), bytes(trained.save_raw(raw)), ""))


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_truncated_models_are_refused(booster: Any, share: float) -> None:
    for raw in ("json", "ubj"):
        content = bytes(booster.save_raw(raw))
        assert "is a damaged XGBoost model" in refused(content[: max(12, int(len(content) * share))])


def test_bytes_after_the_end_are_refused(booster: Any) -> None:
    assert "3 bytes follow its end" in refused(bytes(booster.save_raw("ubj")) + b"abc", "m.ubj")


CHANGES: list[tuple[Change, str]] = [
    (lambda d, t: t[0]["left_children"].__setitem__(0, 999), "a child outside of its"),
    (lambda d, t: t[0]["left_children"].__setitem__(0, -7), "a child outside of its"),
    (lambda d, t: t[0]["left_children"].__setitem__(0, 0), "a node with two parents"),
    (lambda d, t: t[0]["left_children"].__setitem__(0, t[0]["right_children"][0]), "a node with two parents"),
    (lambda d, t: t[0]["split_indices"].__setitem__(0, 10**6), "splits on feature 1000000 of 3"),
    (lambda d, t: t[0]["split_conditions"].__setitem__(-1, float("nan")), "without a finite value"),
    (lambda d, t: t[0]["default_left"].pop(), "don't have one entry for each of its"),
    (lambda d, t: t[0]["tree_param"].update(num_nodes="2000000000"), "don't have one entry for each"),
    (lambda d, t: t.pop(), "it holds 2 trees where 3 are promised"),
    (lambda d, t: d["learner"]["gradient_booster"]["model"]["tree_info"].__setitem__(0, 5), "belongs to class 5 of 1"),
    (lambda d, t: d["learner"]["learner_model_param"].update(num_class="-7"), "it counts -7 classes"),
    (lambda d, t: d["learner"]["feature_names"].pop(), "it names 2 features and counts 3"),
    (lambda d, t: d["learner"].pop("objective"), "a part of it is missing"),
    (lambda d, t: next(x for x in t if x["categories_sizes"])["categories_sizes"].__setitem__(0, 99), "category set"),
]


@pytest.mark.parametrize(("change", "message"), CHANGES)
def test_what_points_outside_of_the_model_is_said(booster: Any, change: Change, message: str) -> None:
    document = json.loads(booster.save_raw("json"))
    change(document, document["learner"]["gradient_booster"]["model"]["trees"])
    assert message in refused(json.dumps(document).encode())


def test_a_key_that_stands_twice_is_refused(booster: Any) -> None:
    content = bytes(booster.save_raw("json")).replace(b'"attributes":{}', b'"attributes":{},"attributes":{}', 1)
    if b'"attributes":{},"attributes":{}' not in content:
        content = content.replace(b'{"learner":{', b'{"version":[1,0,0],"learner":{', 1)
    assert "a key stands twice" in refused(content)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[$", b"[$i", b"[$Z#L\x7f\xff\xff\xff\xff\xff\xff\xff", b"[$i#l\xff\xff\xff\xff", b"[" * 5000, b"x"],
)
def test_hostile_binary_json_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut off|array of nothing|nests too deep|unknown marker|without a count"):
        read_ubjson(data)
