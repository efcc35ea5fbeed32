"""Suspicions for tests of the pages: the findings are made up, the rows and their shares are the table's own."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from mispredict.errors.findings import Condition
from mispredict.suspects.battery import with_key
from mispredict.suspects.suspect import Chart, Judged, Series, Suspect, Where

HOSTILE = "<b>night</b>"
RULE = Where("app_release = '9.1'", (Condition("app_release", "=", "9.1"),))
BARS = Chart(
    "bars", f"`{HOSTILE}` alone ranks the label nearly as well as the model", "column", "AUC alone",
    (
        Series(
            "", (HOSTILE, "amount", "is_app"), (0.98, 0.61, 0.55), (0.97, 0.55, 0.5), (0.99, 0.66, 0.6),
            (True, False, False),
        ),
    ),
    0.5, "chance",
)  # fmt: skip
LINES = Chart(
    "lines", "The event rate falls in the last weeks", "week", "share of events",
    (
        Series("by now", ("2024-01-01", "2024-01-08", "2024-01-15"), (0.3, 0.29, 0.1), marked=(False, False, True)),
        Series("when ripe", ("2024-01-01", "2024-01-08", "2024-01-15"), (0.3, 0.3, 0.31)),
    ),
)  # fmt: skip
DOTS = Chart(
    "dots", "Rows far from their neighbours", "distance", "surprise", (Series("rows", (0.1, 2.0), (1.0, 3.0)),)
)
TABLE = Chart(
    "table", "Labels under doubt", "", "",
    (Series("row", ("T00001", "[x](http://evil.example)"), ()), Series("chance to be wrong", (0.9, 0.8), ())),
)  # fmt: skip


def made_up(rows: pd.DataFrame, broken: np.ndarray) -> tuple[Judged, ...]:
    """Return five kinds of answers: certain with rows, suspected with a place, a note, passed, not judged."""
    surprise = rows["surprise"].to_numpy()
    wrong = (rows["truth"] != rows["predicted"]).to_numpy()
    worst = np.argsort(-surprise)[:20]
    listed = np.isin(np.arange(len(rows)), worst)
    return (
        Judged("target_leak", (_keyed(_leak()),), "4 columns, 1,200 of 1,200 rows", 0.1),
        Judged("label_noise", (_keyed(_noise(rows, worst), _held(surprise, wrong, listed)),), "1,200 rows", 0.1),
        Judged("shortcut", (_keyed(_shortcut(), _held(surprise, wrong, broken)),), "4 columns", 0.1),
        Judged("drift", (_keyed(_drift()),), "4 columns, 400 training rows", 0.1),
        Judged("order_leak", (), "1,200 of 1,200 rows", 0.1),
        Judged("time_leak", (), "", 0.0, "no column `time`"),
    )


def nothing_found() -> tuple[Judged, ...]:
    """Return answers of checks that found nothing."""
    return (Judged("target_leak", (), "4 columns", 0.1), Judged("time_leak", (), "", 0.0, "no column `time`"))


def _held(surprise: np.ndarray, wrong: np.ndarray, inside: np.ndarray) -> dict[str, float]:
    return {
        "of_surprise": float(surprise[inside].sum() / surprise.sum()),
        "of_errors": float(wrong[inside].sum() / max(wrong.sum(), 1)),
        "of_rows": float(inside.mean()),
    }


def _keyed(suspect: Suspect, held: dict[str, float] | None = None) -> Suspect:
    return with_key(dataclasses.replace(suspect, **(held or {})))


def _leak() -> Suspect:
    return Suspect(
        "target_leak", "certain", (HOSTILE,), 0.98, 0.95,
        f"`{HOSTILE}` knows the answer: it ranks the label with AUC 0.98 alone, the next column with 0.61",
        "a log which shows when it was known", f"leave `{HOSTILE}` out and learn again",
        p_value=1e-12, q_value=4e-12, evidence={"auc_alone": 0.98, "tried": ["amount", HOSTILE], "rows": 1200},
        charts=(BARS, LINES),
    )  # fmt: skip


def _noise(rows: pd.DataFrame, worst: np.ndarray) -> Suspect:
    return Suspect(
        "label_noise", "suspected", ("is_fraud",), 3.0, 0.5, "some 20 of 1,200 labels are probably wrong",
        "a second look that finds them right", "have the first 20 rows labelled again",
        rows=tuple(rows["id"].iloc[worst].astype(str)), charts=(TABLE,), evidence={"expected precision": 0.8},
    )  # fmt: skip


def _shortcut() -> Suspect:
    return Suspect(
        "shortcut", "suspected", ("device_age_days",), 2.0, 0.8,
        "the model leans on `device_age_days`, which is 0 throughout release 9.1", "an app that writes ages again",
        "read the age from the device table", p_value=0.001, where=RULE, charts=(DOTS,),
    )  # fmt: skip


def _drift() -> Suspect:
    return Suspect(
        "drift", "info", ("amount",), 0.2, 0.1, "`amount` is 8 % larger than in training", "the same prices", "nothing",
    )  # fmt: skip
