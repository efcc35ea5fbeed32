"""The tree and the heat map as a desk gives them: here, kept, and from a message."""

from __future__ import annotations

import json

import pytest

from mispredict.bad_input import BadInput
from mispredict.cohorts.rule import rule_source
from mispredict.cohorts.selection import Selection
from mispredict.investigation.investigation import Investigation
from mispredict.worker.codec import decode, encode
from tests.app.synthetic_desk import SyntheticDesk


@pytest.fixture(scope="module")
def opened() -> Investigation:
    return SyntheticDesk().investigation


def test_both_say_how_many_rows_they_looked_at(opened: Investigation) -> None:
    tree, drawn = opened.error_tree(), opened.heat_map()
    assert (tree.looked_at, tree.of) == (drawn.looked_at, drawn.of) == (1_200, 1_200)
    assert opened.error_tree() is tree
    assert opened.heat_map() is drawn
    assert "order" not in drawn.error_columns


def test_a_node_and_a_cell_choose_their_errors(opened: Investigation) -> None:
    tree, drawn = opened.error_tree(), opened.heat_map("app_release", "amount")
    for part in (*tree.nodes, *drawn.cells):
        assert (
            opened.ranked(of=Selection(rule_source(part.conditions) if part.conditions else ""), limit=2_000).shown
            == part.errors
        )


@pytest.mark.parametrize("what", ["error_tree", "heat_map"])
def test_they_travel(opened: Investigation, what: str) -> None:
    answer, blobs = getattr(opened, what)(), []  # type: ignore[var-annotated]
    assert decode(json.loads(json.dumps(encode(answer, blobs))), blobs) == answer


def test_an_unknown_column_is_refused(opened: Investigation) -> None:
    with pytest.raises(BadInput, match="no such"):
        opened.heat_map("no such")


def test_the_order_beyond_the_entropy_is_errors_only(opened: Investigation) -> None:
    rows = opened.ranked("beyond").rows
    assert rows["beyond"].is_monotonic_decreasing
    assert (rows["truth"] != rows["predicted"]).all()
