"""XGBoost's own formats (.ubj, .json), checked in Python before XGBoost sees them.

XGBoost trusts what it reads: a wrong child index or feature number makes it read outside its memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from explainers.subject import Subject, subject_of
from mispredict.bad_input import ModelRefused
from mispredict.models.absent import installed
from mispredict.models.loader import Bytes, Loader
from mispredict.models.ubjson import read_ubjson

_PER_NODE = ("left_children", "right_children", "split_indices", "split_conditions", "default_left", "split_type")
_CATEGORY_SPLIT = 1


class _Fault(Exception):
    """What is wrong with the model."""


def looks_right(head: bytes) -> bool:
    """Return whether the bytes begin as XGBoost's JSON or Universal Binary JSON does."""
    return _is_json(head) or (head[:1] == b"{" and head[1:2] in (b"L", b"i", b"U", b"I", b"l", b"#", b"$"))


def _is_json(head: bytes) -> bool:
    return head[:1] == b"{" and head[1:].lstrip()[:1] == b'"' and b'"learner"' in head[:1_000_000]


def check(model: Bytes) -> None:
    """Refuse a model whose trees are none, or point outside of themselves."""
    try:
        _check(_document(model.content))
    except (KeyError, TypeError, AttributeError, IndexError) as fault:
        raise _damaged(model, f"a part of it is missing or of another kind ({str(fault)[:60]})") from None
    except (ValueError, RecursionError, OverflowError, _Fault) as fault:
        raise _damaged(model, str(fault)[:160]) from None


def _damaged(model: Bytes, why: str) -> ModelRefused:
    return ModelRefused(
        f"{model.name} is a damaged XGBoost model: {why}",
        needed="the whole file that save_model wrote",
        do="copy the file again, or save the model again",
    )


def _document(content: bytes) -> Any:
    return json.loads(content, object_pairs_hook=_unique) if _is_json(content) else read_ubjson(content)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _check(document: Mapping[str, Any]) -> None:
    learner = document["learner"]
    sizes = learner["learner_model_param"]
    features, classes = int(sizes["num_feature"]), int(sizes["num_class"])
    stated = learner["objective"].get("softmax_multiclass_param", {}).get("num_class", classes)
    if int(stated) != classes or not 0 <= classes <= 100_000 or not 0 < features <= 10_000_000:
        raise _Fault(f"it counts {classes} classes in one place and {stated} in another, and {features} features")
    names = learner.get("feature_names") or []
    if len(names) not in (0, features):
        raise _Fault(f"it names {len(names)} features and counts {features}")
    booster = learner["gradient_booster"]
    if booster["name"] == "gblinear":
        _check_weights(np.asarray(booster["model"]["weights"], dtype=np.float64), features, max(1, classes))
    else:
        _check_trees(booster.get("gbtree", booster)["model"], features, max(1, classes))


def _check_weights(weights: np.ndarray, features: int, classes: int) -> None:
    if weights.shape != ((features + 1) * classes,) or not np.isfinite(weights).all():
        raise _Fault(f"{weights.size} weights for {features} features and {classes} outputs, or some not finite")


def _check_trees(model: Mapping[str, Any], features: int, classes: int) -> None:
    trees, groups = model["trees"], np.asarray(model["tree_info"], dtype=np.int64)
    if len(trees) != int(model["gbtree_model_param"]["num_trees"]) or len(groups) != len(trees):
        raise _Fault(f"it holds {len(trees)} trees where {model['gbtree_model_param']['num_trees']} are promised")
    if len(groups) and not (groups.min() >= 0 and groups.max() < classes):
        raise _Fault(f"a tree belongs to class {groups.max()} of {classes}")
    for number, tree in enumerate(trees):
        _check_tree(tree, number, features)


def _check_tree(tree: Mapping[str, Any], number: int, features: int) -> None:
    nodes = int(tree["tree_param"]["num_nodes"])
    arrays = {key: np.asarray(tree[key]) for key in _PER_NODE}
    if nodes < 1 or any(array.shape != (nodes,) for array in arrays.values()):
        raise _Fault(f"the arrays of tree {number} don't have one entry for each of its {nodes} nodes")
    left, right = (arrays[key].astype(np.int64) for key in ("left_children", "right_children"))
    _check_shape(left, right, number)
    inner = left >= 0
    splits = arrays["split_indices"].astype(np.int64)
    if inner.any() and not (splits[inner].min() >= 0 and splits[inner].max() < features):
        raise _Fault(f"tree {number} splits on feature {splits[inner].max()} of {features}")
    by_category = arrays["split_type"].astype(np.int64) == _CATEGORY_SPLIT
    if not np.isfinite(arrays["split_conditions"].astype(np.float64)[~by_category | ~inner]).all():
        raise _Fault(f"tree {number} has a threshold or a leaf without a finite value")
    _check_categories(tree, number, nodes)


def _check_shape(left: np.ndarray, right: np.ndarray, number: int) -> None:
    """Refuse nodes that don't form a tree below node 0: every node is reached once at most."""
    nodes = len(left)
    both = np.concatenate([left, right])
    if both.min() < -1 or both.max() >= nodes or ((left < 0) != (right < 0)).any():
        raise _Fault(f"tree {number} has a child outside of its {nodes} nodes")
    reached, level = np.zeros(nodes, dtype=np.int64), np.zeros(1, dtype=np.int64)
    while len(level):
        np.add.at(reached, level, 1)
        if reached[level].max() > 1:
            raise _Fault(f"tree {number} has a node with two parents")
        inner = level[left[level] >= 0]
        level = np.concatenate([left[inner], right[inner]])


def _check_categories(tree: Mapping[str, Any], number: int, nodes: int) -> None:
    owners = np.asarray(tree.get("categories_nodes", []), dtype=np.int64)
    starts = np.asarray(tree.get("categories_segments", []), dtype=np.int64)
    sizes = np.asarray(tree.get("categories_sizes", []), dtype=np.int64)
    values = np.asarray(tree.get("categories", []), dtype=np.int64)
    if not len(owners) == len(starts) == len(sizes):
        raise _Fault(f"tree {number} has category sets of unequal number")
    if len(owners) and not (
        owners.min() >= 0
        and owners.max() < nodes
        and sizes.min() >= 0
        and starts.min() >= 0
        and (starts + sizes).max() <= len(values)
        and (len(values) == 0 or values.min() >= 0)
    ):
        raise _Fault(f"tree {number} has a category set outside of the stored ones")


def open_(model: Bytes, columns: Sequence[str] | None) -> Subject:
    """Return the booster as a subject."""
    xgboost = installed("xgboost", model.name)
    booster = xgboost.Booster()
    booster.load_model(bytearray(model.content))
    return subject_of(booster, columns=columns)


LOADER = Loader("xgboost", "an XGBoost model", (".ubj", ".json"), looks_right, check, open_)
