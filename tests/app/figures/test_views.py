from __future__ import annotations

import dataclasses

import pytest

from app.figures.heat import cell_at, cells_of, heat_table
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
    table = heat_table(found).data
    met = []
    for line in range(len(table)):
        for name in cells_of(found):
            cell = cell_at(found, line, name)
            assert cell is not None
            assert (cell.first, cell.second) == (cells_of(found).index(name), line)
            word = table[name].iloc[line]
            assert (f"{cell.ratio:.1f} ×" in word) if cell.ratio is not None else "×" not in word
            met.append(cell)
    assert sorted(map(repr, met)) == sorted(map(repr, found.cells))
    assert cell_at(found, 0, "group") is None


def test_more_errors_than_promised_are_orange_and_fewer_blue(desk: SyntheticDesk) -> None:
    found = drawn_heat(desk)
    shades = heat_table(found)._compute().ctx
    for (line, column), style in shades.items():
        cell = cell_at(found, line, f"c{column - 1}") if column else None
        if cell is not None and cell.z is not None and abs(cell.z) > 3 and abs(cell.ratio - 1) > 0.1:
            red, blue = (int(dict(style)["background-color"][at : at + 2], 16) for at in (1, 5))
            assert (red > blue) == (cell.ratio > 1)


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


def test_tags_are_literal() -> None:
    tree = grown()
    tree = dataclasses.replace(tree, nodes=(dataclasses.replace(tree.nodes[0], split=HOSTILE, children=()),))
    assert "<a" not in draw_tree(tree).to_json().replace("\\u003c", "<")
