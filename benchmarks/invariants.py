"""`python -m benchmarks.invariants [--draws N] [--rows N] [--json FILE]`: what is named when something breaks.

Sound tables of two kinds (orders with customers; machines with sensors) are drawn anew for each case. In every table
one thing is broken, on 0.1, 1 or 5 % of its rows, from a moment in its middle on: a fall, a reset, negative values,
gaps, new levels, another unit, a sum that does not add up, a dependence that does not hold, keys that stand twice, a
value that is stuck. It is asked whether the declared file names it and nothing else, whether what is suggested from a
sound table does, when it began, and how often a sound table breaks anything.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mispredict.invariants.document import invariants_of
from mispredict.invariants.ground import Ground
from mispredict.invariants.invariant import Invariant, Outcome
from mispredict.invariants.judging import judge_table
from mispredict.invariants.mining.suggesting import suggest
from mispredict.invariants.mining.text import file_text
from mispredict.tables import Table, table_of
from mispredict.tables.kinds import kind_of

PARTS = (0.001, 0.01, 0.05)
Rows = pd.DataFrame
Break = Callable[[Rows, np.ndarray, np.random.Generator], Rows]


@dataclass(frozen=True)
class World:
    """A kind of table: how it is made, what is declared of it, and what may be broken."""

    make: Callable[[np.random.Generator, int], Rows]
    declared: str
    breaks: dict[str, tuple[tuple[str, ...], Break]]  # name -> columns of which one is to be named, and what is done


def orders(rng: np.random.Generator, rows: int) -> Rows:
    """Return orders of returning customers."""
    who = rng.integers(0, max(10, rows // 12), rows)
    when = pd.Timestamp("2026-03-01") + pd.to_timedelta(np.sort(rng.uniform(0, 60 * 86_400, rows)), unit="s")
    net = rng.lognormal(3, 0.8, rows).round(2)
    tax = (net * 0.19).round(2)
    return pd.DataFrame(
        {
            "order": [f"ORD-{number:07d}" for number in rng.permutation(rows)],
            "who": who,
            "when": when,
            "net": net,
            "tax": tax,
            "gross": (net + tax).round(2),
            "channel": rng.choice(["web", "app", "shop"], rows, p=[0.6, 0.3, 0.1]),
            "orders_before": pd.Series(1, index=range(rows)).groupby(who).cumsum(),
            "born": 1940 + who % 65,
            "zip": 10_000 + who % 180,
            "region": [f"R{number % 9}" for number in who % 180],
            "shipped": when + pd.to_timedelta(rng.exponential(2, rows), unit="D"),
            "items": 1 + rng.poisson(1.5, rows),
            "discount": np.where(rng.random(rows) < 0.2, rng.uniform(0, 0.5, rows).round(2), 0.0),
            "rating": np.where(rng.random(rows) < 0.3, np.nan, rng.integers(1, 6, rows)),
        }
    )


def machines(rng: np.random.Generator, rows: int) -> Rows:
    """Return readings of machines, each with a counter and a state."""
    unit = rng.integers(0, 40, rows)
    at = np.sort(rng.uniform(0, 30 * 24, rows))
    running = rng.gamma(2, 3, rows)
    low = rng.normal(20, 4, rows)
    return pd.DataFrame(
        {
            "unit": [f"M{number:02d}" for number in unit],
            "at": pd.Timestamp("2026-01-01") + pd.to_timedelta(at, unit="h"),
            "hours": (at * (0.5 + (unit % 7) / 10) + unit * 1_000).round(2),
            "pressure": rng.normal(1_000, 30, rows).round(1),
            "low": low.round(3),
            "high": (low + rng.gamma(3, 1.5, rows)).round(3),
            "state": rng.choice(["idle", "run", "stop"], rows, p=[0.3, 0.6, 0.1]),
            "firmware": [f"{2 + number % 3}.{number % 4}" for number in unit],
            "vibration": running.round(3),
            "ratio": rng.normal(1, 0.2, rows).round(4),
        }
    )


def _put(column: str, value: Any) -> Break:
    return lambda rows, hit, rng: rows.assign(**{column: rows[column].where(~hit, value)})


def _times(column: str, factor: float) -> Break:
    return lambda rows, hit, rng: rows.assign(**{column: rows[column].where(~hit, rows[column] * factor)})


def _drawn(column: str) -> Break:
    def do(rows: Rows, hit: np.ndarray, rng: np.random.Generator) -> Rows:
        return rows.assign(**{column: rows[column].where(~hit, rng.permutation(rows[column].to_numpy()))})

    return do


def _again(column: str) -> Break:
    def do(rows: Rows, hit: np.ndarray, rng: np.random.Generator) -> Rows:
        return rows.assign(**{column: rows[column].where(~hit, rows[column].iloc[0])})

    return do


def _swapped(one: str, other: str) -> Break:
    def do(rows: Rows, hit: np.ndarray, rng: np.random.Generator) -> Rows:
        mixed = {one: rows[one].where(~hit, rows[other]), other: rows[other].where(~hit, rows[one])}
        return rows.assign(**mixed)

    return do


WORLDS = {
    "orders": World(
        orders,
        """
columns:
  order: {matches: 'ORD-\\d{7}', unique: true, missing: never}
  net: {above: 0, missing: never}
  channel: {one_of: [web, app, shop]}
  items: {at_least: 1}
  discount: {at_least: 0, at_most: 0.5}
  rating: {at_least: 1, at_most: 5}
order:
  - {column: shipped, not_before: when}
sums:
  - {columns: [net, tax], equals: gross, within: 0.001}
dependences:
  - {columns: [zip], decide: region}
entities:
  - {entity: who, by: when, never_falls: orders_before}
  - {entity: who, constant: born}
""",
        {
            "negative": (("net", "gross", "tax"), _times("net", -1)),
            "gaps": (("net", "gross"), _put("net", np.nan)),
            "new level": (("channel",), _put("channel", "kiosk")),
            "twice": (("order",), _again("order")),
            "fall": (("orders_before",), _put("orders_before", 0)),
            "other entity": (("born",), _drawn("born")),
            "sum": (("gross", "net", "tax"), _times("gross", 1.1)),
            "dependence": (("region", "zip"), _drawn("region")),
            "before": (("shipped", "when"), _put("shipped", pd.Timestamp("2026-02-01"))),
            "out of range": (("rating",), _put("rating", 9)),
        },
    ),
    "machines": World(
        machines,
        """
columns:
  state: {one_of: [idle, run, stop]}
  pressure: {at_least: 700, at_most: 1300, missing: never}
  vibration: {at_least: 0, missing: never}
order:
  - {column: low, not_after: high}
entities:
  - {entity: unit, by: at, never_falls: hours}
  - {entity: unit, constant: firmware}
means:
  - {column: ratio, from: 0.97, to: 1.03}
""",
        {
            "reset": (("hours",), _put("hours", 0.0)),
            "unit": (("pressure",), _times("pressure", 0.1)),
            "stuck": (("vibration",), _put("vibration", -1.0)),
            "swapped": (("low", "high"), _swapped("low", "high")),
            "gaps": (("pressure",), _put("pressure", np.nan)),
            "case": (("state",), _put("state", "RUN")),
            "other entity": (("firmware",), _drawn("firmware")),
        },
    ),
}
ROLES = {"orders": ("order", "when", ("who",)), "machines": (None, "at", ("unit",))}


def hits(rows: Rows, part: float, rng: np.random.Generator) -> np.ndarray:
    """Return rows of the second half, as many as a part of all."""
    late = np.arange(len(rows)) >= len(rows) // 2
    chosen = rng.choice(np.flatnonzero(late), max(3, round(part * len(rows))), replace=False)
    return np.isin(np.arange(len(rows)), chosen)


def judge(world: str, invariants: tuple[Invariant, ...], rows: Rows) -> list[Outcome]:
    """Return what comes of a table."""
    table: Table = table_of(rows)
    id_, time, entity = ROLES[world]
    kinds = {field.name: kind_of(field.type) for field in table.schema}
    return judge_table(invariants, Ground("data", table, kinds, id_, time, entity))


def named(invariants: tuple[Invariant, ...], outcomes: list[Outcome]) -> list[tuple[Invariant, Outcome]]:
    """Return what is broken."""
    return [(one, found) for one, found in zip(invariants, outcomes, strict=True) if found.state == "broken"]


def measure(world: str, seed: int, rows: int) -> dict[str, Any]:
    """Return the figures of one draw: a sound table to learn from, a sound one to ask, and every break of it."""
    kind, rng = WORLDS[world], np.random.default_rng(seed)
    sound, asked = kind.make(rng, rows), kind.make(rng, rows)
    _, time, entity = ROLES[world]
    found = suggest(table_of(sound), time=time, entity=entity, leave=(), asked=rows)
    files = {"declared": invariants_of(kind.declared), "suggested": invariants_of(file_text(found))}
    sides = {}
    for name, invariants in files.items():
        alarms = len(named(invariants, judge(world, invariants, asked)))
        sides[name] = {"alarms": alarms, "lines": len(invariants), "cases": list(_cases(world, invariants, asked, rng))}
    return sides


def _cases(world: str, invariants: tuple[Invariant, ...], asked: Rows, rng: np.random.Generator) -> Any:
    _, time, _ = ROLES[world]
    for what, (columns, spoil) in WORLDS[world].breaks.items():
        for part in PARTS:
            hit = hits(asked, part, rng)
            broken = named(invariants, judge(world, invariants, spoil(asked, hit, rng)))
            right = [found for one, found in broken if set(one.columns) & set(columns)]
            begun = [pd.Timestamp(one.since) for one in right if one.since is not None]
            late = [abs((one - asked[time][hit].min()).total_seconds()) / 86_400 for one in begun]
            yield {
                "what": what,
                "part": part,
                "named": bool(right),
                "others": len(broken) - len(right),
                "days off": min(late, default=None),
            }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    drawn = {world: [measure(world, seed, asked.rows) for seed in range(asked.draws)] for world in WORLDS}
    figures = {
        world: {side: summed([one[side] for one in draws]) for side in draws[0]} for world, draws in drawn.items()
    }
    print(json.dumps(figures, indent=1))
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n")


def summed(draws: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures over all draws."""
    cases = [case for one in draws for case in one["cases"]]
    hit = sum(case["named"] for case in cases)
    extra = sum(case["others"] > 0 for case in cases)
    late = [case["days off"] for case in cases if case["days off"] is not None]
    missed = sorted({f"{case['what']} at {case['part']:g}" for case in cases if not case["named"]})
    return {
        "lines": draws[0]["lines"],
        "sound tables that break a line": f"{sum(one['alarms'] > 0 for one in draws)} of {len(draws)}",
        "lines that they break": sum(one["alarms"] for one in draws),
        "breaks named": f"{hit} of {len(cases)}",
        "cases with other lines broken": f"{extra} of {len(cases)}",
        "F1": round(2 * hit / (2 * hit + (len(cases) - hit) + extra), 3),
        "days off the beginning, median": round(float(np.median(late)), 2) if late else None,
        "missed": missed,
    }


if __name__ == "__main__":
    main()
