"""Slices and clusters side by side, the most serious first, each with its sentence; a click looks at one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.blocks.findings import Finding, findings
from app.saying import folded
from app.selected import Choice
from app.text import code_free, md
from app.wording import sentence
from mispredict.errors.findings import Slice
from mispredict.investigation.desk import Groups

LONGEST = 400  # characters of a sentence on a card
NO_SLICE = "No rule holds rows that are wrong more often than chance and the model's probabilities allow."
NO_CLUSTER = "No stable cluster: the errors are not alike in their reasons."


def show_groups(groups: Groups, of_rows: int, choice: Choice, *, height: int) -> None:
    """Draw both lists in a box of their own height."""
    found = findings(groups)
    slices, clusters = ([f for f in found if f.kind == kind] for kind in ("slice", "cluster"))
    with st.container(height=height, border=False, key="groups"):
        left, right = st.columns(2, gap="small")
        with left:
            st.markdown(f"**Slices** :gray[{len(slices) or 'none'}]")
            _cards(slices, of_rows, choice, otherwise=NO_SLICE)
            _notes(groups.slice_notes)
        with right:
            st.markdown(f"**Clusters** :gray[{len(clusters) or 'none'}]")
            _cards(clusters, of_rows, choice, otherwise=NO_CLUSTER)
            _notes(groups.cluster_notes)


def _cards(found: Sequence[Finding], of_rows: int, choice: Choice, *, otherwise: str) -> None:
    if not found:
        st.caption(otherwise)
    for one in found:
        is_shown = (choice.kind, choice.value) == (one.kind, str(one.number))
        with st.container(border=True, gap="xxsmall", key=f"card-{one.kind}-{one.number}"):
            st.button(
                f"**{one.title}**", type="tertiary", key=f"pick-{one.kind}-{one.number}", on_click=one.pick,
                icon=f":material/radio_button_{'checked' if is_shown else 'unchecked'}:",
            )  # fmt: skip
            st.caption(md(code_free(one.plain(of_rows), limit=LONGEST)))
            if isinstance(one.source, Slice) and one.source.also:
                st.caption(f"Nearly the same rows: {md(code_free(folded(one.source), limit=LONGEST))}")


def _notes(notes: Sequence[str]) -> None:
    if notes:
        st.caption(" ".join(map(sentence, notes)))
