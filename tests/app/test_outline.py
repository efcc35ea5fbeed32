from __future__ import annotations

import itertools

from app.blocks.outline import in_order, lines_of
from tests.app.synthetic_desk import SyntheticDesk, make_table


def test_children_stand_below_their_parents_the_worst_first() -> None:
    order = in_order(SyntheticDesk(make_table(8_000)).error_tree())
    assert order[0][0].id == 0
    assert len({node.id for node, _ in order}) == len(order) > 2
    for (above, depth), (node, below) in itertools.pairwise(order):
        assert below <= depth + 1
        assert (node.parent == above.id) == (below == depth + 1)
    first = [node for node, depth in order if depth == 1]
    assert [node.excess for node in first] == sorted((node.excess for node in first), reverse=True)


def test_each_line_has_its_own_figures() -> None:
    order = in_order(SyntheticDesk(make_table(8_000)).error_tree())
    lines = lines_of(order)
    assert lines["rows"].tolist() == [node.rows for node, _ in order]
    assert lines["split"].iloc[0] == "all rows"
    assert lines["split"].iloc[1].strip().startswith("└")
