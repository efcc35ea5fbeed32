"""The head of a prediction: what the model said and what is true, the findings it is part of, its figures."""

from __future__ import annotations

import streamlit as st

from app import asks
from app.blocks.findings import findings_of
from app.text import code_free, md
from app.wording import chance, close_chance, count
from mispredict.investigation.desk import Description, RowDetail

LONGEST = 60  # characters of a finding's rule on a button


def claim(what: Description, found: RowDetail) -> str:
    """Return what the model said of the row, and what is true, in Markdown."""
    p = found.probabilities.get(str(found.predicted), 0.0)
    called = f"Row {md(found.id)} was called {md(what.target)} = {md(found.predicted)} with probability {chance(p)}"
    return f"{called}; it is {md(found.truth)}" if found.is_error else f"{called}, and that is right"


def belongs(name: str, found: RowDetail) -> None:
    """Say which findings the row is part of, each a way back to all that share it."""
    groups = asks.grouped(name)
    within = findings_of(groups.answer, found) if groups.state == "done" else ()
    if not within:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="belongs"):
        st.markdown(":gray[Part of]", width="content")
        for part in within:
            st.button(
                f"{md(code_free(part.heading, limit=LONGEST))} · {count(part.errors)} wrong",
                key=f"part-{part.kind}-{part.number}", on_click=part.look,
            )  # fmt: skip


def highlights(what: Description, found: RowDetail) -> None:
    """Draw the figures of the row."""
    shown = [
        ("True", md(found.truth), None),
        ("Predicted", md(found.predicted), None),
        _score(what, found),
        ("Surprise, nats", f"{found.surprise:.3f}", "The row's log loss: −log p of the true class."),
        ("Rank by surprise", "–" if found.rank is None else count(found.rank), None),
    ]
    if "cost" in what.roles.values():
        shown.append(("Cost", f"{found.cost:,.2f}", "What an error on this row costs."))
    with st.container(key="highlights"):
        widths = [1.5 if label.startswith("Prob") else 1 for label, _, _ in shown]
        for place, (label, figure, about) in zip(st.columns(widths, gap="small"), shown, strict=True):
            place.metric(label, figure, border=True, help=about)


def _score(what: Description, found: RowDetail) -> tuple[str, str, str | None]:
    """Return the event's probability and on which side of the threshold it lies; of the called class where no event."""
    if what.positive is None:
        called = str(found.predicted)
        return f"Probability of {md(called)}", chance(found.probabilities.get(called, 0.0)), None
    p, event = found.probabilities.get(str(what.positive), 0.0), md(what.positive)
    side = "≥" if p >= found.threshold else "<"
    return (
        f"Probability of {event} · threshold",
        f"{close_chance(p)} {side} {found.threshold:g}",
        f"The model's probability of {event}, and the threshold from which on it calls {event}.",
    )
