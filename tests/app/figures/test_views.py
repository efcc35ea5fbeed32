from __future__ import annotations

import dataclasses

import pytest

from app.figures.heat import draw_heat
from app.figures.tree import draw_tree, places
from mispredict.errors.heat import HeatMap
from mispredict.errors.tree import ErrorTree, grow_tree
from tests.app.synthetic_desk import SyntheticDesk, make_table
from tests.mispredict.errors.conftest import planted_world

HOSTILE = "<a href='http://x'>y</a>"


@pytest.fixture(scope="module")
def desk() -> SyntheticDesk:
    return SyntheticDesk(make_table(1_200))


def drawn_heat(desk: SyntheticDesk) -> HeatMap:
    return desk.heat_map("app_release", "device_age_days")


def test_every_cell_says_its_figures_and_its_place(desk: SyntheticDesk) -> None:
    found = drawn_heat(desk)
    (drawn,) = draw_heat(found).data
    places_ = [place for line in drawn.customdata for place in line]
    assert sorted(places_) == list(range(len(found.cells)))
    for line, words in zip(drawn.customdata, drawn.text, strict=True):
        for place, word in zip(line, words, strict=True):
            cell = found.cells[place]
            assert (f"{cell.ratio:.1f}" in word) if cell.ratio is not None else "×" not in word


def grown() -> ErrorTree:
    tree = grow_tree(planted_world(4_000), exclude=("y",))
    assert len(tree.nodes) > 1
    return tree


def test_nodes_stand_apart_and_under_their_parents() -> None:
    tree = grown()
    at = places(tree)
    assert len(set(at.values())) == len(tree.nodes)
    assert all(at[n.id][1] == at[n.parent][1] - 1 for n in tree.nodes if n.parent is not None)
    marks = draw_tree(tree).data[-1]
    assert list(marks.customdata) == [node.id for node in tree.nodes]
    assert all(("+" in text) == (node.z >= 0) for text, node in zip(marks.text, tree.nodes, strict=True))


def test_tags_are_literal(desk: SyntheticDesk) -> None:
    heat, tree = drawn_heat(desk), grown()
    heat = dataclasses.replace(heat, first=HOSTILE, second_labels=(HOSTILE,) * len(heat.second_labels))
    tree = dataclasses.replace(tree, nodes=(dataclasses.replace(tree.nodes[0], split=HOSTILE, children=()),))
    for figure in (draw_heat(heat), draw_tree(tree)):
        assert "<a" not in figure.to_json().replace("\\u003c", "<")
