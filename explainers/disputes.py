"""Columns on which methods contradict each other, and whom the knock-out sides with, in words.

Methods that answer in different units are compared by sign and by share of their own largest contribution only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from explainers.explanation import Explanation, Unit
from explainers.knock_out import KnockOut
from explainers.rankings import REFEREE, joined

TOP = 5  # columns of a method that a reader looks at: as many as a chart shows before its rest
SMALL = 0.05  # of a method's largest contribution: less is next to nothing, and its sign is no claim
LARGE = 0.5  # of a method's largest contribution: a column that it builds its answer on
SURE = 2.0  # standard errors: a sign is claimed outside of them, 19 times of 20 rightly
SHOWN = 3  # sentences of one kind; the rest is counted


@dataclass(frozen=True, eq=False)
class Voice:
    """One method's signed contributions, and how far each is uncertain."""

    name: str
    unit: Unit
    values: Mapping[str, float]
    errors: Mapping[str, float]  # standard errors, by column

    @cached_property
    def largest(self) -> float:
        """Return the size of the largest contribution."""
        return max((abs(v) for v in self.values.values()), default=0.0)

    @cached_property
    def top(self) -> list[str]:
        """Return the columns of the largest contributions, the largest first."""
        return sorted((c for c in self.values if self.claims(c)), key=lambda c: -abs(self.values[c]))[:TOP]

    def claims(self, column: str) -> int:
        """Return the sign that the method claims for the column, 0 where it is next to nothing or not sure."""
        value = self.values[column]
        if abs(value) <= max(SMALL * self.largest, SURE * self.errors.get(column, 0.0)):
            return 0
        return 1 if value > 0 else -1

    def denies(self, column: str) -> bool:
        """Return True where the column surely has next to nothing."""
        return abs(self.values[column]) + SURE * self.errors.get(column, 0.0) <= SMALL * self.largest

    def builds_on(self, column: str) -> bool:
        """Return True for a column that the answer rests on."""
        return bool(self.claims(column)) and abs(self.values[column]) >= LARGE * self.largest

    def says(self, column: str) -> str:
        """Return the name with the contribution."""
        return f"{self.name} ({self.values[column]:+.3g} {self.unit})"


def voice_of(said: Explanation) -> Voice:
    """Return a method's voice; its own standard error, where it has one, holds for each of its columns."""
    error = said.quality.get("standard_error", 0.0)
    return Voice(said.method, said.unit, said.values, dict.fromkeys(said.values, error))


def referee_of(measured: KnockOut) -> Voice:
    """Return the knock-out's voice."""
    return Voice(REFEREE, measured.unit, measured.changes, measured.errors)


def dispute_sentences(voices: Sequence[Voice], referee: Voice) -> list[str]:
    """Return what the methods' leading columns are, and where the methods contradict each other."""
    silent = [f"every contribution of {v.name} is 0" for v in voices if not v.largest]
    heard = [v for v in voices if v.largest]
    if len(heard) < 2:
        return silent
    return [*silent, *_leaders([*heard, referee]), *_signs(heard, referee), *_sizes(heard, referee)]


def _leaders(voices: Sequence[Voice]) -> list[str]:
    first: dict[str, list[str]] = {}
    for voice in voices:
        for column in voice.top[:1]:
            first.setdefault(column, []).append(voice.name)
    parts = [f"{column!r} for {joined(names)}" for column, names in first.items()]
    return [f"the largest contribution is that of {'; '.join(parts)}"] if parts else []


def _signs(voices: Sequence[Voice], referee: Voice) -> list[str]:
    split = {c: _sides(c, voices) for c in _looked_at(voices)}
    disputed = sorted((c for c in split if all(split[c])), key=lambda c: -_weight(c, *split[c]))
    if not disputed:
        return [f"no two methods give opposite signs to one of their {TOP} largest columns"]
    said = [_sign(c, *split[c], referee) for c in disputed[:SHOWN]]
    return [*said, *_more(disputed, "have opposite signs, too")]


def _sizes(voices: Sequence[Voice], referee: Voice) -> list[str]:
    """Return columns that one method builds on and another gives next to nothing."""
    split = {c: ([v for v in voices if v.builds_on(c)], [v for v in voices if v.denies(c)]) for c in _looked_at(voices)}
    disputed = sorted((c for c in split if all(split[c])), key=lambda c: -_share(c, split[c][0]))
    said = [_size(c, *split[c], referee) for c in disputed[:SHOWN]]
    return [*said, *_more(disputed, "are large for one method and next to nothing for another, too")]


def _sign(column: str, up: Sequence[Voice], down: Sequence[Voice], referee: Voice) -> str:
    sides = {1: [v.name for v in up], -1: [v.name for v in down], 0: []}[referee.claims(column)]
    raises = f"{joined([v.says(column) for v in up])} {'say' if len(up) > 1 else 'says'}"
    lowers = joined([v.says(column) for v in down])
    return f"{raises} that {column!r} raises the score, {lowers} that it lowers it; {_ruling(column, sides, referee)}"


def _size(column: str, loud: Sequence[Voice], quiet: Sequence[Voice], referee: Voice) -> str:
    backs = [v.name for v in loud if v.claims(column) == referee.claims(column)]
    sides = backs or ([v.name for v in quiet] if referee.denies(column) else [])
    builds = f"{joined([v.says(column) for v in loud])} {'build' if len(loud) > 1 else 'builds'} on {column!r}"
    denies = f"{joined([v.says(column) for v in quiet])} {'give' if len(quiet) > 1 else 'gives'} it next to nothing"
    return f"{builds}, {denies}; {_ruling(column, sides, referee)}"


def _ruling(column: str, sides: Sequence[str], referee: Voice) -> str:
    fall, error = referee.values[column], referee.errors.get(column, 0.0)
    bar = f", standard error {error:.2g}" if error else ""
    moves = f"{'falls' if fall > 0 else 'rises'} by {abs(fall):.3g} ({referee.unit}{bar})" if fall else "stays as it is"
    return f"with background values in its place the score {moves}, which sides with {joined(sides or ['neither'])}"


def _sides(column: str, voices: Sequence[Voice]) -> tuple[list[Voice], list[Voice]]:
    return [v for v in voices if v.claims(column) > 0], [v for v in voices if v.claims(column) < 0]


def _looked_at(voices: Sequence[Voice]) -> list[str]:
    """Return the columns that are among the largest of any method, once each."""
    return list(dict.fromkeys(c for v in voices for c in v.top))


def _weight(column: str, up: Sequence[Voice], down: Sequence[Voice]) -> float:
    """Return how much a contradiction matters: the smaller of its two sides."""
    return min(_share(column, up), _share(column, down))


def _share(column: str, voices: Sequence[Voice]) -> float:
    return max(abs(v.values[column]) / v.largest for v in voices)


def _more(disputed: Sequence[str], what: str) -> list[str]:
    rest = [repr(c) for c in disputed[SHOWN:]]
    return [f"{joined(rest)} {what}"] if rest else []
