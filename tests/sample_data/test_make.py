import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest

from sample_data.make import make
from sample_data.settings import SMALL, Settings
from sample_data.tables import LABELLED, make_tables
from sample_data.world import simulate


def digests(folder: Path) -> dict[str, str]:
    return {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in sorted(folder.iterdir())}


def test_the_same_bytes_twice(tmp_path):
    few = dataclasses.replace(SMALL, trees=3)
    make(tmp_path / "one", few)
    make(tmp_path / "two", few)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert len(digests(tmp_path / "one")) == 10


def test_another_seed_makes_another_world():
    one, other = (simulate(SMALL, np.random.default_rng(seed)).payments for seed in (1, 2))
    assert len(one) != len(other)


def test_the_committed_tables_are_what_the_generator_makes(training, incident):
    settings = Settings()
    rng = np.random.default_rng(settings.seed)
    tables = make_tables(simulate(settings, rng), settings, rng=rng)
    for made, committed in ((tables.training, training), (tables.incident, incident)):
        shown = made[list(LABELLED)]
        same = shown.eq(committed) | (shown.isna() & committed.isna())
        assert same.to_numpy().mean() > 0.999  # another processor may round a cent the other way


def test_too_few_customers_are_refused_with_the_numbers(tmp_path):
    with pytest.raises(ValueError, match=r"made \d+ payments, 89550 are needed; raise `customers`"):
        make(tmp_path, dataclasses.replace(SMALL, training_rows=60_000, incident_rows=30_000))
    assert list(tmp_path.iterdir()) == []
