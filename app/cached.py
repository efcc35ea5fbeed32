"""What all sessions of this server share. Nobody else uses `st.cache_*`.

Keys are short names and digests; a frame or an array is never a key (Streamlit hashes large ones by sample).
"""

from __future__ import annotations

import streamlit as st

from app.desks import DeskBook
from app.jobs import JobBook
from app.kept_set import SetBook


@st.cache_resource(show_spinner=False)
def jobs() -> JobBook:
    """Return the server's jobs."""
    return JobBook()


@st.cache_resource(show_spinner=False, on_release=lambda desks: desks.close_all())
def desks() -> DeskBook:
    """Return the server's open desks."""
    return DeskBook()


@st.cache_resource(show_spinner=False)
def kept_set() -> SetBook:
    """Return the obvious set as it was read last."""
    return SetBook()
