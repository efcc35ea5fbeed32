"""Whether the scores match: quantiles on both sides, over time, and by slice."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app.blocks.evidence import show_chart
from app.blocks.tables import ROW_HEIGHT
from app.figures.online import over_time
from app.online_words import between, match_words
from app.text import code_free, md
from app.wording import count, counted, p_value
from mispredict.parity.online import Online
from mispredict.parity.quantiles import RATE, STEP, TIMES, QuantilePair
from mispredict.parity.spans import SHOWN_OVER_TIME

SLICES = 8  # lines seen without scrolling
READING = (
    f"95 % intervals, q-values over all of a table (Benjamini and Hochberg). A quantile differs where q is at most "
    f"{RATE:g}, the score moves by {STEP:g} or more, and {TIMES:g} times as many scores lie beyond it."
)


def show_scores(found: Online) -> None:
    """Draw what there is."""
    if not found.scores:
        return
    slices = [one for one in found.slices if one.is_other]
    differ = [one for one in found.scores if one.is_other]
    st.markdown(f"**{_heading(found.scores, differ)}** :gray[{md(found.score_name)} against the model's score offline]")
    left, right = st.columns([1, 1.45], gap="medium")
    with left:
        _table(found.scores, ("Score", 60), [f"p{100 * one.quantile:g}" for one in found.scores], key="quantiles")
        st.caption(READING)
    with right:
        if slices:
            names = [code_free(f"p{100 * one.quantile:g} where {one.group}") for one in slices]
            _table(slices, (f"Slices that differ ({count(len(slices))})", 200), names, key="slices")
        elif found.slices:
            st.markdown("The scores match in every slice that was compared.")
    _over_time(found)


def _over_time(found: Online) -> None:
    """Draw the median, and the highest quantile that spans have rows enough for."""
    drawn = [chart for quantile in SHOWN_OVER_TIME if (chart := over_time(found, quantile)) is not None]
    drawn = drawn if len(drawn) < 2 else [drawn[0], drawn[-1]]
    for number, place in enumerate(st.columns(len(drawn), gap="medium") if drawn else ()):
        with place:
            show_chart(drawn[number], key=f"time-{number}")


def _heading(scores: Sequence[QuantilePair], differ: Sequence[QuantilePair]) -> str:
    if not differ:
        return f"The scores match at all {counted(len(scores), 'quantile')}"
    names = ", ".join(f"p{100 * one.quantile:g}" for one in differ)
    return f"The scores differ at {names}"


def _table(pairs: Sequence[QuantilePair], title: tuple[str, int], names: Sequence[str], *, key: str) -> None:
    """Draw quantiles; the title has the width of its column in pixels."""
    rows = pd.DataFrame(
        {
            "name": names,
            "match": [match_words(one) for one in pairs],
            "offline": [between(one.offline, one.offline_low, one.offline_high) for one in pairs],
            "online": [between(one.online, one.online_low, one.online_high) for one in pairs],
            "q": [p_value(one.q_value).replace("p", "q", 1) for one in pairs],
        }
    )
    text = st.column_config.TextColumn
    st.dataframe(
        rows,
        key=key,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content" if len(rows) <= SLICES else ROW_HEIGHT * (SLICES + 1) + 8,
        column_config={
            "name": text(title[0], width=title[1]),
            "offline": text("Offline"),
            "online": text("Online"),
            "match": text("Match?"),
            "q": text("Chance"),
        },
    )
