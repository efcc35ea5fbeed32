"""The verdict: one sentence with its numbers, then how sure it is, then how it was found."""

from __future__ import annotations

import streamlit as st

from app.blocks.findings import Finding
from app.rules import rule_words
from app.saying import few
from app.text import code_free, md
from app.wording import VERDICTS, count, counted, p_value, sentence, share
from mispredict.errors.findings import Test
from mispredict.investigation.desk import Groups
from mispredict.scan.summary import ScanSummary

LEVEL = 0.05  # of the p-values that count as found, as in the verdict itself
LONGEST = 100  # characters of a rule in the sentence
CALIBRATION = "calibration"
SHOWN_IN = {
    "slices": "some slices are wrong more often than promised",
    "learned direction": "a model of the errors foretells them",
    "time": "the errors come at certain times",
    "entity": "the errors come in runs of the same entity",
}


def show_verdict(scan: ScanSummary, groups: Groups, found: tuple[Finding, ...]) -> None:
    """Draw the claim, what stands behind it, and the way to its errors."""
    icon, _ = VERDICTS[groups.verdict.word]
    with st.container(key="headline"):
        words, button = st.columns([5, 1], vertical_alignment="center")
        words.subheader(f"{icon} {md(claim(scan, groups, found))}", anchor=False)
        words.markdown(_behind(scan, groups, found))
        if found:
            button.button("See these errors", key="see", type="primary", width="stretch", on_click=found[0].look)


def claim(scan: ScanSummary, groups: Groups, found: tuple[Finding, ...]) -> str:
    """Return the page's answer in one sentence."""
    word = groups.verdict.word
    title = VERDICTS[word][1]
    if word in ("systemic", "minor") and found and found[0].kind == "slice":
        return f"{title}: where {found[0].rule}, {found[0].claim}"
    if word in ("systemic", "minor"):
        return f"{title}: {_shown_in(groups)}"
    return f"{title}: {count(scan.errors)} of {counted(scan.rows, 'prediction')} are wrong"


def verdict_claim(scan: ScanSummary, groups: Groups) -> str:
    """Return the verdict's word and its numbers as one sentence, in Markdown."""
    word = groups.verdict.word
    wrong = f"{count(scan.errors)} of {counted(scan.rows, 'row')} are wrong ({share(scan.errors / scan.rows)})"
    said = {
        "systemic": _worst_slice(groups) or f"; {_shown_in(groups)}",
        "minor": _worst_slice(groups) or f"; {_shown_in(groups)}",
        "random-looking": ", about as the model's own probabilities promise",
        "cannot tell": ", too few to tell chance from structure",
    }[word]
    return f"{VERDICTS[word][0]} {word.capitalize()}: {md(wrong + said)}"


def _worst_slice(groups: Groups) -> str:
    if not groups.slices:
        return ""
    worst = groups.slices[0]
    rule = code_free(rule_words(worst.conditions), limit=LONGEST)
    return f"; where {rule}, {counted(worst.errors, 'error')} and {few(worst.expected_errors)} expected"


def line_below(scan: ScanSummary, groups: Groups) -> str:
    """Return how many rows were looked at, what would have been seen, and how many errors are in clusters."""
    held = sum(cluster.size for cluster in groups.clusters)
    clusters = f" {counted(len(groups.clusters), 'cluster')} with {counted(held, 'error')}." if groups.clusters else ""
    return md(
        f"{count(scan.sampled)} of {counted(scan.rows, 'row')} looked at; a slice of 5 % of them with "
        f"{share(groups.verdict.smallest_visible_effect)} more errors would have been seen.{clusters}"
    )


def _shown_in(groups: Groups) -> str:
    return " and ".join(SHOWN_IN.get(test.name, test.name) for test in _significant(groups)) or "more than by chance"


def _significant(groups: Groups) -> list[Test]:
    return [test for test in groups.verdict.tests if test.p_adjusted <= LEVEL and test.name != CALIBRATION]


def _behind(scan: ScanSummary, groups: Groups, found: tuple[Finding, ...]) -> str:
    word = groups.verdict.word
    if word == "cannot tell":
        return md(groups.verdict.sentence)
    if word == "random-looking":
        return (
            "They hang together no more than the model's own probabilities promise. A group of 5 % of the rows that is "
            f"wrong {share(groups.verdict.smallest_visible_effect)} more often than promised would have been seen."
        )
    return md(found[0].plain(scan.rows) if found and found[0].kind == "slice" else groups.verdict.sentence)


def show_how(groups: Groups) -> None:
    """Draw the tests and the notes behind the verdict, for who wants to know."""
    with st.expander("How this was found", icon=":material/rule:"):
        for test in groups.verdict.tests:
            st.markdown(f"- {_test_words(test)}")
        notes = dict.fromkeys((*groups.verdict.notes, *groups.slice_notes, *groups.cluster_notes))
        st.caption(" ".join(map(sentence, notes)))
        st.caption(
            f"A slice of 5 % of the rows that is wrong {share(groups.verdict.smallest_visible_effect)} more often than "
            "promised would have been seen four times of five."
        )


def _test_words(test: Test) -> str:
    found = "found" if test.p_adjusted <= LEVEL else "nothing found"
    apart = ", judged apart from the verdict" if test.name == CALIBRATION else ""
    return f"**{md(test.name.capitalize())}**: {found}, {p_value(test.p_adjusted)}, effect {share(test.effect)}{apart}"
