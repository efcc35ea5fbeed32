"""The error tree: a node a group of rows, parted from the top down."""

from __future__ import annotations

import plotly.graph_objects as go

from app.figures.heat import LIMIT, SHADES
from app.figures.style import GREY, styled
from app.text import plain
from app.wording import counted, share, signed
from mispredict.errors.tree import ErrorTree, Node

LEVEL = 96  # pixels


def draw_tree(found: ErrorTree) -> go.Figure:
    """Return the nodes in their levels; `customdata` is a node's id. Orange: more errors than promised, blue: fewer."""
    at = places(found)
    figure = go.Figure()
    for node in found.nodes:
        if node.parent is not None:
            ends = (at[node.parent], at[node.id])
            figure.add_scatter(
                x=[x for x, _ in ends], y=[y for _, y in ends], mode="lines", hoverinfo="skip", showlegend=False,
                line={"color": GREY, "width": 1 + 6 * node.share},
            )  # fmt: skip
    figure.add_scatter(
        x=[at[node.id][0] for node in found.nodes],
        y=[at[node.id][1] for node in found.nodes],
        mode="markers+text",
        text=[_words(node) for node in found.nodes],
        textposition="bottom center",
        hovertext=[_hover(node) for node in found.nodes],
        hovertemplate="%{hovertext}<extra></extra>",
        customdata=[node.id for node in found.nodes],
        marker={
            "size": [14 + 26 * node.share**0.5 for node in found.nodes], "color": [node.z for node in found.nodes],
            "colorscale": SHADES, "cmin": -LIMIT, "cmax": LIMIT, "line": {"color": GREY, "width": 1},
        },
        showlegend=False,
    )  # fmt: skip
    deepest = max(-y for _, y in at.values())
    figure.update_xaxes(visible=False, range=(-0.6, max(x for x, _ in at.values()) + 0.6))
    figure.update_yaxes(visible=False, range=(-deepest - 0.8, 0.4))
    return styled(figure, height=int(LEVEL * (deepest + 1.4)))


def places(found: ErrorTree) -> dict[int, tuple[float, float]]:
    """Return each node's place: leaves side by side, a parent over the middle of its children, a level a step down."""
    at: dict[int, tuple[float, float]] = {}
    leaves = 0

    def put(node: Node, depth: int) -> float:
        nonlocal leaves
        below = [put(found.nodes[child], depth + 1) for child in node.children]
        if not below:
            leaves += 1
        x = (below[0] + below[-1]) / 2 if below else float(leaves - 1)
        at[node.id] = (x, float(-depth))
        return x

    put(found.nodes[0], 0)
    return at


def _words(node: Node) -> str:
    return f"{plain(node.split, limit=26)}<br>{node.errors:,} of {node.rows:,}<br>z {signed(node.z, 1)}"


def _hover(node: Node) -> str:
    held = "" if node.heldout_z is None else f", held out {signed(node.heldout_z, 1)}"
    return (
        f"{plain(node.split, limit=120)}<br>{counted(node.rows, 'row')}: {counted(node.errors, 'error')}, "
        f"{node.expected_errors:.1f} expected<br>z {signed(node.z, 1)}{held}<br>{share(node.share)} of all errors"
    )
