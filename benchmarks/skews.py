"""`python -m benchmarks.skews [--json FILE] [--draws N] [--only CAUSE ...]`: which causes of skew are named.

Each cause alone, and two at once in one column.

Columns of five kinds (amounts, counts, shares, texts, times) in a table that no model needs to read; each cause with
several parameters, on 2, 10, 50 and 100 % of the rows, and pairs of causes in two columns or on two halves of one.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from mispredict.parity.catalogue.stale import Past
from mispredict.parity.cells import cells_of
from mispredict.parity.naming import Around, causes_of

ROWS = 6_000
SHARES = (0.02, 0.1, 0.5, 1.0)
LEAST = 15  # pairs that must differ for a cause to be asked for

Change = Callable[[pd.Series, np.random.Generator], pd.Series]


@dataclass(frozen=True)
class Kind:
    """One kind of change: the causes that are right for it, the columns that it is made in, its variants."""

    causes: tuple[str, ...]
    columns: tuple[str, ...]
    variants: dict[str, Change]


def table(rng: np.random.Generator) -> pd.DataFrame:
    """Return a table with the five kinds of columns, entities and times."""
    cities = np.array(["Basel", "New York", "São Paulo", "Zürich", "Lagos", "Kyoto", "Old Harbour", "Oslo"])
    goods = np.array([f"item {number}" for number in range(40)])
    frame = pd.DataFrame(
        {
            "amount": rng.lognormal(3, 1, ROWS).round(2),
            "balance": rng.normal(100, 800, ROWS).round(2),
            "count": rng.poisson(4, ROWS).astype(float),
            "large": rng.integers(1_000, 90_000, ROWS).astype(float),
            "share": rng.beta(2, 5, ROWS),
            "hour": rng.integers(0, 24, ROWS).astype(float),
            "city": rng.choice(cities, ROWS, p=rng.dirichlet(np.full(len(cities), 3.0))),
            "goods": rng.choice(goods, ROWS, p=rng.dirichlet(np.full(len(goods), 2.0))),
            "opened": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 86_400 * 90, ROWS), unit="s"),
            "entity": rng.integers(0, 300, ROWS),
            "time": np.sort(rng.uniform(0, 90 * 86_400e6, ROWS)),
        }
    )
    frame["gaps"] = frame["amount"].where(rng.random(ROWS) < 0.6)
    frame["visits"] = frame.groupby("entity").cumcount().astype(float)
    return frame


def _times(factor: float) -> Change:
    return lambda x, rng: x * factor


def _line(slope: float, level: float) -> Change:
    return lambda x, rng: slope * x + level


def _all(value: object) -> Change:
    return lambda x, rng: pd.Series(value, index=x.index, dtype=object if isinstance(value, str) else float)


def _multiples(step: float) -> Change:
    return lambda x, rng: (x / step).round() * step


def _later(hours: float) -> Change:
    return lambda x, rng: x + pd.Timedelta(hours=hours)


def _turned(hours: int) -> Change:
    return lambda x, rng: (x + hours) % 24


def _first(letters: int) -> Change:
    return lambda x, rng: x.str[:letters]


def _exchanged(x: pd.Series, rng: np.random.Generator) -> pd.Series:
    levels = np.array(sorted(x.unique()))
    order = rng.permutation(len(levels))
    return x.map(dict(zip(levels[order], levels[np.roll(order, 1)], strict=True)))


def _noisy(part: float) -> Change:
    return lambda x, rng: x + rng.normal(0, part * float(x.std()), len(x))


def _clip(part: float) -> Change:
    return lambda x, rng: x.clip(upper=float(x.quantile(part))) if part > 0.5 else x.clip(lower=float(x.quantile(part)))


NUMBERS = ("amount", "balance", "large", "share")
TEXTS = ("city", "goods")
KINDS: dict[str, Kind] = {
    "scale": Kind(
        ("scale",), (*NUMBERS, "count"), {str(k): _times(k) for k in (100, 0.01, 1.609344, 2.54, 3_600, 1 / 7)}
    ),
    "sign": Kind(("sign",), (*NUMBERS, "count"), {"-1": _times(-1)}),
    "offset": Kind(("offset",), (*NUMBERS, "count"), {str(c): _line(1, c) for c in (1, -3.5, 273.15)}),
    "affine": Kind(("affine",), NUMBERS, {"F": _line(1.8, 32), "half": _line(0.5, 7), "turned": _line(-1, 1)}),
    "default_filled": Kind(("default_filled",), (*NUMBERS, "count"), {str(c): _all(c) for c in (0.0, -1.0, 999.0)}),
    "default_text": Kind(("default_filled",), TEXTS, {c: _all(c) for c in ("UNKNOWN", "", "nan")}),
    "missing": Kind(("missing",), (*NUMBERS, "hour"), {"nan": _all(np.nan)}),
    "timezone": Kind(("timezone",), ("hour",), {str(h): _turned(h) for h in (-5, 1, 9, 12)}),
    "timezone_times": Kind(
        ("timezone",),
        ("opened",),
        {str(h): _later(h) for h in (-5, 1, 5.5)},
    ),
    "casing": Kind(("casing",), TEXTS, {"upper": lambda x, rng: x.str.upper(), "lower": lambda x, rng: x.str.lower()}),
    "whitespace": Kind(
        ("whitespace",), TEXTS, {"behind": lambda x, rng: x + "  ", "lost": lambda x, rng: x.str.replace(" ", "")}
    ),
    "truncated": Kind(("truncated",), TEXTS, {str(n): _first(n) for n in (2, 3, 5)}),
    "rounded": Kind(
        ("rounded",),
        ("amount", "balance", "large"),
        {str(s): _multiples(s) for s in (5, 10, 0.5)} | {"1000": _multiples(50)},
    ),
    "cast": Kind(
        ("type_cast", "truncated"),
        ("amount", "balance"),
        {"int": lambda x, rng: pd.Series(np.trunc(x)), "half": lambda x, rng: x.astype(np.float16).astype(float)},
    ),
    "clipped": Kind(("clipped",), NUMBERS, {str(q): _clip(q) for q in (0.9, 0.98, 0.1)}),
    "encoding": Kind(("encoding",), (*TEXTS, "hour"), {"turned": _exchanged}),
    "mojibake": Kind(("encoding",), ("city",), {"latin": lambda x, rng: x.map(lambda v: v.encode().decode("latin-1"))}),
    "jitter": Kind(("jitter",), NUMBERS, {str(p): _noisy(p) for p in (0.02, 0.15, 0.5)}),
    "swapped": Kind(("swapped",), ("amount",), {"balance": lambda x, rng: x}),
    "cached": Kind(("cached",), ("gaps",), {"kept": lambda x, rng: x}),
    "stale": Kind(("stale",), ("visits",), {str(d): lambda x, rng: x for d in (2.0, 7.0)}),
}


@dataclass(frozen=True)
class Case:
    """One change of one column, or two of them on two parts of the rows."""

    kinds: tuple[str, ...]
    column: str
    variants: tuple[str, ...]
    share: float


def served(frame: pd.DataFrame, name: str, column: str, variant: str, rng: np.random.Generator) -> pd.DataFrame:
    """Return the table with every row of the column as served."""
    whole = frame.copy()
    if name == "swapped":
        return whole.assign(**{column: frame["balance"], "balance": frame[column]})
    if name == "cached":
        return whole.assign(gaps=frame["amount"])
    if name == "stale":
        return whole.assign(visits=_visits_before(frame, float(variant) * 86_400e6))
    return whole.assign(**{column: KINDS[name].variants[variant](frame[column], rng)})


def _visits_before(frame: pd.DataFrame, lag: float) -> np.ndarray:
    by_entity = {entity: rows["time"].to_numpy() for entity, rows in frame.groupby("entity")}
    pairs = zip(frame["entity"], frame["time"], strict=True)
    return np.array([np.searchsorted(by_entity[who], when - lag) for who, when in pairs], dtype=float)


def named(case: Case, seed: int) -> list[tuple[str, tuple[str, ...]]] | None:
    """Return the kind asked for and the causes named, for each change; None where too few values change."""
    rng = np.random.default_rng(seed)
    frame = table(rng)
    online = frame.copy()
    part = rng.random(ROWS)
    for number, (name, variant) in enumerate(zip(case.kinds, case.variants, strict=True)):
        begin, end = number * case.share / len(case.kinds), (number + 1) * case.share / len(case.kinds)
        touched = (part >= begin) & (part < end)
        changed = served(frame, name, case.column, variant, rng)
        for column in frame:
            online[column] = (
                online[column].astype(object).where(~touched, changed[column].astype(object))
                if touched.any()
                else online[column]
            )
    names = [one for one in frame if one not in ("entity", "time")]
    cells = {one: cells_of(one, frame[one], online[one].infer_objects()) for one in names}
    if cells[case.column].differs.sum() < LEAST * len(case.kinds):
        return None
    past = Past(*(frame[c].to_numpy() for c in ("entity", "time", case.column, "entity", "time")))
    around = Around(cells, past if case.column == "visits" else None, frame[["amount", "count"]].to_numpy(), 0)
    found = causes_of(cells[case.column], around)
    causes = [tuple(reading.cause for reading in one.readings) for one in found]
    return [
        (name, causes[number] if len(case.kinds) == 1 and causes else tuple(c for one in causes for c in one))
        for number, name in enumerate(case.kinds)
    ]


def cases(only: list[str]) -> list[Case]:
    """Return every case: each change alone, then pairs of changes of one column."""
    chosen = [name for name in KINDS if not only or name in only]
    alone = [
        Case((name,), column, (variant,), share)
        for name in chosen
        for column, variant, share in product(KINDS[name].columns, KINDS[name].variants, SHARES)
    ]
    both = [
        Case((one, other), column, (next(iter(KINDS[one].variants)), next(iter(KINDS[other].variants))), share)
        for one, other in product(("scale", "missing", "default_filled"), ("offset", "sign", "jitter", "rounded"))
        for column, share in product(("amount", "balance"), (0.1, 0.6))
    ]
    return [*alone, *both]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--draws", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    right: dict[str, list[float]] = defaultdict(list)
    for number, case in enumerate(cases(asked.only)):
        for draw in range(asked.draws):
            answers = named(case, 1_000 * draw + number)
            for name, causes in answers or []:
                # Of n causes that are named as a tie one n-th counts; of two changes each must be among the causes.
                hit = (
                    sum(one in KINDS[name].causes for one in causes) / max(1, len(causes))
                    if len(case.kinds) == 1
                    else any(one in KINDS[name].causes for one in causes)
                )
                right[" + ".join(case.kinds)].append(float(hit))
                if asked.show and hit < 1:
                    print(case, name, causes)
    for name, hits in right.items():
        print(f"| {name} | {len(hits)} | {np.mean(hits):.3f} |")
    alone = [one for name, hits in right.items() if "+" not in name for one in hits]
    print(f"| alone | {len(alone)} | {np.mean(alone):.3f} |")
    if asked.json:
        asked.json.write_text(json.dumps(right, indent=1))


if __name__ == "__main__":
    main()
