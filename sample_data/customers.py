"""The people who pay, and the devices and cards that they own over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sample_data.settings import DAY, LEAD_DAYS, Settings

PAST_DAYS = 1_500  # accounts opened up to this long before day 0
COUNTRIES = ("DE", "ES", "FR", "GB", "IT", "NL")
COUNTRY_SHARES = (0.27, 0.12, 0.2, 0.22, 0.1, 0.09)
NEW_MARKET, NEW_MARKET_SHARE = "PT", 0.045  # (j) an acquired shop's customers, who pay here from this day on
NEW_MARKET_OPENS = (LEAD_DAYS + 93) * DAY
PLATFORMS = ("android", "ios", "web")
PLATFORM_SHARES = (0.46, 0.3, 0.24)
EMAILS = ("company", "disposable", "own_domain", "webmail")
EMAIL_SHARES = (0.12, 0.01, 0.05, 0.82)
CARD_TYPES = ("credit", "debit", "prepaid")
CARD_SHARES = (0.38, 0.57, 0.05)
DEVICE_YEARS = 1.1  # mean time between two new devices
CARD_YEARS = 1.8
FIRST_ORDER_DAYS = 4.0  # mean time from sign-up to the first order of somebody who came to buy


@dataclass(frozen=True, eq=False)
class People:
    """`customers` by code; `devices` and `cards` sorted by customer and start, by code."""

    customers: pd.DataFrame  # joined, country, email_kind, spend, rate (orders a day), earlier (orders before day 0)
    devices: pd.DataFrame  # customer, start, platform
    cards: pd.DataFrame  # customer, start, card_type


def make_people(settings: Settings, rng: np.random.Generator) -> People:
    """Return everybody who pays for themselves."""
    customers = pd.concat([_regulars(settings, rng), _joiners(settings, rng)], ignore_index=True)
    devices = _owned(customers["joined"].to_numpy(), settings.end, years=DEVICE_YEARS, rng=rng)
    cards = _owned(customers["joined"].to_numpy(), settings.end, years=CARD_YEARS, rng=rng)
    devices["platform"] = rng.choice(PLATFORMS, len(devices), p=PLATFORM_SHARES)
    cards["card_type"] = rng.choice(CARD_TYPES, len(cards), p=CARD_SHARES)
    return People(customers, devices, cards)


def _regulars(settings: Settings, rng: np.random.Generator) -> pd.DataFrame:
    joined = rng.integers(-PAST_DAYS * DAY, settings.end, settings.customers)
    rate = rng.gamma(1.1, 0.072, settings.customers)
    earlier = rng.poisson(rate * np.maximum(-joined, 0) / DAY)
    regulars = _described(joined, rate, earlier=earlier, rng=rng)
    acquired = (joined < 0) & (rng.random(len(joined)) < NEW_MARKET_SHARE)
    return regulars.assign(country=regulars["country"].where(~acquired, NEW_MARKET))


def _joiners(settings: Settings, rng: np.random.Generator) -> pd.DataFrame:
    """People who sign up during the simulation because they want to buy something now."""
    count = rng.poisson(settings.joiners_a_day * settings.days)
    joined = rng.integers(0, settings.end, count)
    return _described(joined, rng.gamma(1.0, 0.02, count), earlier=np.zeros(count, dtype=np.int64), rng=rng)


def _described(joined: np.ndarray, rate: np.ndarray, *, earlier: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    count = len(joined)
    return pd.DataFrame(
        {
            "joined": joined,
            "rate": rate,
            "earlier": earlier,
            "country": rng.choice(COUNTRIES, count, p=COUNTRY_SHARES),
            "email_kind": rng.choice(EMAILS, count, p=EMAIL_SHARES),
            "spend": rng.lognormal(0, 0.35, count),
        }
    )


def _owned(joined: np.ndarray, end: int, *, years: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return one thing owned since sign-up, and its replacements at random moments."""
    later = rng.poisson((end - joined) / (years * 365 * DAY))
    owner = np.concatenate([np.arange(len(joined)), np.repeat(np.arange(len(joined)), later)])
    room = (end - joined)[owner]
    start = joined[owner] + np.where(np.arange(len(owner)) < len(joined), 0, rng.random(len(owner)) * room)
    things = pd.DataFrame({"customer": owner, "start": start.astype(np.int64)})
    return things.sort_values(["customer", "start"], ignore_index=True)


def in_use(things: pd.DataFrame, customer: np.ndarray, *, moments: np.ndarray) -> np.ndarray:
    """Return the code of the newest thing that each customer owned at the moment."""
    owned = things.assign(code=np.arange(len(things))).sort_values("start", kind="stable")
    asked = pd.DataFrame({"customer": customer, "moment": moments, "row": np.arange(len(customer))})
    asked = asked.sort_values("moment", kind="stable")
    found = pd.merge_asof(asked, owned, left_on="moment", right_on="start", by="customer")
    return found.sort_values("row")["code"].to_numpy(dtype=np.int64)
