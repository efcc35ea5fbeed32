"""Tables with labels that are wrong or late, and the same without."""

from __future__ import annotations

import numpy as np
import pandas as pd


def clear_cut(rows: int, seed: int = 0) -> pd.DataFrame:
    """Return a table whose label most rows make plain, and who labelled it, which tells nothing."""
    rng = np.random.default_rng(seed)
    first, second, noise = rng.normal(size=(3, rows))
    odds = 3.0 * first + 2.0 * second - 1.5
    return pd.DataFrame(
        {
            "first": first,
            "second": second,
            "noise": noise,
            "shop": rng.choice(["east", "north", "south", "west"], rows),
            "reviewer": rng.choice(["ana", "bo", "cem", "dua", "eli"], rows),
            "label": (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int),
        }
    )


def flipped(table: pd.DataFrame, rate: float, where: np.ndarray | None = None, seed: int = 9) -> pd.DataFrame:
    """Return the table with labels turned at a rate, everywhere or where a mask says; `was_flipped` says which."""
    turned = np.random.default_rng(seed).random(len(table)) < rate
    turned &= True if where is None else where
    return table.assign(label=np.where(turned, 1 - table["label"], table["label"]), was_flipped=turned)


def late(rows: int, median: float, *, cut: float, seed: int = 0) -> pd.DataFrame:
    """Return rows of 60 days whose events become known after delays; those not known at day `cut` stand as 0."""
    rng = np.random.default_rng(seed)
    table = clear_cut(rows, seed).drop(columns=["reviewer", "shop"])
    at = np.sort(rng.uniform(0, 60, rows))
    told = at + rng.exponential(median / np.log(2), rows)
    event = table["label"].to_numpy() == 1
    known = event & (told <= cut)
    start = pd.Timestamp("2026-01-01")
    return table.assign(
        label=known.astype(int),
        at=start + pd.to_timedelta(at, unit="D"),
        told=(start + pd.to_timedelta(pd.Series(told), unit="D")).where(known),
        was_late=event & ~known,
    )
