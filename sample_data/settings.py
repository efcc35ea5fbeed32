"""How large the made world is, and the moments in it that faults refer to."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400
LEAD_DAYS = 30  # simulated before the tables begin, so that features have a past from the first row
START = "2025-12-06"  # day 0; every time in the simulation is in whole seconds since then


@dataclass(frozen=True)
class Settings:
    """One world. The shipped one is `Settings()`; tests make smaller ones."""

    seed: int = 20260105
    days: int = LEAD_DAYS + 120
    customers: int = 9_500
    training_rows: int = 60_000
    incident_rows: int = 30_000
    bursts_a_day: float = 2.6
    takeovers_a_day: float = 6.2
    trials_a_day: float = 1.6
    friendly_a_day: float = 2.4
    joiners_a_day: float = 15.0
    trees: int = 120
    twin_share: float = 0.015  # of the incident's rows

    @property
    def end(self) -> int:
        """Return the second at which every table was cut."""
        return self.days * DAY

    @property
    def twins(self) -> int:
        """Return how many payments of the training table are replayed into the incident."""
        return round(self.incident_rows * self.twin_share)


SMALL = Settings(
    customers=1_050,
    training_rows=6_000,
    incident_rows=3_000,
    bursts_a_day=0.23,
    takeovers_a_day=0.53,
    trials_a_day=0.15,
    friendly_a_day=0.26,
    joiners_a_day=1.5,
    trees=8,
)
