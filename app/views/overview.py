"""The page that answers: is the model wrong at random, or is something broken."""

from __future__ import annotations

import streamlit as st

from app import asks, session
from app.blocks.findings import findings, findings_table
from app.blocks.header import opened_investigation
from app.blocks.opening import show_opening
from app.blocks.suspect_line import show_first_suspects
from app.blocks.tables import facts
from app.blocks.verdict import show_how, show_verdict
from app.blocks.waiting import ready
from app.figures.calibration import draw_calibration
from app.figures.confusion import draw_confusion
from app.figures.scores import draw_scores
from app.wording import chance, count, counted, listed, optional, seconds, sentence, share
from mispredict.investigation.desk import Description, Groups
from mispredict.scan.summary import ScanSummary

CHART = {"displayModeBar": False, "scrollZoom": False}


def show_overview() -> None:
    """Draw the page."""
    if session.current("inv") is None:
        show_opening()
        return
    held = opened_investigation()
    if held is None:
        return
    name, what = held
    scan, groups = asks.scanned(name), asks.grouped(name)
    if not ready(scan):
        return
    if scan.answer.errors == 0:
        _no_errors(scan.answer)
    elif ready(groups):
        show_verdict(scan.answer, groups.answer, findings(groups.answer))
    show_first_suspects(name)
    _metrics(scan.answer)
    if groups.state == "done" and scan.answer.errors:
        _groups(groups.answer)
    _charts(scan.answer, what)
    _notes(scan.answer, what)
    if groups.state == "done" and scan.answer.errors:
        show_how(groups.answer)
    _opened(scan.answer, what)


def _no_errors(scan: ScanSummary) -> None:
    st.subheader("No errors: every row is right", anchor=False)
    st.markdown(
        f"All {counted(scan.rows, 'row')} are called what they are at the threshold {scan.metrics.threshold:g}."
    )


def _metrics(scan: ScanSummary) -> None:
    figures = scan.metrics
    wrong = f"{count(scan.errors)} · {share(scan.errors / scan.rows)}" if scan.rows else "0"
    with st.container(key="metrics"):
        one, two, three, four = st.columns(4)
        one.metric("Rows scored", count(scan.rows), border=True)
        two.metric("Wrong", wrong, border=True, help=f"At the threshold {figures.threshold:g}.")
        three.metric("Log loss, nats a row", optional(figures.log_loss), border=True)
        four.metric("ROC AUC", optional(figures.roc_auc), border=True, help="A dash: only one class is present.")


def _notes(scan: ScanSummary, what: Description) -> None:
    """Say once, and in one place, what was odd about the rows."""
    if notes := dict.fromkeys((*what.notes, *scan.notes)):
        st.caption(f":material/info: {' '.join(map(sentence, notes))}")


def _groups(groups: Groups) -> None:
    found = findings(groups)
    if found:
        findings_table(found)
    else:
        st.markdown("**Nothing hangs together.** No slice and no cluster of errors stands out from chance.")


def _charts(scan: ScanSummary, what: Description) -> None:
    event = "" if what.positive is None else f"{what.target} = {what.positive}"
    calibration, scores, confusion = st.columns([1, 1.15, 0.9], gap="medium")
    with calibration:
        st.markdown("**Does it promise too much?**")
        st.plotly_chart(draw_calibration(scan.calibration, event), key="calibration", config=CHART)
        st.caption(
            f"Expected calibration error {optional(scan.metrics.ece)}, Brier score {optional(scan.metrics.brier)}."
        )
    with scores:
        st.markdown("**How sure is it?**")
        st.plotly_chart(draw_scores(scan, event), key="scores", config=CHART)
        if len(scan.classes) == 2:
            st.caption(f"Dotted: the threshold {scan.metrics.threshold:g}.")
    with confusion:
        st.markdown("**What is taken for what?**")
        st.plotly_chart(draw_confusion(scan), key="confusion", config=CHART)
        st.caption(
            f"Accuracy {chance(scan.metrics.accuracy)}, average precision {optional(scan.metrics.average_precision)}."
        )


def _opened(scan: ScanSummary, what: Description) -> None:
    with st.expander("What was opened", icon=":material/inventory_2:"):
        facts(
            [
                ("Model", f"{what.model_name} · {what.model_format} · {what.model_family}"),
                ("Model's SHA-256", what.model_sha256 or "none: not a file"),
                ("Table", f"{what.data_name} · {count(what.rows)} rows"),
                ("Table's SHA-256", what.data_sha256),
                ("Target", f"{what.target} ({listed([str(c) for c in what.classes], 8)})"),
                ("Features", f"{len(what.features)}: {listed(list(what.features), 12)}"),
                *(
                    (role.replace("_", " ").capitalize(), column)
                    for column, role in what.roles.items()
                    if role != "target"
                ),
                ("Seed", str(what.seed)),
                ("Scored in", seconds(scan.scan_s)),
                ("Kept", f"the {count(scan.kept)} worst rows and a sample of {count(scan.sampled)}"),
            ]
        )


if __name__ == "__main__":
    show_overview()
