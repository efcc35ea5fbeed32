"""What good customers buy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.behaviour import PROFILES, draw_circumstances, draw_moments
from sample_data.customers import FIRST_ORDER_DAYS, People, in_use
from sample_data.settings import DAY, Settings


def make_orders(people: People, settings: Settings, *, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row for each payment that good customers make, with codes of customer, device and card."""
    customer, moment = _when(people.customers, settings, rng=rng)
    return describe_payments(people, customer, moment=moment, kind="good", rng=rng).assign(fraud=False)


def describe_payments(
    people: People, customer: np.ndarray, *, moment: np.ndarray, kind: str, rng: np.random.Generator
) -> pd.DataFrame:
    """Return payments by known customers from their own devices, with the circumstances of this kind."""
    circumstances = draw_circumstances(rng, people.customers["spend"].to_numpy()[customer], profile=PROFILES[kind])
    who = pd.DataFrame(
        {
            "time": moment,
            "customer": customer,
            "device": in_use(people.devices, customer, moments=moment),
            "card": in_use(people.cards, customer, moments=moment),
            "kind": kind,
        }
    )
    return pd.concat([who, circumstances], axis=1)


def _when(customers: pd.DataFrame, settings: Settings, *, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    count = rng.poisson(customers["rate"].to_numpy() * settings.days)
    customer = np.repeat(np.arange(len(customers)), count)
    moment = draw_moments(rng, rng.integers(0, settings.days, len(customer)), profile=PROFILES["good"])
    new = np.flatnonzero(customers["joined"].to_numpy() >= 0)
    first = customers["joined"].to_numpy()[new] + rng.exponential(FIRST_ORDER_DAYS * DAY, len(new)).astype(np.int64)
    customer, moment = np.concatenate([customer, new]), np.concatenate([moment, first])
    possible = (moment >= customers["joined"].to_numpy()[customer]) & (moment < settings.end)
    return customer[possible], moment[possible]
