"""The saved cohorts of an investigation, under names that are given once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mispredict.bad_input import StoreRefused
from mispredict.beside import Beside, Form
from mispredict.cohorts.cohort import SavedCohort
from mispredict.cohorts.selection import MOST_IDS, from_text
from mispredict.tables.columns import hint, shortened

LONGEST_NAME = 80
LONGEST_TEXT = 2_000  # of who, why and where from
_TEXTS = ("name", "by", "reason", "origin", "time", "data_sha256", "model_sha256")


class CohortStore:
    """The saved cohorts of one investigation; `file` is the investigation's, None for objects in memory."""

    def __init__(self, file: Path | None) -> None:
        self._kept = Beside(file, Form("cohorts", "list of cohorts", _said, _cohort))

    def list(self) -> tuple[SavedCohort, ...]:
        """Return the saved cohorts in the order they were saved; raises StoreRefused for a file that can't be read."""
        return self._kept.list()

    def save(self, cohort: SavedCohort) -> SavedCohort:
        """Keep a cohort under its name and return it with where it is kept.

        The same name again is refused, unless it names the same rows: then nothing changes and what is kept comes back.
        """
        _check(cohort)
        for known in self.list():
            if known.name.casefold() == cohort.name.casefold():
                return _same(known, cohort)
        self._kept.write(lambda there: _with(there, cohort))
        return next(known for known in self.list() if known.name == cohort.name)

    def replace(self, cohort: SavedCohort) -> SavedCohort:
        """Keep a cohort under its name, in place of the one that had it."""
        _check(cohort)
        if any(known.name.casefold() == cohort.name.casefold() for known in self.list()):
            self.drop(cohort.name)
        return self.save(cohort)

    def get(self, name: str) -> SavedCohort:
        """Return the cohort of a name; raises StoreRefused when there is none."""
        return named(self.list(), name)

    def drop(self, name: str) -> SavedCohort:
        """Forget a cohort and return what it was; raises StoreRefused, or OutputRefused where it can't be."""
        found = self.get(name)

        def without(there: tuple[SavedCohort, ...]) -> tuple[SavedCohort, ...]:
            return tuple(one for one in there if one.name != found.name)

        self._kept.rewrite(without, kept_in=found.kept_in)
        return found


def named(known: Sequence[SavedCohort], name: str) -> SavedCohort:
    """Return the cohort of a name, capitals aside; raises StoreRefused when there is none."""
    found = next((one for one in known if one.name.casefold() == name.casefold()), None)
    if found is None:
        names = [one.name for one in known]
        raise StoreRefused(
            f"no saved cohort {shortened(name)!r}{hint(name[:200], names)}",
            needed=f"one of the {len(names)} that are saved" if names else "a cohort that was saved",
            do="list them, and copy the name",
        )
    return found


def _check(cohort: SavedCohort) -> None:
    name = cohort.name
    if not 1 <= len(name) <= LONGEST_NAME or name != name.strip() or not name.isprintable():
        raise StoreRefused(
            f"the name {shortened(name, 100)!r}",
            needed=f"1 to {LONGEST_NAME} characters that can be seen, no space at either end",
            do="choose another name",
        )
    long = next((text for text in (cohort.by, cohort.reason, cohort.origin) if len(text) > LONGEST_TEXT), None)
    if long is not None or len(cohort.selection.ids) > MOST_IDS:
        raise StoreRefused(
            f"{len(long):,} characters" if long is not None else f"{len(cohort.selection.ids):,} ids",
            needed=f"at most {LONGEST_TEXT:,} characters a text and {MOST_IDS:,} ids",
            do="shorten it; many rows are better said by a rule",
        )


def _with(there: tuple[SavedCohort, ...], cohort: SavedCohort) -> tuple[SavedCohort, ...]:
    """Return what is there and one more; asked under the lock, since another may have saved the name meanwhile."""
    known = next((one for one in there if one.name.casefold() == cohort.name.casefold()), None)
    if known is None:
        return (*there, cohort)
    _same(known, cohort)
    return there


def _same(known: SavedCohort, cohort: SavedCohort) -> SavedCohort:
    if known.selection == cohort.selection:
        return known
    raise StoreRefused(
        f"the name {cohort.name!r}, under which other rows are saved",
        needed="a name that is free",
        do="choose another one, or drop that cohort first",
    )


def _said(cohort: SavedCohort) -> dict[str, Any]:
    texts = {name: getattr(cohort, name) for name in _TEXTS}
    return texts | {"selection": json.loads(cohort.selection.to_text())}


def _cohort(said: dict[str, Any], kept_in: str) -> SavedCohort:
    texts = {name: said[name] for name in _TEXTS}
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError("a text is no text")
    return SavedCohort(selection=from_text(json.dumps(said["selection"])), kept_in=kept_in, **texts)
