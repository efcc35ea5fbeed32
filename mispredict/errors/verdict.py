"""The verdict: whether the errors are random-looking, minor or systemic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mispredict.errors.direction import learn_direction
from mispredict.errors.findings import Slice, Test, Verdict, Word
from mispredict.errors.promises import Promises, promises_of
from mispredict.errors.slices import CONFIRMED, SliceSearch
from mispredict.errors.split import HELD_OUT
from mispredict.errors.structure import Finding, of_calibration, of_entities, of_time
from mispredict.scan.scored import Scored

FEWEST_ROWS = 200
LEVEL = 0.05
MATERIAL_ROWS = 0.01  # errors too many, as a part of all rows
MATERIAL_LOSS = 0.02  # log loss that keeping the promises would save, as a part of all of it
EXAMPLE_SHARE = 0.05  # of the rows: the slice for which the smallest visible effect is said
POWER_80 = 0.84  # standard normal quantile
CALIBRATION = "calibration"
DECIDING = ("slices", "learned direction", "time")  # an entity's luck or a bent scale alone is nothing systemic


def judge(
    sample: Scored, slices: SliceSearch, *, time: str | None, entity: Sequence[str] = (), seed: int = 0
) -> Verdict:
    """Return whether the errors of a uniform sample are more than the model's own probabilities promise.

    Errors always gather where a probability is near the threshold; so every test is of the errors beyond what is
    promised. "Systemic" asks for a p-value under 0.05 after Holm's correction and for an effect that matters.
    """
    refusal = _refusal(sample)
    if refusal:
        return Verdict("cannot tell", (), _smallest_visible(sample, slices), refusal)
    promises = promises_of(sample, learn=np.ones(len(sample), dtype=bool), seed=seed)
    order = _order(sample, time, seed)
    findings = {
        **_slice_finding(sample, slices),
        "learned direction": _direction_finding(sample, promises, slices, (order, seed)),
        **({"time": of_time(promises, order)} if time in sample.rows else {}),
        **_entity_finding(sample, promises, entity),
        CALIBRATION: of_calibration(sample),
    }
    raw = [Test(name, f.statistic, f.p_value, f.p_value, f.effect) for name, f in findings.items()]
    # Calibration is a line of its own: it neither counts towards the verdict nor pays for the others.
    tests = holm([test for test in raw if test.name != CALIBRATION]) + [t for t in raw if t.name == CALIBRATION]
    word = _word(sample, slices, tests)
    visible = _smallest_visible(sample, slices)
    return Verdict(word, tuple(tests), visible, _sentence(word, sample, slices, (tests, visible)))


def holm(tests: list[Test]) -> list[Test]:
    """Return the tests with p-values adjusted for how many they are, the smallest first."""
    adjusted: list[Test] = []
    largest = 0.0
    for number, test in enumerate(sorted(tests, key=lambda test: test.p_value)):
        largest = min(1.0, max(largest, test.p_value * (len(tests) - number)))
        adjusted.append(replace(test, p_adjusted=largest))
    return adjusted


def _refusal(sample: Scored) -> str | None:
    rows, errors = len(sample), int(sample.is_error.sum())
    if rows < FEWEST_ROWS:
        return f"{rows} rows with {errors} errors are too few to tell; {FEWEST_ROWS} are needed."
    if errors == 0:
        return f"There are no errors in {rows:,} rows, so nothing that could hang together."
    if len(np.unique(sample.truth)) == 1:
        only = sample.classes[int(sample.truth[0])]
        return f"All {rows:,} rows are of one class ({only}): whether its errors are systemic can't be told."
    return None


def _order(sample: Scored, time: str | None, seed: int) -> np.ndarray:
    """Return the rows by time where there is one, those without a time first, else shuffled."""
    if time is None or time not in sample.rows:
        return np.random.default_rng(seed).permutation(len(sample))
    return np.argsort(sample.rows[time].rank(na_option="top").to_numpy(), kind="stable")


def _slice_finding(sample: Scored, slices: SliceSearch) -> dict[str, Finding]:
    if slices.p_value is None:
        return {}
    excess = max((one.excess / len(sample) for one in slices), default=0.0)
    return {"slices": Finding(slices.best_z, slices.p_value, max(excess, 0.0))}


def _direction_finding(
    sample: Scored, promises: Promises, slices: SliceSearch, given: tuple[np.ndarray, int]
) -> Finding:
    order, seed = given
    learned = learn_direction(sample, promises, columns=slices.columns, order=order, seed=seed)
    return Finding(learned.z, learned.p_value, learned.excess)


def _entity_finding(sample: Scored, promises: Promises, entity: Sequence[str]) -> dict[str, Finding]:
    known = [column for column in entity if column in sample.rows]
    found = of_entities(promises, sample.rows[known]) if known else None
    return {"entity": found} if found else {}


def _word(sample: Scored, slices: SliceSearch, tests: Sequence[Test]) -> Word:
    found = [test for test in tests if test.p_adjusted <= LEVEL and test.name != CALIBRATION]
    if any(_is_systemic(test, sample, slices) for test in found):
        return "systemic"
    return "minor" if found else "random-looking"


def _is_systemic(test: Test, sample: Scored, slices: SliceSearch) -> bool:
    if test.name == "slices":
        return any(_is_material(one, sample) for one in slices)
    return test.name in DECIDING and test.effect >= MATERIAL_ROWS


def _is_material(found: Slice, sample: Scored) -> bool:
    """Return whether a confirmed slice costs enough; half of z squared is the log loss that it wastes."""
    if found.heldout_z is None or found.heldout_z < CONFIRMED:
        return False
    wasted = (found.heldout_z**2 - 1) / 2 / HELD_OUT
    costs = wasted >= MATERIAL_LOSS * float(sample.surprise.sum())
    return costs or found.excess >= MATERIAL_ROWS * len(sample)


def _smallest_visible(sample: Scored, slices: SliceSearch) -> float:
    """Return the excess error rate that a slice of 5 % of the rows needs to be seen four times of five."""
    if not len(sample):
        return 1.0
    sure = sample.probabilities[np.arange(len(sample)), sample.predicted]
    rows = max(EXAMPLE_SHARE * (slices.searched or len(sample)), 1.0)
    return float(min(1.0, (slices.critical + POWER_80) * np.sqrt((sure * (1 - sure)).mean() / rows)))


def _sentence(word: Word, sample: Scored, slices: SliceSearch, judged: tuple[Sequence[Test], float]) -> str:
    tests, visible = judged
    said = [f"{len(sample):,} rows with {int(sample.is_error.sum()):,} errors: {_LOOKS[word]}."]
    if slices and word != "random-looking":
        top = slices[0]
        said.append(
            f"Where {top.rule}, {top.errors:,} of {top.rows:,} rows are errors and {top.expected_errors:.1f} "
            "were to be expected."
        )
    elif word != "random-looking":
        found = ", ".join(test.name for test in tests if test.p_adjusted <= LEVEL and test.name != CALIBRATION)
        said.append(f"It shows in: {found}.")
    if any(test.name == CALIBRATION and test.p_adjusted <= LEVEL for test in tests):
        said.append("The probabilities as a whole do not keep what they promise; that is judged apart.")
    said.append(
        f"A slice of 5 % of the rows with {100 * visible:.1f} % more errors than promised would have been seen."
    )
    return " ".join(said)


_LOOKS: dict[Word, str] = {
    "random-looking": "no more structure than the model's own probabilities promise",
    "minor": "there is structure beyond chance, but too little to matter",
    "systemic": "they hang together and matter",
    "cannot tell": "it can't be told whether they hang together",
}
