from __future__ import annotations

import numpy as np
import pandas as pd

from app.contrast import contrast

DRAW = np.random.default_rng(0)


def rows(n: int, age: float, kind: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": DRAW.normal(age, 1, n),
            "noise": DRAW.normal(0, 1, n),
            "kind": [kind] * n,
            "id": [f"r{DRAW.integers(10**9)}" for _ in range(n)],
        }
    )


def test_the_columns_that_differ_are_named_and_no_other() -> None:
    found = contrast(rows(200, 0, "app"), rows(800, 5, "web"), ["age", "noise", "kind", "id"])
    assert {c.column for c in found} == {"age", "kind"}
    kind = next(c for c in found if c.column == "kind")
    assert (kind.value, kind.here, kind.elsewhere) == ("app", 1.0, 0.0)


def test_shuffled_rows_have_no_contrast() -> None:
    mixed = pd.concat([rows(300, 0, "app"), rows(300, 5, "web")]).sample(frac=1, random_state=1)
    assert contrast(mixed[:300], mixed[300:], list(mixed)) == ()


def test_missing_and_empty_parts_are_survived() -> None:
    gone = pd.DataFrame({"age": [np.nan, np.nan], "kind": [None, None]})
    assert contrast(gone, gone, ["age", "kind", "absent"]) == ()
    assert contrast(gone[:0], gone, ["age"]) == ()
