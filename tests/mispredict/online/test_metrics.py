import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from prometheus_client import CollectorRegistry

from mispredict.online import Recorder
from mispredict.online.expected import SCHEMA, Expected
from mispredict.online.metrics import ServiceMetrics

EXPECTED = Expected({"amount": (0.0, 500.0)}, {"city": frozenset({"Rome"})}, {"0.99": 0.9})


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"mispredict_{name}", labels)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def test_scores_gaps_ranges_latency_and_the_model_are_counted(tmp_path: Path, registry: CollectorRegistry) -> None:
    recorder = Recorder(tmp_path, model="a" * 64, metrics=ServiceMetrics(expected=EXPECTED, registry=registry))
    rows = pd.DataFrame(
        {"amount": [-1.0, 500.0, 501.0, np.nan, np.inf], "city": ["Rome", "Oslo", None, "Rome", "Rome"], "x": pd.NA}
    )
    recorder.wrap(lambda features: np.array([0.05, 0.5, 0.999, 0.0, 1.0]))(rows)
    with pytest.raises(KeyError):
        recorder.wrap(lambda features: features["gone"])({"amount": 1})
    recorder.record(object(), 0.5)
    recorder.close()
    assert value(registry, "score_count") == 5
    assert value(registry, "score_bucket", le="0.05") == 2
    assert value(registry, "predict_seconds_count") == 1
    assert value(registry, "feature_missing_total", feature="amount") == 1
    assert value(registry, "feature_missing_total", feature="city") == 1
    assert value(registry, "feature_missing_total", feature="x") == 5
    assert value(registry, "feature_unexpected_total", feature="amount", how="low") == 1
    assert value(registry, "feature_unexpected_total", feature="amount", how="high") == 2
    assert value(registry, "feature_unexpected_total", feature="city", how="unseen") == 1
    assert value(registry, "model_info", sha256="a" * 64) == 1
    assert value(registry, "score_offline", quantile="0.99") == 0.9
    outcomes = [value(registry, "recorded_total", outcome=one) for one in ("written", "dropped", "failed", "raised")]
    assert outcomes == [5, 0, 1, 1]


def test_a_service_that_is_sent_ever_other_names_has_a_limit(tmp_path: Path, registry, monkeypatch) -> None:
    monkeypatch.setattr("mispredict.online.metrics.MOST_FEATURES", 3)
    recorder = Recorder(tmp_path, metrics=ServiceMetrics(registry=registry))
    for number in range(9):
        recorder.record({f"f{number}": None}, 0.5)
    recorder.close()
    names = {s.labels["feature"] for m in registry.collect() for s in m.samples if "feature" in s.labels}
    assert names == {"f0", "f1", "f2"}


def test_expectations_are_read_from_their_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "expected.json"
    features = {"a": {"low": 0, "high": 1.5}, "b": {"levels": ["x"]}, "c": {}}
    file.write_text(json.dumps({"schema": SCHEMA, "features": features, "score": {"0.5": 0.1}}))
    found = Expected.read(file)
    assert (found.ranges, found.levels, found.score) == ({"a": (0, 1.5)}, {"b": frozenset("x")}, {"0.5": 0.1})
    file.write_text("{}")
    with pytest.raises(ValueError, match="is no file of expectations; needed: what `mispredict expect` writes"):
        Expected.read(file)


def test_without_the_package_the_extra_is_named() -> None:
    program = "import sys; sys.modules['prometheus_client'] = None; import mispredict.online.metrics"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "metrics need prometheus-client: pip install 'mispredict[online]'" in done.stderr


def test_what_to_expect_is_written_by_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import skops.io
    from typer.testing import CliRunner

    from mispredict.cli.main import app
    from tests.mispredict.parity.serving import FEATURES, Service, rows

    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "cache"))
    table = rows(1_500)
    table.to_parquet(tmp_path / "table.parquet")
    skops.io.dump(Service(table).model, tmp_path / "model.skops")
    (tmp_path / "invariants.yaml").write_text("columns:\n  visits: {at_least: 0, at_most: 50}\n  age: {above: 0}\n")
    (tmp_path / "i.toml").write_text(
        f'[data]\npath = "table.parquet"\ntarget = "label"\npositive = 1\nfeatures = {json.dumps(FEATURES)}\n'
        '[model]\npath = "model.skops"\n[invariants]\npath = "invariants.yaml"\n'
    )
    said = CliRunner().invoke(app, ["expect", str(tmp_path / "i.toml"), "--to", str(tmp_path / "expected.json")])
    assert said.exit_code == 0, said.stderr
    found = Expected.read(tmp_path / "expected.json")
    assert found.ranges["visits"] == (0, 50)
    assert found.ranges["age"] == (table["age"].min(), table["age"].max())
    assert set(found.score) == {"0.5", "0.9", "0.95", "0.99"}
    assert json.loads(CliRunner().invoke(app, ["expect", str(tmp_path / "i.toml")]).stdout)["rows"] == 1_500
