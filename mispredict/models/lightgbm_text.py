"""LightGBM's text format (.txt), checked line by line before LightGBM sees it.

LightGBM's own parser ends the whole process on a truncated file, and a wrong child index makes it read outside its
memory or walk in a circle for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explainers.subject import Subject, subject_of
from mispredict.bad_input import ModelRefused
from mispredict.models.loader import Bytes, Loader

_END = b"\nend of trees"
_HEADER = (
    "version",
    "num_class",
    "num_tree_per_iteration",
    "max_feature_idx",
    "objective",
    "feature_names",
    "tree_sizes",
)
# arrays with one entry a split, and with one entry a leaf
_SPLITS = ("split_feature", "threshold", "decision_type", "left_child", "right_child")
_LEAVES = ("leaf_value",)


class _Fault(Exception):
    """What is wrong with the text."""


def looks_right(head: bytes) -> bool:
    """Return whether the bytes begin as LightGBM's text does."""
    return head.startswith((b"tree\n", b"tree\r\n"))


def check(model: Bytes) -> None:
    """Refuse a text that LightGBM could not read to its end safely."""
    try:
        _check(model.content.replace(b"\r\n", b"\n"))
    except _Fault as fault:
        raise ModelRefused(
            f"{model.name} is a damaged LightGBM model: {fault}",
            needed="the whole text that save_model wrote",
            do="copy the file again, or save the model again",
        ) from None


def _check(content: bytes) -> None:
    if _END not in content:
        raise _Fault("it is truncated, 'end of trees' is missing")
    header, trees = _parts(content)
    _check_header(header)
    _check_sizes(header, trees)
    for number, tree in enumerate(trees):
        try:
            _check_tree(_pairs(tree), number, int(header["max_feature_idx"]))
        except ValueError as fault:
            raise _Fault(f"tree {number} holds {str(fault).rpartition(': ')[2][:40]} where a number belongs") from None


def _parts(content: bytes) -> tuple[dict[str, str], list[bytes]]:
    """Return the header's pairs and the trees' texts, each up to where the next one begins."""
    body, _, _ = content.partition(_END[1:])
    start = body.find(b"Tree=")
    header, rest = (body, b"") if start < 0 else (body[:start], body[start:])
    pieces = rest.split(b"\nTree=")
    trees = [piece + b"\n" for piece in pieces[:-1]] + pieces[-1:]
    trees = [tree if number == 0 else b"Tree=" + tree for number, tree in enumerate(trees)]
    return _pairs(header), trees if rest else []


def _pairs(text: bytes) -> dict[str, str]:
    """Return the `key=value` lines; LightGBM takes the last of two equal keys where a reader sees the first."""
    found: dict[str, str] = {}
    for line in text.decode("utf-8", errors="replace").split("\n"):
        key, equals, value = line.partition("=")
        if equals and key in found:
            raise _Fault(f"the key {key[:40]!r} stands twice in one block")
        if equals:
            found[key] = value
    return found


def _check_header(header: Mapping[str, str]) -> None:
    missing = [key for key in _HEADER if key not in header]
    if missing:
        raise _Fault(f"its header lacks {missing[0]!r}")
    numbers = ("num_class", "num_tree_per_iteration", "max_feature_idx")
    wrong = [key for key in numbers if not header[key].strip().isdigit()]
    if wrong:
        raise _Fault(f"{wrong[0]} is {header[wrong[0]][:40]!r}")
    names = header["feature_names"].split(" ")
    if len(names) != int(header["max_feature_idx"]) + 1:
        raise _Fault(f"it names {len(names)} features and counts {int(header['max_feature_idx']) + 1}")


def _check_sizes(header: Mapping[str, str], trees: Sequence[bytes]) -> None:
    stated = header["tree_sizes"].split()
    if len(stated) != len(trees) or not trees:
        raise _Fault(f"it promises {len(stated)} trees and holds {len(trees)}")
    for number, (size, tree) in enumerate(zip(stated, trees, strict=True)):
        if size != str(len(tree)):
            raise _Fault(f"tree {number} has {len(tree)} bytes where {size[:20]} are promised")
    if len(trees) % int(header["num_tree_per_iteration"] or 1):
        raise _Fault(f"{len(trees)} trees don't fill rounds of {header['num_tree_per_iteration']}")


def _check_tree(tree: Mapping[str, str], number: int, last_feature: int) -> None:
    leaves = _whole(tree, "num_leaves", number)
    if leaves < 1:
        raise _Fault(f"tree {number} has {leaves} leaves")
    if leaves > 1:
        _check_lengths(tree, number, dict.fromkeys(_SPLITS, leaves - 1) | dict.fromkeys(_LEAVES, leaves))
        _check_children(tree, number, leaves)
        features = [int(v) for v in tree["split_feature"].split()]
        if min(features) < 0 or max(features) > last_feature:
            raise _Fault(f"tree {number} splits on feature {max(features)} of {last_feature + 1}")
    _check_categories(tree, number, leaves)
    if any(float(v) != float(v) or abs(float(v)) == float("inf") for v in tree.get("leaf_value", "nan").split()):
        raise _Fault(f"tree {number} has a leaf without a finite value")


def _whole(tree: Mapping[str, str], key: str, number: int) -> int:
    if key not in tree:
        raise _Fault(f"tree {number} lacks {key!r}")
    return int(tree[key])


def _check_lengths(tree: Mapping[str, str], number: int, wanted: Mapping[str, int]) -> None:
    for key, length in wanted.items():
        found = len(tree[key].split()) if key in tree else 0
        if found != length:
            raise _Fault(f"tree {number} has {found} entries in {key} where {length} belong")


def _check_children(tree: Mapping[str, str], number: int, leaves: int) -> None:
    """Refuse children that are not a tree: each split but the first, and each leaf, has exactly one parent."""
    children = [int(v) for key in ("left_child", "right_child") for v in tree[key].split()]
    if sorted(children) != [*range(-leaves, 0), *range(1, leaves - 1)]:
        raise _Fault(f"tree {number} has children that don't form a tree")
    # One parent each still lets a loop stand apart from the root; LightGBM numbers parents before their children.
    half = leaves - 1
    if any(0 <= child <= place % half for place, child in enumerate(children)):
        raise _Fault(f"tree {number} has a child that comes before its parent")


def _check_categories(tree: Mapping[str, str], number: int, leaves: int) -> None:
    """Refuse category splits whose bit sets lie outside of the stored ones."""
    count = _whole(tree, "num_cat", number)
    if not count:
        return
    ends = [int(v) for v in tree.get("cat_boundaries", "").split()]
    words = tree.get("cat_threshold", "").split()
    if len(ends) != count + 1 or ends[0] != 0 or ends != sorted(ends) or ends[-1] != len(words):
        raise _Fault(f"tree {number} has category sets that don't fit their boundaries")
    kinds = [int(v) for v in tree.get("decision_type", "").split()]
    chosen = [float(t) for t, kind in zip(tree.get("threshold", "").split(), kinds, strict=False) if kind & 1]
    if any(not 0 <= place < count or place != int(place) for place in chosen):
        raise _Fault(f"tree {number} splits by a category set that is not there")


def open_(model: Bytes, columns: Sequence[str] | None) -> Subject:
    """Return the booster as a subject."""
    import lightgbm

    booster = lightgbm.Booster(model_str=model.content.decode("utf-8"))
    return subject_of(booster, columns=columns)


LOADER = Loader("lightgbm", "a LightGBM model", (".txt",), looks_right, check, open_)
