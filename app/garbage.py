"""What lives as long as the server is not looked through for garbage after every click."""

from __future__ import annotations

import gc


def settle() -> None:
    """Leave out what is there now when garbage is looked for; what is made later is looked through as ever.

    Streamlit collects after every run of a page, in which nothing else can be answered: 0.1 s for the modules alone.
    What is left out is still freed when nobody holds it any more.
    """
    gc.collect()
    gc.freeze()
