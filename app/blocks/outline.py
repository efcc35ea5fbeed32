"""The error tree as an outline; a click on a line looks at its rows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import asks, session
from app.blocks.tables import ROW_HEIGHT, clickable
from app.blocks.waiting import ready
from app.figures.tree import draw_tree
from app.text import code_free
from app.wording import count, sentence
from mispredict.cohorts.rule import rule_source
from mispredict.errors.tree import ErrorTree, Node

INDENT = "\u2003"  # an em space: tables cut ordinary ones at the start of a cell
LONGEST = 70  # characters of a split


def show_tree(name: str, *, height: int) -> None:
    """Draw it once it is grown."""
    job = asks.error_tree(name)
    if not ready(job):
        return
    tree: ErrorTree = job.answer
    order = in_order(tree)
    lines = lines_of(order)
    fits = ROW_HEIGHT * (len(lines) + 1) + 8
    clickable(
        lines, key="tree", on_row=lambda place: _look_at(order[place][0]), height=min(fits, height),
        column_config=_titles(),
    )  # fmt: skip
    st.caption(
        f"Click a line to look at its rows. {count(tree.looked_at)} of {count(tree.of)} rows looked at. "
        + " ".join(map(sentence, tree.notes))
    )


def show_drawn(name: str) -> None:
    """Draw the grown tree as a picture with levels, over the page's whole width."""
    job = asks.error_tree(name)
    if job.state == "done" and len(job.answer.nodes) > 1:
        with st.expander("The tree, drawn", icon=":material/account_tree:"):
            st.plotly_chart(draw_tree(job.answer), key="tree-drawn", config={"displayModeBar": False})


def in_order(tree: ErrorTree) -> list[tuple[Node, int]]:
    """Return the nodes as an outline has them, each with its depth: children below their parent, the worst first."""
    by_id = {node.id: node for node in tree.nodes}
    found: list[tuple[Node, int]] = []
    waiting = [(tree.nodes[0], 0)] if tree.nodes else []
    while waiting:
        node, depth = waiting.pop()
        found.append((node, depth))
        below = sorted((by_id[child] for child in node.children), key=lambda child: child.excess)
        waiting += [(child, depth + 1) for child in below]
    return found


def lines_of(order: list[tuple[Node, int]]) -> pd.DataFrame:
    """Return a line a node: its split, rows, errors, expected errors, errors over them, part of all errors, z."""
    return pd.DataFrame(
        [
            (
                INDENT * depth + ("└ " if depth else "") + code_free(node.split, limit=LONGEST),
                node.rows,
                node.errors,
                node.expected_errors,
                node.errors / node.expected_errors if node.expected_errors > 0 else None,
                node.share * 100,
                node.heldout_z,
            )
            for node, depth in order
        ],
        columns=["split", "rows", "errors", "expected", "ratio", "share", "heldout"],
    )


def _titles() -> dict[str, object]:
    number = st.column_config.NumberColumn
    return {
        "split": st.column_config.TextColumn("Rows where", width=230, pinned=True),
        "rows": number("Rows", format="localized", width=60),
        "errors": number("Errors", format="localized", width=60),
        "expected": number("Expected", format="%.1f", width=70, help="By the model's own probabilities."),
        "ratio": number("×", format="%.1f", width=45, help="Errors over expected errors."),
        "share": number("% of all", format="%.1f", width=65, help="Part of all errors that lies here."),
        "heldout": number("Held-out z", format="%.1f", width=75, help="On rows that chose no split."),
    }


def _look_at(node: Node) -> None:
    if node.conditions:
        session.select_only("rule", rule_source(node.conditions))
    else:
        session.select_only()
    session.choose(view="tree")
