"""The verdict: whether the errors are random-looking, minor or systemic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mispredict.errors.direction import learn_direction
from mispredict.errors.findings import Slice, Test, Verdict, Word
from mispredict.errors.levels import level_rows
from mispredict.errors.neighbourhood import Vectors, among_neighbours
from mispredict.errors.overlap import Overlap
from mispredict.errors.promises import Promises, promises_of
from mispredict.errors.slices import CONFIRMED, SliceSearch
from mispredict.errors.split import HELD_OUT
from mispredict.errors.structure import (
    Finding,
    Structure,
    among_owners,
    examine,
    in_time,
    moments_of,
    of_calibration,
)
from mispredict.errors.wording import LEVEL, Said, is_hard, sentence_of
from mispredict.scan.scored import Scored

FEWEST_ROWS = 200
FEWEST_ERRORS = 5  # of fewer, hardly any grouping is beyond chance
MATERIAL_ROWS = 0.01  # errors too many, as a part of all rows
MATERIAL_SPREAD = 0.02  # the same where it is reckoned from a spread of rates that every real model has a little of
MATERIAL_LOSS = 0.02  # log loss that keeping the promises would save, as a part of all of it
MATERIAL_RATIO = 1.5  # errors over expected errors: rows that are wrong so much more often are a matter of their own
MATERIAL_ERRORS = 0.025  # ... where so large a part of all errors is too many there
EXAMPLE_SHARE = 0.05  # of the rows: the slice for which the smallest visible effect is said
POWER_80 = 0.84  # standard normal quantile
CALIBRATION = "calibration"


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of the rows beside what stands in them."""

    features: tuple[str, ...] | None = None  # that the model reads; None: what rules may use
    vectors: Vectors | None = None  # rows -> their places in an embedding; None: rows are near that agree in features
    of_rows: int | None = None  # of the table that the sample is from
    overlap: Overlap | None = None  # with the training table; its rows are not in the sample any more


def judge(
    sample: Scored,
    slices: SliceSearch,
    *,
    time: str | None,
    entity: Sequence[str] = (),
    evidence: Evidence | None = None,
    seed: int = 0,
) -> Verdict:
    """Return whether the errors of a uniform sample are more than the model's own probabilities promise.

    Errors always gather where a probability is near the threshold; so every test is of the errors beyond what is
    promised. "Systemic" asks for a p-value under 0.05 after Holm's correction and for an effect that matters.
    """
    evidence = evidence or Evidence()
    visible, of_rows = _smallest_visible(sample, slices), evidence.of_rows or len(sample)
    refusal = _refusal(sample, evidence)
    if refusal:
        return Verdict("cannot tell", (), visible, refusal, len(sample), of_rows, _overlap_notes(evidence))
    findings, notes = _findings(sample, slices, (time, tuple(entity)), evidence, seed=seed)
    raw = [Test(name, f.statistic, f.p_value, f.p_value, f.effect) for name, f in findings.items()]
    # Calibration is a line of its own: it neither counts towards the verdict nor pays for the others.
    tests = (*holm([one for one in raw if one.name != CALIBRATION]), *(one for one in raw if one.name == CALIBRATION))
    word = _word(sample, slices, tests)
    said = sentence_of(word, sample, slices, Said(tests, visible, of_rows))
    return Verdict(word, tests, visible, said, len(sample), of_rows, (*_overlap_notes(evidence), *notes))


def holm(tests: Sequence[Test]) -> list[Test]:
    """Return the tests with p-values adjusted for how many they are, the smallest first."""
    adjusted: list[Test] = []
    largest = 0.0
    for number, test in enumerate(sorted(tests, key=lambda test: test.p_value)):
        largest = min(1.0, max(largest, test.p_value * (len(tests) - number)))
        adjusted.append(replace(test, p_adjusted=largest))
    return adjusted


def _refusal(sample: Scored, evidence: Evidence) -> str | None:
    rows, errors, overlap = len(sample), int(sample.is_error.sum()), evidence.overlap
    if overlap is not None and overlap.is_refused:
        return f"{overlap.note}."
    if rows < FEWEST_ROWS:
        why = f" ({overlap.note})" if overlap is not None and overlap.count and not overlap.by_chance else ""
        return f"{rows:,} rows with {errors:,} errors are too few to tell; {FEWEST_ROWS} are needed{why}."
    if errors == 0:
        return f"There are no errors in {rows:,} rows, so nothing that could hang together."
    if errors < FEWEST_ERRORS:
        only = "1 error in" if errors == 1 else f"{errors} errors in"
        return f"{only} {rows:,} rows: too few to tell whether errors hang together; {FEWEST_ERRORS} are needed."
    if len(np.unique(sample.truth)) == 1:
        only = sample.classes[int(sample.truth[0])]
        return f"All {rows:,} rows are of one class ({only}): whether its errors are systemic can't be told."
    return None


def _overlap_notes(evidence: Evidence) -> tuple[str, ...]:
    return (evidence.overlap.note,) if evidence.overlap is not None and evidence.overlap.note else ()


def _findings(
    sample: Scored, slices: SliceSearch, roles: tuple[str | None, tuple[str, ...]], evidence: Evidence, *, seed: int
) -> tuple[dict[str, Finding], tuple[str, ...]]:
    """Return what each test found, and notes on those that could not be made."""
    time, entity = roles
    promises = promises_of(sample, learn=np.ones(len(sample), dtype=bool), seed=seed)
    moments = moments_of(sample.rows[time]) if time in sample.rows else None
    levelled = level_rows(sample, promises)
    structures: dict[str, Structure] = {}
    notes = list(_hard_notes(sample))
    if moments is not None:
        _take_up("time", in_time(levelled, moments), structures, notes)
    owners = [column for column in entity if column in sample.rows]
    if owners:
        _take_up("entity", among_owners(sample.rows[owners]), structures, notes)
    near = slices.columns if evidence.features is None else evidence.features
    found = among_neighbours(sample, near, vectors=evidence.vectors, seed=seed)
    _take_up("neighbourhood", found if isinstance(found, str) else found[0], structures, notes)
    if not isinstance(found, str):
        notes.append(found[1])
    findings = {
        **_slice_findings(sample, slices),
        "learned direction": _direction_finding(sample, promises, slices.columns, _order(moments, len(sample), seed)),
        **examine(levelled, structures, seed=seed),
        CALIBRATION: of_calibration(sample),
    }
    return findings, tuple(notes)


def _take_up(name: str, found: Structure | str, structures: dict[str, Structure], notes: list[str]) -> None:
    if isinstance(found, str):
        notes.append(found)
    else:
        structures[name] = found


def _hard_notes(sample: Scored) -> tuple[str, ...]:
    if not is_hard(sample):
        return ()
    return ("the model gives labels and no probabilities: errors are held against its accuracy by predicted class",)


def _order(moments: np.ndarray | None, rows: int, seed: int) -> np.ndarray:
    """Return the rows by time where there is one, those without a time first, rows of one time and others shuffled."""
    shuffled = np.random.default_rng(seed).permutation(rows)
    if moments is None:
        return shuffled
    return shuffled[np.argsort(np.nan_to_num(moments[shuffled], nan=-np.inf), kind="stable")]


def _slice_findings(sample: Scored, slices: SliceSearch) -> dict[str, Finding]:
    if slices.p_value is None:
        return {}
    excess = max((one.excess / len(sample) for one in slices), default=0.0)
    found = {"slices": Finding(slices.best_z, slices.p_value, max(excess, 0.0))}
    if slices.shapes_p is not None:
        other = [one for one in slices if one.shape != "rule"]
        excess = max((one.excess / len(sample) for one in other), default=0.0)
        found["shapes"] = Finding(max((one.z for one in other), default=0.0), slices.shapes_p, max(excess, 0.0))
    return found


def _direction_finding(sample: Scored, promises: Promises, columns: Sequence[str], order: np.ndarray) -> Finding:
    learned = learn_direction(sample, promises, columns=columns, order=order)
    return Finding(learned.z, learned.p_value, learned.excess)


def _word(sample: Scored, slices: SliceSearch, tests: Sequence[Test]) -> Word:
    found = [test for test in tests if test.p_adjusted <= LEVEL and test.name != CALIBRATION]
    if any(_is_systemic(test, sample, slices) for test in found):
        return "systemic"
    return "minor" if found else "random-looking"


def _is_systemic(test: Test, sample: Scored, slices: SliceSearch) -> bool:
    if test.name in ("slices", "shapes"):
        return any(_is_material(one, sample) for one in slices if (one.shape == "rule") == (test.name == "slices"))
    return test.effect >= (MATERIAL_SPREAD if test.name in ("entity", "neighbourhood") else MATERIAL_ROWS)


def _is_material(found: Slice, sample: Scored) -> bool:
    """Return whether a confirmed slice costs enough; half of z squared is the log loss that it wastes."""
    if found.heldout_z is None or found.heldout_z < CONFIRMED:
        return False
    wasted = (found.heldout_z**2 - 1) / 2 / HELD_OUT
    costs = wasted >= MATERIAL_LOSS * float(sample.surprise.sum())
    dense = found.errors >= MATERIAL_RATIO * found.expected_errors
    many = found.excess >= MATERIAL_ERRORS * float(sample.is_error.sum())
    return costs or (dense and many) or found.excess >= MATERIAL_ROWS * len(sample)


def _smallest_visible(sample: Scored, slices: SliceSearch) -> float:
    """Return the excess error rate that a slice of 5 % of the rows needs to be seen four times of five."""
    if not len(sample):
        return 1.0
    sure = sample.probabilities[np.arange(len(sample)), sample.predicted]
    spread = (sure * (1 - sure)).mean()
    if is_hard(sample):
        spread = sample.is_error.mean() * (1 - sample.is_error.mean())
    rows = max(EXAMPLE_SHARE * (slices.searched or len(sample)), 1.0)
    return float(min(1.0, (slices.critical + POWER_80) * np.sqrt(spread / rows)))
