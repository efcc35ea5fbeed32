"""What is known about a payment, and when: reviews within two days, chargebacks within ten, nothing for the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.settings import DAY

QUEUES = ("east", "night", "partner", "west")
QUEUE_SHARES = (0.32, 0.3, 0.1, 0.28)
REVIEWED = {"gift_cards": 0.34, "electronics": 0.12, "travel": 0.12}
REVIEWED_ELSE = 0.05
LONGEST_DELAY_DAYS = 10.0


def draw_chargeback(time: np.ndarray, fraud: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """Return when each fraud's chargeback comes in; NaN for good payments."""
    delay = np.minimum(0.6 + rng.gamma(2.2, 2.2, len(time)), LONGEST_DELAY_DAYS)
    return np.where(fraud, np.floor(time + delay * DAY), np.nan)


def draw_reviews(category: pd.Series, time: np.ndarray, *, rng: np.random.Generator) -> pd.DataFrame:
    """Return `review_queue` ("none" for most payments) and `reviewed` (second, NaN for most)."""
    share = category.map(REVIEWED).fillna(REVIEWED_ELSE).to_numpy(dtype=float)
    looked_at = rng.random(len(time)) < share
    queue = np.where(looked_at, rng.choice(QUEUES, len(time), p=QUEUE_SHARES), "none")
    done = np.floor(time + rng.uniform(0.05, 2.0, len(time)) * DAY)
    return pd.DataFrame({"review_queue": queue, "reviewed": np.where(looked_at, done, np.nan)})


def label_at(cut: int, payments: pd.DataFrame) -> pd.DataFrame:
    """Return `is_fraud` and `labelled` (second) as they stood at the cut. An unknown fraud stands as 0, unlabelled."""
    known = payments[["reviewed", "chargeback"]].min(axis=1)
    labelled = known.where(known < cut)
    return pd.DataFrame({"is_fraud": (payments["fraud"] & labelled.notna()).astype(np.int64), "labelled": labelled})
