"""What the trees of a model said of a row, in sentences."""

from __future__ import annotations

from app.text import md
from app.wording import count, number, value
from explainers.thresholds import NearThreshold
from explainers.votes import Votes


def votes_sentence(found: Votes, *, target: str) -> str:
    """Return how many trees voted against the truth, in Markdown."""
    truth = md(f"{target} = {found.truth}")
    if not found.wrong:
        return f"**None of the {count(found.trees)} trees** voted against the truth, {truth}."
    which = "All" if found.wrong == found.trees else f"{count(found.wrong)} of"
    return f"**{which} {count(found.trees)} trees** voted against the truth, {truth}."


def near_sentence(near: NearThreshold, *, towards: str) -> str:
    """Return what one threshold would change, in Markdown; `towards` is the class whose score is told, in Markdown."""
    step = f"{value(abs(float(near.change)))} {'more' if near.change > 0 else 'less'}"
    return (
        f"**{md(near.column)}**: {md(step)} and {count(near.trees)} of {count(near.of)} trees change their answer; the "
        f"{md(near.unit)} of {towards} is then {number(near.score)}."
    )
