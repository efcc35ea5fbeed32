"""What one browser tab looks at. The address is the state of record; the session carries it from page to page.

Nobody else touches `st.session_state` or `st.query_params`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args
from urllib.parse import urlencode

import streamlit as st

# what an address says of which rows are looked at
Selector = Literal["cluster", "slice", "lasso", "rule", "cohort", "suspect"]
Param = (
    Selector
    | Literal["inv", "by", "colour", "map", "row", "look", "method", "class", "space", "view", "across", "down", "with"]
    | Literal["opened", "column", "invariant", "case"]
)
SELECTORS: tuple[Selector, ...] = get_args(Selector)
SHOWN_ON: dict[str, tuple[Param, ...]] = {
    "": ("inv",),
    "errors": ("inv", "by", "colour", "map", "view", "across", "down", *SELECTORS, "with", "row"),
    "suspects": ("inv", "opened"),
    "online": ("inv", "column"),
    "invariants": ("inv", "invariant"),
    "prediction": ("inv", "by", "map", *SELECTORS, "row", "look", "method", "class", "space"),
    "obvious-set": ("inv", "case"),
    "open": (),
}
OF_ONE_INVESTIGATION: tuple[Param, ...] = (
    *SELECTORS,
    "map",
    "row",
    "look",
    "method",
    "class",
    "space",
    "view",
    "across",
    "down",
    "with",
    "opened",
    "column",
    "invariant",
)
# A finding is called the same in every address: opened on its own page, it does not select rows on the others.
CALLED: dict[Param, str] = {"opened": "suspect"}
LONGEST = 2_000  # characters of one value of the address; a longer one is nobody's link


def arrive(page: str) -> None:
    """Bring address and session together at the start of a run.

    An address with an investigation is complete, so that "back" works; one without (the navigation drops it) is filled.
    """
    shown = SHOWN_ON[page]
    if "inv" in st.query_params:
        _adopt(shown)
    for name in shown:
        if (held := current(name)) is not None and st.query_params.get(_called(name)) != held:
            st.query_params[_called(name)] = held


def _adopt(shown: Sequence[Param]) -> None:
    if st.query_params["inv"] != current("inv"):
        for name in OF_ONE_INVESTIGATION:
            _hold(name, None)
    for name in shown:
        _hold(name, st.query_params.get(_called(name), None) or None)


def _called(name: Param) -> str:
    """Return the name of a parameter in addresses."""
    return CALLED.get(name, name)


def current(name: Param) -> str | None:
    """Return what the tab looks at under this name."""
    held: str | None = st.session_state.get(f"at.{name}")
    return held


def _hold(name: Param, to: str | None) -> None:
    st.session_state[f"at.{name}"] = to[:LONGEST] if to else None


def choose(**chosen: str | None) -> None:
    """Look at something else: the session and the address change together; None means no such choice."""
    for name, to in chosen.items():
        _hold(name, to)  # type: ignore[arg-type]
        called = _called(name)  # type: ignore[arg-type]
        if to:
            st.query_params[called] = to
        elif called in st.query_params:
            del st.query_params[called]


def select_only(selector: Selector | None = None, to: str | None = None) -> None:
    """Look at other rows: those of one selector, all where none is given. At most one is held at a time."""
    for sentence in ("typed", "cohort_done", "cohort_failed"):  # said of what was looked at before
        note(sentence, None)
    held = {name: to if name == selector else None for name in SELECTORS}
    choose(**held, **{"with": None})


def open_investigation(name: str) -> None:
    """Look at another investigation as a whole."""
    st.session_state["at.inv"] = name
    for param in OF_ONE_INVESTIGATION:
        _hold(param, None)


def address(page: str, **chosen: str | None) -> dict[str, str]:
    """Return the query parameters of a link to a page with some choices changed."""
    held = {name: current(name) for name in SHOWN_ON[page]} | chosen
    return {_called(name): to for name, to in held.items() if to}  # type: ignore[arg-type]


def query(page: str) -> str:
    """Return the query of a link to a page as it is now."""
    return urlencode(address(page))


def bound(name: Param, options: Sequence[str], default: str) -> dict[str, Any]:
    """Return the arguments that tie a control to a parameter of the address."""
    key = f"control.{name}"
    held = current(name)
    st.session_state[key] = held if held in options else default

    def follow() -> None:
        taken = st.session_state.get(key)
        choose(**{name: taken if taken and taken != default else None})

    return {"key": key, "on_change": follow}


def event(key: str, name: str) -> Any:
    """Return what a component or a table just reported, inside its callback."""
    held = st.session_state.get(key)
    return None if held is None else held.get(name)


def wish(page: str) -> None:
    """Remember, inside a callback, that the run should go to another page."""
    st.session_state["wish"] = page


def take_wish() -> str | None:
    """Return the page a callback asked for, once."""
    wished: str | None = st.session_state.pop("wish", None)
    return wished


def epoch(name: str) -> int:
    """Return a number to put into a widget's key; `renew` changes it and so empties the widget."""
    return int(st.session_state.get(f"epoch.{name}", 0))


def renew(name: str) -> None:
    """Empty the widgets that carry this name's epoch in their key."""
    st.session_state[f"epoch.{name}"] = epoch(name) + 1


def note(name: str, what: Any) -> None:
    """Keep something small for this tab: a flag, ids, a sentence."""
    st.session_state[f"note.{name}"] = what


def noted(name: str, otherwise: Any = None) -> Any:
    """Return what was kept."""
    return st.session_state.get(f"note.{name}", otherwise)


def setter(name: str, what: Any) -> Callable[[], None]:
    """Return a callback that keeps something."""
    return lambda: note(name, what)


def set_control(name: str, to: Any) -> None:
    """Set what a control that has no parameter of its own shows."""
    st.session_state[f"control.{name}"] = to


def noted_control(name: str) -> Any:
    """Return what was picked in such a control."""
    return st.session_state.get(f"control.{name}")


def widget(key: str) -> Any:
    """Return the value of a widget with a key of its own, None where it is not drawn."""
    return st.session_state.get(key)
