"""CatBoost's trees as arrays, read from the model's own JSON.

A symmetric tree asks the same question everywhere on a level. The levels are walked in the order in which training
chose them, the first split at the root.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from explainers.explanation import Unit, Unsupported
from explainers.forests.arrays import Forest, Tree, averaged, stack
from explainers.kept import Shelf

NUMBER, CATEGORY = "FloatFeature", "OneHotFeature"  # kinds of splits
HASHES = Shelf()


@dataclass(frozen=True, eq=False)
class Columns:
    """What the numbers in CatBoost's splits mean, in the model's own order of columns."""

    place: dict[str, dict[int, int]]  # kind of split -> CatBoost's number of a feature -> place of its column
    codes: dict[int, dict[int, int]]  # place of a categorical column -> hash of a category that splits ask for -> code
    missing_right: frozenset[int]  # places of the columns whose missing values count as larger than all others

    def column_of(self, split: dict[str, Any]) -> int:
        """Return the place of the column that a split asks."""
        return self.place[split["split_type"]][split["cat_feature_index" if _asks(split) else "float_feature_index"]]

    def others_than(self, split: dict[str, Any]) -> np.ndarray:
        """Return False at the code of the one category that goes right, True at all others."""
        codes = self.codes[self.column_of(split)]
        return np.arange(len(codes)) != codes[split["value"]]


@dataclass(frozen=True, eq=False)
class Nodes:
    """A tree's nodes as lists that grow while it is read."""

    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    split: list[dict[str, Any] | None] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)


def read_catboost(model: Any, class_index: int) -> Forest:
    """Return a CatBoost classifier in log-odds (binary) or in the class's margin; `Unsupported` for CTR splits."""
    stored = stored_trees(model)
    columns = _columns(stored["features_info"])
    scale, bias = stored["scale_and_bias"]
    binary = len(bias) == 1
    sign = -1.0 if binary and class_index == 0 else 1.0
    wanted = 0 if binary else class_index
    flat = [_symmetric(t, wanted, len(bias)) for t in stored.get("oblivious_trees", [])]
    flat += [_nested(t, wanted) for t in stored.get("trees", [])]
    trees = [averaged(_tree(nodes, sign, columns)) for nodes in flat]
    unit: Unit = "log-odds" if binary else "margin"
    return stack(trees, weight=float(scale), offset=sign * float(bias[wanted]), unit=unit, precision=np.float32)


def hashes_of(model: Any) -> dict[int, tuple[int, ...]]:
    """Return the hashes of the categories that splits ask for, by the place of their column, in CatBoost's order."""
    found: dict[int, tuple[int, ...]] | str = HASHES.get(model, "hashes", lambda: _hashes_or_why(model))
    if isinstance(found, str):
        raise Unsupported(found)
    return found


def stored_trees(model: Any) -> dict[str, Any]:
    """Return the model as CatBoost writes it in JSON; `Unsupported` where splits need more than a row's values."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        stored: dict[str, Any] = json.loads(path.read_bytes())
    if any(stored["features_info"].get(kind) for kind in ("ctrs", "text_features", "embedding_features")):
        raise Unsupported(
            "the walk can't read CatBoost's trees where they split on numbers that CatBoost makes of categories, texts "
            "or embeddings, as this model's do: it stores these by hash; train it with one_hot_max_size above the "
            "number of categories, or use shap"
        )
    return stored


def _hashes_or_why(model: Any) -> dict[int, tuple[int, ...]] | str:
    try:
        found = stored_trees(model)["features_info"].get("categorical_features", [])
    except Unsupported as why:
        return str(why)
    return {c["flat_feature_index"]: tuple(c["values"]) for c in found if c.get("values")}


def _columns(features: dict[str, Any]) -> Columns:
    numbers, categories = (features.get(f"{kind}_features", []) for kind in ("float", "categorical"))
    place = {
        NUMBER: {c["feature_index"]: c["flat_feature_index"] for c in numbers},
        CATEGORY: {c["feature_index"]: c["flat_feature_index"] for c in categories},
    }
    codes = {c["flat_feature_index"]: {h: i for i, h in enumerate(c.get("values", []))} for c in categories}
    right = frozenset(c["flat_feature_index"] for c in numbers if c["nan_value_treatment"] == "AsTrue")
    return Columns(place, codes, right)


def _asks(split: dict[str, Any] | None) -> bool:
    """Return True for a split that asks for one category; a leaf has none."""
    return split is not None and bool(split["split_type"] == CATEGORY)


def _symmetric(stored: dict[str, Any], wanted: int, classes: int) -> Nodes:
    """Return a symmetric tree level by level: its leaves are numbered by the answers, the root's in the lowest bit."""
    splits = stored["splits"]
    nodes = Nodes()
    for level, split in enumerate(splits):
        width = 2**level
        below = 2 * width - 1
        nodes.left.extend(range(below, below + width))
        nodes.right.extend(range(below + width, below + 2 * width))
        nodes.split.extend([split] * width)
    leaves = 2 ** len(splits)
    inner = leaves - 1
    nodes.left.extend([-1] * leaves)
    nodes.right.extend([-1] * leaves)
    nodes.split.extend([None] * leaves)
    nodes.value.extend([0.0] * inner + stored["leaf_values"][wanted::classes])
    nodes.weight.extend([0.0] * inner + stored.get("leaf_weights", [0.0] * leaves))
    return nodes


def _nested(stored: dict[str, Any], wanted: int) -> Nodes:
    """Return a tree that CatBoost writes as nodes within nodes, the root first."""
    nodes, waiting = Nodes(), [(stored, -1, "left")]
    while waiting:
        node, parent, side = waiting.pop()
        here = len(nodes.left)
        if parent >= 0:
            getattr(nodes, side)[parent] = here
        values = np.ravel(node.get("value", 0.0))
        nodes.left.append(-1)
        nodes.right.append(-1)
        nodes.split.append(node.get("split"))
        nodes.value.append(float(values[min(wanted, len(values) - 1)]))
        nodes.weight.append(float(node.get("weight", 0.0)))
        if "split" in node:
            waiting += [(node["right"], here, "right"), (node["left"], here, "left")]
    return nodes


def _tree(nodes: Nodes, sign: float, columns: Columns) -> Tree:
    left, right = np.array(nodes.left), np.array(nodes.right)
    feature = np.array([0 if s is None else columns.column_of(s) for s in nodes.split])
    asks = np.array([_asks(s) for s in nodes.split])
    return Tree(
        left=left,
        right=right,
        feature=feature,
        threshold=np.array([np.inf if s is None else np.float32(s.get("border", np.inf)) for s in nodes.split]),
        missing_left=asks | ~np.isin(feature, list(columns.missing_right)),
        value=sign * np.array(nodes.value),
        count=_weights(left, right, np.array(nodes.weight)),
        rows=np.full(len(left), np.nan),
        goes_left={i: columns.others_than(s) for i, s in enumerate(nodes.split) if s is not None and asks[i]},
    )


def _weights(left: np.ndarray, right: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the weight of every node from the leaves' own; children stand behind their parents."""
    weight = weight.astype(np.float64)
    for node in np.flatnonzero(left >= 0)[::-1]:
        weight[node] = weight[left[node]] + weight[right[node]]
    return weight
