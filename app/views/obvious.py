"""The page that answers: what may nobody ever get wrong again, and does the model get it right."""

from __future__ import annotations

import streamlit as st

from app import promotions, session
from app.blocks.header import opened_investigation
from app.blocks.obvious_case import show_case
from app.blocks.obvious_check import show_check
from app.blocks.obvious_cover import await_coverage, coverage, show_coverage
from app.blocks.obvious_matrix import show_groups, show_matrix, sought
from app.blocks.promoting import outcome
from app.exporting import file_name, plain_text, zip_of
from app.kept_set import KeptSet
from app.obvious_words import claim, model_lines
from app.wording import said
from mispredict.investigation.desk import Description


def show_obvious() -> None:
    """Draw the page."""
    held = opened_investigation()
    read = promotions.listed()
    if read.failure is not None:
        st.error(f"**The obvious set can't be read.**  \n{said(read.failure)}", icon=":material/error:")
        return
    kept: KeptSet = read.answer
    with st.container(key="headline", gap="xxsmall"):
        st.subheader(claim(kept), anchor=False)
        st.markdown("  \n".join(model_lines(kept)))
    outcome()
    if not kept.cases:
        st.markdown("Open an error on the Prediction page and promote it: it becomes the first case here.")
        return
    _page(kept, held)


def _page(kept: KeptSet, held: tuple[str, Description] | None) -> None:
    name, what = held or (None, None)
    covered = coverage(kept, name)
    slices = {one.rule: one.cases for one in covered.groups if one.kind == "slice"} if covered else {}
    checked = show_check(kept.cases, name)
    asked = sought(slices, kept)
    show_groups(kept, asked, slices)
    show_matrix(kept, asked, slices)
    opened = next((case for case in kept.cases if case.id == session.current("case")), None)
    if opened is not None:
        show_case(kept, opened, what, checked)
    if covered is not None and covered.groups:
        show_coverage(covered)
    elif covered is None and name is not None:
        await_coverage(kept, name)
    _download(kept)


def _download(kept: KeptSet) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="downloads"):
        st.download_button(
            "Download the test folder",
            data=lambda: zip_of(kept.cases),
            file_name=file_name(kept.digest, "zip"),
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            key="download",
        )
        for form, mime in (("csv", "text/csv"), ("jsonl", "application/x-ndjson")):
            st.download_button(
                form.upper(),
                data=lambda form=form: plain_text(kept.cases, form),
                file_name=file_name(kept.digest, form),
                mime=mime,
                on_click="ignore",
                key=f"download-{form}",
            )
        st.markdown(":gray[The folder runs with pytest and pandas alone, wherever the next model is built.]")


if __name__ == "__main__":
    show_obvious()
