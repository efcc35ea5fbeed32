"""Who sells: each merchant has one category, some are far larger than others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.behaviour import CATEGORIES

A_CATEGORY = 16  # merchants in each category


def pick_merchants(category: np.ndarray, riskier: np.ndarray, *, rng: np.random.Generator) -> pd.Series:
    """Return a merchant for each payment. Fraud (`riskier`) leans to the small merchants, which check less."""
    size = 1.0 / np.arange(1, A_CATEGORY + 1)
    usual = rng.choice(A_CATEGORY, len(category), p=size / size.sum())
    lax = rng.choice(A_CATEGORY, len(category), p=_flat(size))
    return pd.Series(category * A_CATEGORY + np.where(riskier, lax, usual))


def merchant_name(code: np.ndarray) -> np.ndarray:
    """Return `category-number`, as it stands in the tables."""
    return np.array([f"{CATEGORIES[one // A_CATEGORY]}-{one % A_CATEGORY + 1:02d}" for one in code])


def _flat(size: np.ndarray) -> np.ndarray:
    flatter = size**0.35
    return flatter / flatter.sum()
