"""How people pay: one profile for good customers and one for each kind of fraud."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sample_data.settings import DAY

CATEGORIES = ("electronics", "fashion", "gaming", "gift_cards", "groceries", "home", "streaming", "travel")
CATEGORY_PRICE = np.array([140.0, 60.0, 25.0, 50.0, 45.0, 80.0, 12.0, 260.0])
SHIPPING = ("digital", "home", "new_address", "pickup")
CONNECTIONS = ("fixed", "hosting", "mobile")
ADDRESS_CHECKS = ("match", "mismatch", "partial", "unavailable")
DISCOUNTS = np.array([0.0, 0.05, 0.1, 0.2, 0.5])

DAYTIME = np.array([3, 2, 1, 1, 1, 2, 4, 8, 12, 15, 17, 18, 19, 18, 17, 17, 18, 20, 22, 24, 24, 20, 13, 7], dtype=float)
NIGHT = np.array([14, 15, 15, 14, 12, 9, 6, 5, 5, 6, 6, 7, 7, 7, 7, 7, 8, 8, 8, 9, 10, 11, 12, 13], dtype=float)


@dataclass(frozen=True)
class Profile:
    """Shares and medians of the things that a payment tells about who made it. Weights follow the lists above."""

    categories: tuple[float, ...]
    shipping: tuple[float, ...]
    connections: tuple[float, ...]
    address_checks: tuple[float, ...]
    discounts: tuple[float, ...]
    night: float  # share of payments that follow the clock of NIGHT
    far: float  # share paid far from the billing address
    dearer: float  # factor on the usual price
    minutes: float  # median length of the session
    items: float  # mean number of items beyond the first


PROFILES = {
    "good": Profile(
        categories=(12, 20, 9, 5, 26, 13, 8, 7),
        shipping=(18, 56, 8, 18),
        connections=(60, 2, 38),
        address_checks=(80, 5, 12, 3),
        discounts=(66, 12, 11, 8, 3),
        night=0.08,
        far=0.07,
        dearer=1.0,
        minutes=7.0,
        items=1.1,
    ),
    "burst": Profile(
        categories=(34, 14, 12, 16, 2, 6, 4, 12),
        shipping=(34, 12, 38, 16),
        connections=(46, 26, 28),
        address_checks=(42, 32, 23, 3),
        discounts=(76, 10, 8, 4, 2),
        night=0.5,
        far=0.5,
        dearer=2.1,
        minutes=4.0,
        items=0.8,
    ),
    "takeover": Profile(
        categories=(19, 19, 11, 11, 15, 11, 6, 8),
        shipping=(30, 40, 19, 11),
        connections=(55, 10, 35),
        address_checks=(72, 9, 16, 3),
        discounts=(68, 12, 10, 7, 3),
        night=0.25,
        far=0.24,
        dearer=1.5,
        minutes=5.5,
        items=1.0,
    ),
    "trial": Profile(
        categories=(2, 3, 33, 4, 2, 3, 51, 2),
        shipping=(86, 9, 3, 2),
        connections=(52, 23, 25),
        address_checks=(68, 9, 20, 3),
        discounts=(20, 8, 12, 25, 35),
        night=0.3,
        far=0.15,
        dearer=0.8,
        minutes=3.0,
        items=0.1,
    ),
    "friendly": Profile(
        categories=(18, 24, 12, 6, 12, 12, 8, 8),
        shipping=(20, 52, 10, 18),
        connections=(60, 3, 37),
        address_checks=(78, 6, 13, 3),
        discounts=(68, 12, 10, 7, 3),
        night=0.1,
        far=0.08,
        dearer=1.25,
        minutes=7.0,
        items=1.1,
    ),
}


def draw_circumstances(rng: np.random.Generator, spend: np.ndarray, *, profile: Profile) -> pd.DataFrame:
    """Return what is particular to each payment; `spend` is the factor by which its customer pays more than others."""
    rows = len(spend)
    category = _draw(rng, rows, weights=profile.categories)
    items = 1 + rng.poisson(profile.items, rows)
    price = CATEGORY_PRICE[category] * spend * profile.dearer * np.sqrt(items) * rng.lognormal(0, 0.5, rows)
    discount = DISCOUNTS[_draw(rng, rows, weights=profile.discounts)]
    return pd.DataFrame(
        {
            "category": category,
            "amount": _price(rng, price * (1 - discount)),
            "items": items,
            "discount_rate": discount,
            "distance_km": _distance(rng, rows, far=profile.far),
            "session_minutes": np.round(np.maximum(profile.minutes * rng.lognormal(0, 0.6, rows), 0.3), 1),
            "shipping": np.array(SHIPPING)[_draw(rng, rows, weights=profile.shipping)],
            "connection": np.array(CONNECTIONS)[_draw(rng, rows, weights=profile.connections)],
            "address_check": np.array(ADDRESS_CHECKS)[_draw(rng, rows, weights=profile.address_checks)],
        }
    )


def draw_second_of_day(rng: np.random.Generator, rows: int, *, profile: Profile) -> np.ndarray:
    """Return seconds since midnight that follow the profile's clock."""
    clock = profile.night * NIGHT / NIGHT.sum() + (1 - profile.night) * DAYTIME / DAYTIME.sum()
    return rng.choice(24, rows, p=clock) * 3_600 + rng.integers(0, 3_600, rows)


def draw_moments(rng: np.random.Generator, days: np.ndarray, *, profile: Profile) -> np.ndarray:
    """Return a second in each of the days."""
    return days.astype(np.int64) * DAY + draw_second_of_day(rng, len(days), profile=profile)


def _draw(rng: np.random.Generator, rows: int, *, weights: tuple[float, ...]) -> np.ndarray:
    shares = np.array(weights, dtype=float)
    return rng.choice(len(shares), rows, p=shares / shares.sum())


def _price(rng: np.random.Generator, price: np.ndarray) -> np.ndarray:
    """Most prices end in .99, .90 or .00, as they do."""
    endings = rng.choice([0.99, 0.9, 1.0, np.nan], len(price), p=[0.45, 0.2, 0.25, 0.1])
    exact = np.round(price, 2)
    return np.maximum(np.where(np.isnan(endings), exact, np.round(np.floor(price) + endings, 2)), 0.5)


def _distance(rng: np.random.Generator, rows: int, *, far: float) -> np.ndarray:
    near_km, far_km = rng.exponential(12, rows), rng.lognormal(6.3, 0.8, rows)
    return np.round(np.where(rng.random(rows) < far, far_km, near_km))
