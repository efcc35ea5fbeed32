"""The simulated shop: people, everything that was paid, and what became known of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sample_data.behaviour import CATEGORIES
from sample_data.customers import NEW_MARKET, NEW_MARKET_OPENS, People, make_people
from sample_data.fraud import add_bursts, add_takeovers, add_trials, make_disputes
from sample_data.labels import draw_chargeback, draw_reviews
from sample_data.merchants import pick_merchants
from sample_data.orders import make_orders
from sample_data.releases import find_version
from sample_data.settings import DAY, Settings

DECLINES_A_PAYMENT = {"good": 0.04, "burst": 1.1, "takeover": 0.2, "trial": 0.3, "friendly": 0.05}
RETURNED_SHARE = 0.03  # of good payments


@dataclass(frozen=True, eq=False)
class World:
    """`payments` sorted by time; `declines` and `refunds` with customer and time."""

    people: People
    payments: pd.DataFrame
    declines: pd.DataFrame
    refunds: pd.DataFrame


def simulate(settings: Settings, rng: np.random.Generator) -> World:
    """Return the world up to the cut."""
    people = make_people(settings, rng)
    orders, disputes = make_orders(people, settings, rng=rng), make_disputes(people, settings, rng=rng)
    people, taken = add_takeovers(people, settings, rng=rng)
    people, bursts = add_bursts(people, settings, rng=rng)
    people, trials = add_trials(people, settings, rng=rng)
    payments = pd.concat([orders, disputes, taken, bursts, trials], ignore_index=True)
    payments = _follow_up(_in_scope(payments, people, settings=settings), people, rng=rng)
    return World(people, payments, _declines(payments, rng), _refunds(payments, rng))


def _in_scope(payments: pd.DataFrame, people: People, *, settings: Settings) -> pd.DataFrame:
    opened = np.where(people.customers["country"] == NEW_MARKET, NEW_MARKET_OPENS, 0)[payments["customer"]]
    inside = (payments["time"] >= opened) & (payments["time"] < settings.end)
    return payments[inside].sort_values("time", kind="stable", ignore_index=True)


def _follow_up(payments: pd.DataFrame, people: People, *, rng: np.random.Generator) -> pd.DataFrame:
    fraud, time = payments["fraud"].to_numpy(), payments["time"].to_numpy()
    category = payments["category"].to_numpy()
    platform = people.devices["platform"].to_numpy()[payments["device"]]
    told = {
        "merchant": pick_merchants(category, fraud, rng=rng),
        "chargeback": draw_chargeback(time, fraud, rng=rng),
        "app_version": find_version(platform, payments["device"].to_numpy(), time=time, rng=rng),
    }
    reviews = draw_reviews(pd.Series(np.array(CATEGORIES)[category]), time, rng=rng)
    return pd.concat([payments.assign(**told), reviews], axis=1)


def _declines(payments: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    count = rng.poisson(payments["kind"].map(DECLINES_A_PAYMENT).to_numpy(dtype=float))
    tried = payments.loc[payments.index.repeat(count), ["customer", "time"]].reset_index(drop=True)
    return tried.assign(time=tried["time"] - rng.integers(20, 3_600, len(tried)))


def _refunds(payments: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return goods sent back, and chargebacks, which are booked as refunds too."""
    sent_back = payments[~payments["fraud"] & (rng.random(len(payments)) < RETURNED_SHARE)]
    later = (rng.uniform(2, 20, len(sent_back)) * DAY).astype(np.int64)
    charged = payments[payments["fraud"]]
    return pd.DataFrame(
        {
            "customer": pd.concat([sent_back["customer"], charged["customer"]], ignore_index=True),
            "time": np.concatenate([sent_back["time"] + later, charged["chargeback"].astype(np.int64)]),
        }
    )
