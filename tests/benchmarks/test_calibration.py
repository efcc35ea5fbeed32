"""The benchmark of the verdict's p-values: its tables have a line for every test, and its faults their size."""

import numpy as np
import pytest

from benchmarks.calibration import Tally, distance, judged, main, power_lines
from benchmarks.grounds import draw_labels, orders, plant_fault


def test_every_test_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--draws", "3", "--rows", "400", "--power", "0"])
    said = capsys.readouterr().out
    for name in ("slices", "learned direction", "time", "entity", "neighbourhood", "calibration"):
        assert f"together    {name}" in said
    assert "orders      verdicts: random-looking" in said


def test_a_planted_slice_has_its_size_and_is_seen() -> None:
    ground, rng = orders(4_000), np.random.default_rng(0)
    right = draw_labels(ground, rng)
    fault = plant_fault(ground, right, rng, size=0.1, chance=0.9)
    assert 0.07 <= (fault.truth != right.truth).mean() <= 0.11
    tally = Tally()
    tally.add(judged(ground, fault, seed=0))
    assert tally.words == ["systemic"]
    assert power_lines({(0.1, 0.9): tally})[-1].split() == ["10%", "0.90", "1", "100%", "100%"]


def test_even_values_are_near_and_others_far() -> None:
    assert distance(((np.arange(100) + 0.5) / 100).tolist()) < 0.01
    assert distance([0.9] * 100) > 0.8
