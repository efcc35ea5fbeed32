"""Tables with the probabilities of a model: labels drawn from them have no fault, until one is planted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from mispredict.scan.scored import Scored

PAYMENTS = Path(__file__).parents[1] / "sample_data" / "incident.parquet"
MOST_COLUMNS = 20  # of a table: a draw takes about two seconds
LABELS = ("payment_id", "merchant_id", "event_time", "customer_id", "labelled_at", "merchant_rate_at", "is_fraud")


@dataclass(frozen=True, eq=False)
class Ground:
    """A table and the event's true probability in each of its rows."""

    name: str
    rows: pd.DataFrame
    event: np.ndarray
    features: tuple[str, ...]
    time: str | None = None
    entity: tuple[str, ...] = ()


def all_grounds(rows: int) -> list[Ground]:
    """Return the tables at hand, of at most so many rows each."""
    return [orders(rows), digits(rows), *([payments(rows)] if PAYMENTS.exists() else [])]


def orders(rows: int, *, seed: int = 0) -> Ground:
    """Return a made table: correlated numbers, a spike at 0, gaps, categories, customers who return, times."""
    rng = np.random.default_rng(seed)
    customer = rng.integers(0, rows // 5, rows)
    own = rng.normal(size=rows // 5)[customer]
    common = rng.normal(size=rows)
    frame = pd.DataFrame({f"n{i}": 0.5 * common + 0.4 * own + rng.normal(size=rows) for i in range(6)})
    frame["amount"] = np.where(
        rng.random(rows) < 0.1, 0.0, np.round(np.exp(3 + 0.5 * common + rng.normal(size=rows)), 2)
    )
    frame["age"] = rng.integers(18, 90, rows)
    frame["channel"] = rng.choice(["app", "web", "shop", "phone"], rows, p=[0.4, 0.3, 0.2, 0.1])
    frame["country"] = rng.choice([f"k{i:02}" for i in range(20)], rows)
    frame.loc[rng.random(rows) < 0.1, "n5"] = np.nan
    odds = frame["n0"] + 0.7 * frame["n1"] * (frame["channel"] == "app") + 0.4 * np.log1p(frame["amount"]) - 3
    features = tuple(frame.columns)
    frame = frame.assign(customer=customer, at=pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(rows), unit="h"))
    return Ground("orders", frame, _chance(odds.to_numpy()), features, "at", ("customer",))


def digits(rows: int) -> Ground:
    """Return scikit-learn's handwritten digits: is it five or more, as a logistic regression on half of them knows."""
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression

    pixels, digit = load_digits(return_X_y=True)
    most = np.sort(np.argsort(-pixels.std(axis=0), kind="stable")[:MOST_COLUMNS])
    frame = pd.DataFrame(pixels[:, most], columns=[f"pixel{number}" for number in most])
    learned = LogisticRegression(C=0.01, max_iter=500).fit(frame[::2], digit[::2] >= 5)
    event = learned.predict_proba(frame)[:, 1]
    return Ground("digits", frame[:rows], _kept_off(event[:rows]), tuple(frame.columns))


def payments(rows: int) -> Ground:
    """Return rows of the shipped sample, with the probabilities of a booster that learned other rows of it."""
    import lightgbm

    table = pd.read_parquet(PAYMENTS).sample(frac=1, random_state=0, ignore_index=True)
    features = tuple(name for name in table.columns if name not in LABELS)[-MOST_COLUMNS:]
    inputs = table[list(features)].apply(
        lambda column: column if column.dtype.kind in "if" else pd.factorize(column)[0]
    )
    settings = {"objective": "binary", "num_leaves": 15, "verbose": -1, "seed": 0, "num_threads": 1}
    data = lightgbm.Dataset(inputs[rows:].to_numpy(dtype=np.float64), table["is_fraud"][rows:])
    event = np.asarray(lightgbm.train(settings, data, 60).predict(inputs[:rows].to_numpy(dtype=np.float64)))
    return Ground("payments", table[:rows], _kept_off(event), features, "event_time", ("customer_id",))


def draw_labels(ground: Ground, rng: np.random.Generator, *, bend: float = 1.0) -> Scored:
    """Return the rows with labels drawn from the true probabilities; the model states them to the power of `bend`."""
    truth = (rng.random(len(ground.event)) < ground.event).astype(np.int64)
    stated = ground.event**bend
    return Scored(
        rows=ground.rows.assign(label=truth),
        ids=np.arange(len(truth)).astype(str).astype(object),
        truth=truth,
        probabilities=np.column_stack([1 - stated, stated]),
        cost=np.ones(len(truth)),
        classes=(0, 1),
    )


def plant_fault(ground: Ground, scored: Scored, rng: np.random.Generator, *, size: float, chance: float) -> Scored:
    """Return the rows with labels turned round, with a chance, in a box of two columns of about that size."""
    turned = _box(ground, rng, size) & (rng.random(len(scored)) < chance)
    truth = np.where(turned, 1 - scored.truth, scored.truth)
    return replace(scored, truth=truth, rows=scored.rows.assign(label=truth))


def _box(ground: Ground, rng: np.random.Generator, size: float) -> np.ndarray:
    """Return the rows between two quantiles each of two columns (categories by name), within a fifth of the size."""
    while True:
        first, second = rng.choice(len(ground.features), 2, replace=False)
        width = rng.uniform(size, 1.0)
        inside = _between(ground.rows[ground.features[first]], rng, width)
        inside &= _between(ground.rows[ground.features[second]], rng, size / width)
        if 0.8 * size <= inside.mean() <= 1.2 * size:
            return inside


def _between(column: pd.Series, rng: np.random.Generator, width: float) -> np.ndarray:
    ranks = column.rank(pct=True).to_numpy()
    low = rng.uniform(0, 1 - width)
    inside: np.ndarray = (ranks > low) & (ranks <= low + width)
    return inside


def _chance(odds: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-odds)))


def _kept_off(event: np.ndarray) -> np.ndarray:
    """Return probabilities kept off 0 and 1, so that every table has errors."""
    return np.clip(event, 0.01, 0.99)
