import ast
import sys

import numpy as np
import pandas as pd
import pytest

from mispredict.models.reviewed_types import REVIEWED
from mispredict.obvious.exported import loading, standalone


@pytest.mark.parametrize(
    ("names", "classes", "expected"),
    [
        ([0, 1], [0, 1], [0.1, 0.9]),
        ([0, 1], [1, 0], [0.9, 0.1]),
        (["bad", "good"], ["good", "bad"], [0.9, 0.1]),
        ([False, True], ["1", "0"], [0.9, 0.1]),
        ([0, 1], ["good", "bad"], [0.1, 0.9]),  # a booster counts: the event is its 1
    ],
)
def test_probabilities_are_matched_by_class(names, classes, expected):
    answer = pd.DataFrame([[0.1, 0.9]], columns=pd.Index(names, dtype=object))
    assert standalone.in_class_order(answer, classes) == expected


def test_an_array_goes_by_place():
    assert standalone.in_class_order(np.array([[0.1, 0.9]]), ["b", "a"]) == [0.1, 0.9]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (pd.DataFrame([[0.1, 0.9]], columns=["x", "y"]), "the model's classes are"),
        (np.array([[0.1, 0.2, 0.7]]), "3 probabilities for the 2 classes"),
        (np.array([[np.nan, 0.9]]), "not a number"),
    ],
)
def test_an_answer_that_fits_no_case_is_a_failure(answer, said):
    with pytest.raises(AssertionError, match=said):
        standalone.in_class_order(answer, ["a", "b"])


@pytest.mark.parametrize(
    ("a", "b"), [(1, True), (1, "1"), (1.0, " 1.0"), (0, "False"), (2**60, str(float(2**60))), ("x", "x ")]
)
def test_spellings_of_one_label_mean_the_same(a, b):
    assert standalone.meaning(a) == standalone.meaning(b)


@pytest.mark.parametrize("label", ["inf", "nan", "1e999", "", "good", "0.5", "1_0 0"])
def test_other_labels_mean_themselves(label):
    assert standalone.meaning(label) in (label, 0.5)


def test_the_exported_texts_need_pytest_and_pandas_alone_until_a_model_is_opened():
    allowed = {*sys.stdlib_module_names, "pytest", "pandas", "numpy"}
    for module in (standalone, loading):
        with open(module.__file__, encoding="utf-8") as file:
            tree = ast.parse(file.read())
        names = [a.name for node in tree.body if isinstance(node, ast.Import) for a in node.names]
        names += [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
        assert {name.partition(".")[0] for name in names} <= allowed


def test_a_skops_model_that_opens_here_opens_there():
    assert sorted(REVIEWED) == loading.REVIEWED
