"""The three tables: what the model learned from, what it got wrong, what the service logged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sample_data import faults
from sample_data.features import (
    FEATURES,
    REFUNDS,
    Past,
    compute_features,
    count_orders,
    count_refunds,
    last_midnight,
    remember,
)
from sample_data.labels import label_at
from sample_data.merchants import merchant_name
from sample_data.settings import START, Settings
from sample_data.world import World

LABELLED = (
    "payment_id", "event_time", "customer_id", "merchant_id", "app_version", "review_queue", "labelled_at",
    "merchant_rate_at", *FEATURES, REFUNDS, "is_fraud",
)  # fmt: skip
LOGGED = ("payment_id", "served_at", *FEATURES)  # and `score`, once there is a model


@dataclass(frozen=True, eq=False)
class Tables:
    """The tables' rows with everything that is known of them, also what the files leave out."""

    training: pd.DataFrame
    incident: pd.DataFrame
    online: pd.DataFrame


def make_tables(world: World, settings: Settings, *, rng: np.random.Generator) -> Tables:
    """Return the tables with every fault of them planted."""
    training, incident = _split(_rows(world, settings), settings)
    training = faults.fill_in_afterwards(faults.flip_labels(training, rng), rng)
    incident = faults.flip_labels(faults.forget_devices(incident), rng)
    incident = faults.negate_amounts(faults.reset_ages(incident, rng), rng)
    incident = faults.replay(incident, training, settings=settings, rng=rng)
    training, incident = _named(training, world, first=1), _named(incident, world, first=len(training) + 1)
    answered = incident["event_time"] + pd.to_timedelta(rng.integers(40, 400, len(incident)), unit="ms")
    return Tables(training, incident, faults.serve(incident.assign(served_at=answered)))


def _rows(world: World, settings: Settings) -> pd.DataFrame:
    payments, people = world.payments, world.people
    past = remember(payments, people, declines=world.declines, refunds=world.refunds)
    labels = label_at(settings.end, payments)
    kept = payments[["time", "customer", "merchant", "app_version", "review_queue", "fraud", "kind"]]
    return pd.concat([kept, labels, compute_features(payments, people, past=past), _askew(world, past)], axis=1)


def _askew(world: World, past: Past) -> pd.DataFrame:
    """Return the columns that are asked about another moment than the payment's own, and when the nightly one ran."""
    time = world.payments["time"].to_numpy()
    return pd.DataFrame(
        {
            REFUNDS: count_refunds(world.payments, past, moments=time + faults.LOOKS_AHEAD),
            "orders_served": count_orders(world.payments, world.people, past=past, moments=time - faults.STALE),
            "rate_known": last_midnight(time),
        }
    )


def _split(rows: pd.DataFrame, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the last rows as the incident and those before them as training; the surplus is the features' past."""
    own = settings.incident_rows - settings.twins
    needed = settings.training_rows + own
    if len(rows) < needed:
        raise ValueError(f"the simulation made {len(rows)} payments, {needed} are needed; raise `customers`")
    kept = rows.tail(needed).reset_index(drop=True)
    return kept.head(settings.training_rows), kept.tail(own).reset_index(drop=True)


def _named(rows: pd.DataFrame, world: World, *, first: int) -> pd.DataFrame:
    """Return rows with ids and times as they are written. Customers' numbers say nothing about who they are."""
    number = np.random.default_rng(len(world.people.customers)).permutation(len(world.people.customers))
    return rows.assign(
        payment_id=[f"p{first + place:06d}" for place in range(len(rows))],
        customer_id=[f"c{number[one]:05d}" for one in rows["customer"]],
        merchant_id=merchant_name(rows["merchant"].to_numpy()),
        event_time=_moment(rows["time"]),
        labelled_at=_moment(rows["labelled"] // 60 * 60),
        merchant_rate_at=_moment(rows["rate_known"]),
    )


def _moment(seconds: pd.Series) -> pd.Series:
    return (pd.Timestamp(START) + pd.to_timedelta(seconds, unit="s")).astype("datetime64[ms]")
