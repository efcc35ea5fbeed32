"""The page that answers: does the service see and answer what the table says."""

from __future__ import annotations

import streamlit as st

from app import asks
from app.blocks.header import opened_investigation
from app.blocks.online_columns import show_columns
from app.blocks.online_gap import show_gap
from app.blocks.online_scores import show_scores
from app.blocks.tables import facts, worded
from app.blocks.waiting import answered
from app.online_words import claim, joined_words, unjoined_lines
from app.suspect_words import told
from app.wording import listed, sentence
from mispredict.parity.online import Online

LISTED = 12  # names
SECTION = """[online]
path = "online/*.jsonl"   # Parquet, JSON lines or CSV: a file, a folder or a pattern
id = "order_id"           # joins an entry with its row; without it, entity and time do
time = "served_at"
score = "score"           # what the service answered
"""


def show_online() -> None:
    """Draw the page."""
    held = opened_investigation()
    if held is None:
        return
    name, what = held
    if not what.has_log:
        _no_log()
    elif answered(job := asks.online(name)):
        _page(name, job.answer)


def _no_log() -> None:
    st.subheader(":material/help: This investigation names no log of the service", anchor=False)
    st.markdown(
        "A model that is right offline can be wrong online, silently. Name what the service logged, its features and "
        "its answers, and every row is held against its entry:"
    )
    st.code(SECTION, language="toml")
    st.markdown(
        "A Python service that logs nothing yet can put `mispredict.online.Recorder` around its predict function; "
        "what it writes is read as it is."
    )


def _page(name: str, found: Online) -> None:
    with st.container(key="headline", gap="xxsmall"):
        st.subheader(claim(found), anchor=False)
        st.caption(f"{joined_words(found.joined)} {told(found.replayed.sentence)}.")
    show_columns(name, found)
    show_gap(found)
    show_scores(found)
    _left_out(found)


def _left_out(found: Online) -> None:
    """Say what could not be compared."""
    if lines := unjoined_lines(found.joined):
        st.markdown("**What could not be joined**")
        facts(lines, heads=("Why", "How many"))
    columns = [
        ("Features that were not logged", listed(list(found.absent), LISTED)),
        ("Perhaps renamed", listed([f"{one} is {other} in the log" for one, other in found.renamed.items()], LISTED)),
        ("In the log alone", listed(list(found.extra), LISTED)),
    ]
    if any(words for _, words in columns):
        st.markdown("**Columns that are on one side alone**")
        worded([(name, words) for name, words in columns if words])
    if found.notes:
        st.caption(":material/info: " + " ".join(map(sentence, found.notes)))


if __name__ == "__main__":
    show_online()
