"""A rule typed by hand: read at Enter; what can't be read is said below, and what was looked at stays."""

from __future__ import annotations

import streamlit as st

from app import session
from app.selected import Choice
from app.wording import said
from mispredict.bad_input import RuleRefused
from mispredict.cohorts.language import parse_rule
from mispredict.cohorts.rule import rule_source
from mispredict.cohorts.selection import Selection
from mispredict.investigation.desk import Description

EXAMPLE = "Type a rule, such as amount > 300 and channel = 'app', and press Enter"
HELP = (
    "Columns, =, !=, <, <=, >, >=, in (a, b), between 1 and 2, is missing, joined by and, or, not and parentheses. "
    "Names with spaces stand in backticks, text in quotes. Nothing here is run as code."
)


def refusal_of(what: Description, rule: str | None) -> RuleRefused | None:
    """Return why a rule can't be read, None for one that can."""
    try:
        parse_rule(rule or "all rows", what.dtypes)
    except RuleRefused as refused:
        return refused
    return None


def rule_box(what: Description, choice: Choice, shown: Selection | None) -> None:
    """Draw the input with the rule of what is looked at, and below it why the last one typed can't be read."""
    typed: str | None = session.noted("typed")
    wrong = typed or (choice.rule if refusal_of(what, choice.rule) else None)
    session.set_control("rule", wrong if wrong is not None else shown.rule if shown is not None else "")
    st.text_input(
        "Rule", key="control.rule", placeholder=EXAMPLE, label_visibility="collapsed", on_change=_taken, args=(what,),
    )  # fmt: skip
    refused = refusal_of(what, wrong)
    if wrong is not None and refused is not None:
        with st.container(key="rule-refused"):
            st.markdown(f":material/error: {said(refused)}")
            st.caption(HELP)


def _taken(what: Description) -> None:
    typed = str(session.noted_control("rule") or "").strip()
    session.note("typed", None)
    if not typed:
        session.select_only()
    elif refusal_of(what, typed) is not None:
        session.note("typed", typed)
    else:
        session.select_only("rule", rule_source(parse_rule(typed, what.dtypes)))
