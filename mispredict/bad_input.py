"""The one family of exceptions that a user meets: what was found, what was needed, what to do."""

from __future__ import annotations


class BadInput(Exception):
    """Input that can't be worked with, said in three parts that the command and the pages print alike."""

    def __init__(self, found: str, *, needed: str, do: str) -> None:
        super().__init__(f"found: {found}; needed: {needed}; do: {do}")
        self.found = found
        self.needed = needed
        self.do = do


class TableRefused(BadInput):
    """A table that can't be read, or lacks what the investigation names."""


class ModelRefused(BadInput):
    """A model file that can't be opened, or does not fit the table."""


class InvestigationRefused(BadInput):
    """An `investigation.toml` that can't be understood."""


class StoreRefused(BadInput):
    """An obvious set that can't be read or written."""


class RuleRefused(BadInput):
    """A rule that can't be read, or does not fit the table's columns."""


class OutputRefused(BadInput):
    """A folder or file that can't be written."""


class WorkerStopped(BadInput):
    """The worker crashed, ran out of memory or time, or was cancelled."""


REFUSALS: dict[str, type[BadInput]] = {
    c.__name__: c
    for c in (
        *(BadInput, TableRefused, ModelRefused, InvestigationRefused, StoreRefused),
        *(RuleRefused, OutputRefused, WorkerStopped),
    )
}
