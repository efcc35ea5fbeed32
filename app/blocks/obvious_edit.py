"""The form in which a case gets other words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app import promotions, session
from app.blocks.promoting import SEVERITY
from app.text import md

if TYPE_CHECKING:
    from mispredict.obvious.case import Case


def edit_form(case: Case, seen: int) -> None:
    """Draw the form. Its keys name the version that is shown: what is typed is saved over that one or not at all."""
    key = f"{case.id}-{seen}"
    with st.form(f"edit-{key}", border=False):
        st.text_area("Why", case.reason, key=f"reason-{key}")
        st.segmented_control(
            "How bad if it fails", list(SEVERITY), default=case.severity, format_func=SEVERITY.get, required=True,
            key=f"severity-{key}",
        )  # fmt: skip
        st.text_input("Incident", case.incident or "", key=f"incident-{key}")
        st.text_input("Owner", case.owner or "", key=f"owner-{key}")
        st.text_input("Tags", ", ".join(case.tags), key=f"tags-{key}", help="Between commas.")
        st.text_input(
            "Holds until", case.expires or "", key=f"expires-{key}", placeholder="Optional: a day such as 2027-01-31"
        )
        st.text_input("Edited by", promotions.me(), key=f"by-{key}")
        # A callback, since the next run may draw another version's form: what was typed would be lost in it.
        st.form_submit_button("Save", type="primary", on_click=_save, args=(case, seen, key))


def _save(case: Case, seen: int, key: str) -> None:
    told = {name: session.widget(f"{name}-{key}") for name in ("reason", "severity", "incident", "owner", "expires")}
    tags = tuple(tag.strip() for tag in str(session.widget(f"tags-{key}") or "").split(",") if tag.strip())
    by = str(session.widget(f"by-{key}") or "")
    job = promotions.edit(case, {**told, "tags": tags}, seen=seen, by=by)
    session.note("edit_failed", (case.id, job.failure))
    if job.failure is None:
        session.note("promoted", {"cases": [case.id], "sentence": f"Case {md(case.id)} is changed."})
    session.renew("edit")
