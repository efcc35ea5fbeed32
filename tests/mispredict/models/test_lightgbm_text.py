"""Only our own reading is tried on damaged texts: LightGBM's would end this process."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import ModelRefused
from mispredict.models.lightgbm_text import LOADER
from mispredict.models.loader import Bytes


def refused(text: str) -> str:
    with pytest.raises(ModelRefused) as refusal:
        LOADER.check(Bytes(Path("m.txt"), text.encode(), ""))
    return str(refusal.value)


@pytest.fixture(scope="module")
def text(rows: pd.DataFrame, target: np.ndarray) -> str:
    import lightgbm

    typed = rows.assign(c=rows["c"].astype("category"))
    data = lightgbm.Dataset(typed, target)
    settings = {"objective": "binary", "verbose": -1, "min_data_in_leaf": 5, "min_data_per_group": 5, "cat_smooth": 1}
    return str(lightgbm.train(settings, data, 5).model_to_string())


def with_sizes(text: str) -> str:
    """Return the text with `tree_sizes` made right, so that only the damage inside of a tree is left."""
    trees = text.split("end of trees")[0].split("Tree=")[1:]
    stated = text.split("tree_sizes=")[1].split("\n")[0]
    return text.replace(stated, " ".join(str(len("Tree=" + tree)) for tree in trees), 1)


def changed(text: str, key: str, value: str) -> str:
    """Return the text with the first line of that key in a tree replaced."""
    head, tree = text.split("\nTree=0", 1)
    line = next(x for x in tree.split("\n") if x.startswith(f"{key}="))
    return with_sizes(head + "\nTree=0" + tree.replace(line, f"{key}={value}", 1))


def test_a_whole_text_passes_in_both_line_ends(text: str) -> None:
    assert "num_cat=1" in text
    LOADER.check(Bytes(Path("m.txt"), text.encode(), ""))
    LOADER.check(Bytes(Path("m.txt"), text.replace("\n", "\r\n").encode(), ""))
    assert with_sizes(text) == text


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_truncated_text_is_said_to_be_one(text: str, share: float) -> None:
    end = text.index("end of trees")
    assert "it is truncated, 'end of trees' is missing" in refused(text[: int(end * share)])


def test_sizes_that_are_not_those_of_the_trees(text: str) -> None:
    stated = text.split("tree_sizes=")[1].split("\n")[0]
    assert "bytes where 9 are promised" in refused(text.replace(stated, "9 9 9 9 9"))
    assert "it promises 6 trees and holds 5" in refused(text.replace(stated, f"9 {stated}"))
    assert "tree 0 has" in refused(text.replace("shrinkage=", "shrinkage= ", 1))


def test_a_tree_that_was_cut_out(text: str) -> None:
    head, _, rest = text.partition("\nTree=1")
    assert "it promises 5 trees and holds 4" in refused(head + "\nTree=2" + rest.partition("\nTree=2")[2])


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("num_leaves", "2000000000", "where 1999999999 belong"),
        ("num_leaves", "0", "has 0 leaves"),
        ("num_leaves", "many", "where a number belongs"),
        ("left_child", "9 9 9", "entries in left_child"),
        ("leaf_value", "", "entries in leaf_value"),
        ("num_cat", "7", "category sets that don't fit"),
        ("cat_threshold", "1 2 3 4 5 6 7 8 9", "category sets that don't fit"),
    ],
)
def test_arrays_that_are_too_long_or_short(text: str, key: str, value: str, message: str) -> None:
    assert message in refused(changed(text, key, value))


@pytest.mark.parametrize(
    ("key", "place", "value", "message"),
    [
        ("left_child", 0, "999", "children that don't form a tree"),
        ("left_child", 0, "0", "children that don't form a tree"),
        ("right_child", -1, "-1", "children that don't form a tree"),
        ("split_feature", 0, "1000000", "splits on feature 1000000 of 3"),
        ("split_feature", 0, "-1", "splits on feature"),
        ("leaf_value", 0, "nan", "a leaf without a finite value"),
        ("leaf_value", 0, "inf", "a leaf without a finite value"),
    ],
)
def test_entries_that_point_outside_or_are_no_numbers(
    text: str, key: str, place: int, value: str, message: str
) -> None:
    tree = text.split("\nTree=0")[1]
    entries = next(x for x in tree.split("\n") if x.startswith(f"{key}=")).partition("=")[2].split()
    entries[place] = value
    assert message in refused(changed(text, key, " ".join(entries)))


def test_a_loop_apart_from_the_root(text: str) -> None:
    tree = "Tree=0\nnum_leaves=4\nnum_cat=0\nsplit_feature=0 0 0\nthreshold=1 1 1\ndecision_type=2 2 2\n"
    tree += "left_child=-1 2 1\nright_child=-2 -3 -4\nleaf_value=0 0 0 0\n\n\n"
    head = text.split("tree_sizes=")[0]
    assert "before its parent" in refused(f"{head}tree_sizes={len(tree)}\n\n{tree}end of trees\n")


def test_a_key_that_stands_twice_is_refused_in_the_header_and_in_trees(text: str) -> None:
    assert "the key 'num_class' stands twice" in refused(text.replace("num_class=1", "num_class=1\nnum_class=9", 1))
    twice = with_sizes(text.replace("\nshrinkage=", "\nleaf_value=9\nshrinkage=", 1))
    assert "the key 'leaf_value' stands twice" in refused(twice)


def test_a_header_that_lacks_a_part(text: str) -> None:
    assert "its header lacks 'objective'" in refused(text.replace("objective=", "objektive=", 1))
    assert "num_class is 'x'" in refused(text.replace("num_class=1", "num_class=x", 1))
    assert "it names 3 features and counts 8" in refused(text.replace("max_feature_idx=2", "max_feature_idx=7", 1))
