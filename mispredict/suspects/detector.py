"""What every detector of suspects keeps to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.suspect import Suspect


@dataclass(frozen=True)
class About:
    """A detector in words, one sentence each: for the page, the command and the documentation."""

    title: str  # "A column knows the answer"
    needs: str
    how: str  # it detects
    means: str  # what "certain" and "suspected" mean here
    clear: str  # what would clear a finding


@dataclass(frozen=True)
class Found:
    """What one detector found: the suspects, the worst first, and what it looked at."""

    suspects: tuple[Suspect, ...]
    looked_at: str  # "12 columns, 8,000 of 8,000 rows"


class Detector(Protocol):
    """One kind of suspect. Objects of it stand in the table `SUSPECTS`."""

    @property
    def kind(self) -> str:
        """Return the kind as `report.json` names it."""

    @property
    def about(self) -> About:
        """Return the detector in words."""

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return what it lacks, as a part of a sentence ("no [training] table"), or None when it can judge."""

    def find(self, inquiry: Inquiry) -> Found:
        """Return what it found."""
