from __future__ import annotations

import itertools

import pytest

from app.blocks.outline import in_order, lines_of
from mispredict.errors.tree import ErrorTree, grow_tree
from tests.mispredict.errors.conftest import planted_world


@pytest.fixture(scope="module")
def tree() -> ErrorTree:
    return grow_tree(planted_world(4_000), exclude=("y",))


def test_children_stand_below_their_parents_the_worst_first(tree: ErrorTree) -> None:
    order = in_order(tree)
    assert order[0][0].id == 0
    assert len({node.id for node, _ in order}) == len(tree.nodes) > 2
    for (above, depth), (node, below) in itertools.pairwise(order):
        assert below <= depth + 1
        assert (node.parent == above.id) == (below == depth + 1)
    first = [node for node, depth in order if depth == 1]
    assert [node.excess for node in first] == sorted((node.excess for node in first), reverse=True)


def test_each_line_has_its_own_figures(tree: ErrorTree) -> None:
    order = in_order(tree)
    lines = lines_of(order)
    assert lines["rows"].tolist() == [node.rows for node, _ in order]
    assert lines["split"].iloc[0] == "all rows"
    assert lines["split"].iloc[1].strip().startswith("└")
