"""What the service of the shipped incident did to the features, as planted."""

from __future__ import annotations

import json

import pytest

from mispredict.investigation.investigation import Investigation
from mispredict.suspects.suspect import Suspect
from tests.browser.server import ROOT
from tests.mispredict.parity.serving import judged

SAMPLE = ROOT / "sample_data"


@pytest.fixture(scope="module")
def served() -> dict[str, Suspect]:
    investigation = Investigation.from_file(SAMPLE / "investigation.toml")
    return {one.culprits[0]: one for one in judged(investigation, "skew").suspects}


def test_both_planted_skews_are_named_with_cause_parameter_and_place(served: dict[str, Suspect]) -> None:
    faults = json.loads((SAMPLE / "planted.json").read_text())["plants"]
    planted = {one["columns"][0]: one for one in faults if one["kind"] == "skew"}
    assert set(served) == set(planted) == {"amount", "customer_orders"}
    cents, old = served["amount"], served["customer_orders"]
    assert (cents.cause, cents.evidence["parameter"]) == ("scale", "x 100")
    assert cents.where is not None
    assert cents.where.rule == "app_version = 'sdk-3.8.0'"
    assert cents.evidence["of them so"] == f"{planted['amount']['rows']:,}"
    assert (old.cause, old.evidence["parameter"]) == ("stale", "lag 2.0 days")
    assert old.evidence["of them so"] == f"{planted['customer_orders']['rows']:,}"
