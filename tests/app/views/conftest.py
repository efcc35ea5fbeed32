"""An investigation with a log, as the pages show it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from mispredict.investigation.investigation import Investigation
from tests.mispredict.parity.serving import FEATURES, Service, rows

HOSTILE = "[x](http://evil.example) <b>"
DECLARED = """columns:
  amount: {above: 0, because: "money **is** paid"}
  age: {missing: never}
  label: {one_of: [0, 1]}
"""


@pytest.fixture(scope="session")
def served() -> Service:
    """Return a service whose table has a column that no model reads, with a name and values that are hostile."""
    service = Service(rows(3_000))
    service.table[HOSTILE] = ["**bold**", "$x$"] * 1_500
    return service


@pytest.fixture
def opened(served: Service, tmp_path: Any) -> Any:
    """Return a function that opens the table with a log, with rows changed, or with a file of what must hold."""

    def open_(
        log: pd.DataFrame | None = None, *, declared: str = "", table: pd.DataFrame | None = None
    ) -> Investigation:
        roles: dict[str, Any] = {"target": "label", "id": "row", "time": "when", "features": FEATURES}
        if declared:
            (tmp_path / "invariants.yaml").write_text(declared)
            roles["invariants"] = str(tmp_path / "invariants.yaml")
        logged = {} if log is None else {"online": log, "logged": {"score": "score"}}
        held = served.table if table is None else table
        return Investigation(model=served.model, rows=held, training=served.table, **roles, **logged)

    return open_
