"""What makes the gap between offline and online: traffic, features or the model, and the figures on the way."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.blocks.evidence import show_chart
from app.blocks.tables import ROW_HEIGHT
from app.figures.online import gap_chart
from app.wording import optional, sentence
from mispredict.parity.online import Online, Stage

SCORED = {
    "table": "All rows of the table",
    "logged rows": "Of them, the rows that were served",
    "logged features": "These, with the logged features",
    "answers": "These, as the service answered",
}


def show_gap(found: Online) -> None:
    """Draw the steps beside the table of stages."""
    replayed = found.replayed
    if not replayed.stages:
        return
    left, right = st.columns([1, 1.45], gap="medium")
    with left:
        if replayed.steps:
            show_chart(gap_chart(replayed), key="gap")
    with right:
        st.markdown("**From the table to the service's answer**")
        _stages(replayed.stages)
        if replayed.notes:
            st.caption(" ".join(map(sentence, replayed.notes)))


def _stages(stages: tuple[Stage, ...]) -> None:
    rows = pd.DataFrame(
        [(SCORED[one.name], one.rows, *map(_four, (one.log_loss, one.roc_auc, one.mean_score))) for one in stages],
        columns=["stage", "rows", "loss", "auc", "mean"],
    )
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content",
        column_config={
            "stage": text("What is scored", width=215),
            "rows": number("Rows", format="localized", help="With a label."),
            "loss": text("Log loss", help="Nats a row."),
            "auc": text("ROC AUC"),
            "mean": text("Mean"),
        },
    )


def _four(figure: float | None) -> str:
    return optional(figure, 4)
