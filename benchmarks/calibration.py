"""Are the verdict's p-values even? `python -m benchmarks.calibration [--draws N] [--rows N] [--power N] [--bend B]`.

Labels are drawn from the model's own probabilities (plasmode), so that all errors are chance; then a fault is planted.
Tables are printed; nothing here fails.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.grounds import Ground, all_grounds, draw_labels, orders, plant_fault
from mispredict.errors.findings import Verdict
from mispredict.errors.shapes.finding import with_shapes
from mispredict.errors.slices import find_slices
from mispredict.errors.verdict import Evidence, judge
from mispredict.scan.scored import Scored

LEVEL = 0.05
WORDS = ("random-looking", "minor", "systemic", "cannot tell")
SIZES, CHANCES = (0.02, 0.05, 0.10), (0.15, 0.25, 0.40)
POWER_ROWS = 8_000


@dataclass
class Tally:
    """The p-values of every test, and the words of the verdicts."""

    chances: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    words: list[str] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        """Count one verdict."""
        self.words.append(verdict.word)
        for test in verdict.tests:
            self.chances[test.name].append(test.p_value)

    def share(self, word: str) -> float:
        """Return the part of the verdicts that say this word."""
        return self.words.count(word) / max(len(self.words), 1)


def judged(ground: Ground, scored: Scored, *, seed: int) -> Verdict:
    """Return the verdict on one draw, searched and tested just as an investigation does."""
    exclude = ["label", *(name for name in scored.rows.columns if name not in ground.features)]
    slices, _ = find_slices(scored, exclude=exclude, seed=seed)
    slices, _ = with_shapes(slices, scored, exclude=exclude, seed=seed)
    evidence = Evidence(features=ground.features)
    return judge(scored, slices, time=ground.time, entity=ground.entity, evidence=evidence, seed=seed)


def null_tallies(grounds: Sequence[Ground], *, draws: int, bend: float) -> dict[str, Tally]:
    """Return a tally a ground of `draws` in all, taken in turn; no draw has a fault."""
    tallies = {ground.name: Tally() for ground in grounds}
    for draw in range(draws):
        ground = grounds[draw % len(grounds)]
        scored = draw_labels(ground, np.random.default_rng(10_000 + draw), bend=bend)
        tallies[ground.name].add(judged(ground, scored, seed=draw))
    return tallies


def power_words(*, draws: int, rows: int) -> dict[tuple[float, float], Tally]:
    """Return the verdicts on planted slices of each size and chance that a label in it is turned round."""
    tallies = {(size, chance): Tally() for size in SIZES for chance in CHANCES}
    for draw in range(draws):
        ground = orders(rows, seed=draw)
        for (size, chance), tally in tallies.items():
            rng = np.random.default_rng(draw)
            fault = plant_fault(ground, draw_labels(ground, rng), rng, size=size, chance=chance)
            tally.add(judged(ground, fault, seed=draw))
    return tallies


def distance(chances: Sequence[float]) -> float:
    """Return the Kolmogorov distance of p-values from the uniform distribution."""
    from scipy.stats import kstest

    return float(kstest(chances, "uniform").statistic)


def null_lines(tallies: dict[str, Tally]) -> list[str]:
    """Return the table of tests and the line of words, a ground at a time and together."""
    together = Tally()
    for tally in tallies.values():
        together.words += tally.words
        for name, chances in tally.chances.items():
            together.chances[name] += chances
    lines = [f"{'table':<12}{'test':<20}{'n':>5}{'KS distance':>13}{'p <= 0.05':>11}"]
    for table, tally in [*tallies.items(), ("together", together)]:
        for name, chances in sorted(tally.chances.items()):
            low = np.mean(np.array(chances) <= LEVEL)
            lines.append(f"{table:<12}{name:<20}{len(chances):>5}{distance(chances):>13.3f}{low:>11.1%}")
        words = ", ".join(f"{word} {tally.share(word):.1%}" for word in WORDS)
        lines.append(f"{table:<12}verdicts: {words}")
    return lines


def power_lines(tallies: dict[tuple[float, float], Tally]) -> list[str]:
    """Return the table of how often a planted slice is called systemic, or anything but random-looking."""
    lines = [f"{'slice':<8}{'flips':<8}{'n':>5}{'systemic':>11}{'or minor':>11}"]
    for (size, chance), tally in tallies.items():
        seen = tally.share("systemic") + tally.share("minor")
        n = len(tally.words)
        lines.append(f"{size:<8.0%}{chance:<8.2f}{n:>5}{tally.share('systemic'):>11.0%}{seen:>11.0%}")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=300, help="null draws, over all tables together")
    parser.add_argument("--rows", type=int, default=2_000, help="rows a null draw")
    parser.add_argument("--power", type=int, default=5, help="draws a size and chance of the planted slice")
    parser.add_argument("--bend", type=float, default=1.0, help="power of the probabilities that the model states")
    asked = parser.parse_args(arguments)
    begin = time.perf_counter()
    grounds = all_grounds(asked.rows)
    print(f"no fault, {asked.draws} draws of at most {asked.rows:,} rows, bend {asked.bend:g}")
    print("\n".join(null_lines(null_tallies(grounds, draws=asked.draws, bend=asked.bend))), flush=True)
    if asked.power:
        print(f"\nplanted slices in {POWER_ROWS:,} rows")
        print("\n".join(power_lines(power_words(draws=asked.power, rows=POWER_ROWS))))
    print(f"\n{time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
