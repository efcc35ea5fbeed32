"""Cohorts kept with the investigation, in a JSON file beside its own; replaced whole, one writer at a time."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mispredict.bad_input import OutputRefused, RuleRefused, StoreRefused
from mispredict.cache import cache_folder
from mispredict.cohorts.cohort import SavedCohort
from mispredict.cohorts.locking import locked
from mispredict.cohorts.selection import MOST_IDS, from_text
from mispredict.replacing import replacing
from mispredict.tables.columns import hint, shortened

SCHEMA = "mispredict/cohorts@1"
LONGEST_NAME = 80
LONGEST_TEXT = 2_000  # of who, why and where from
BESIDE, IN_MEMORY = "beside the investigation", "in memory, until this process ends"
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)  # a folder that is not ours to write; a full disk is another matter
_TEXTS = ("name", "by", "reason", "origin", "time", "data_sha256", "model_sha256")


class CohortStore:
    """The saved cohorts of one investigation; `file` is the investigation's, None for objects in memory."""

    def __init__(self, file: Path | None) -> None:
        self._beside = None if file is None else file.with_name(f"{file.stem}.cohorts.json")
        self._held: tuple[SavedCohort, ...] = ()

    def list(self) -> tuple[SavedCohort, ...]:
        """Return the saved cohorts in the order they were saved; raises StoreRefused for a file that can't be read."""
        if self._beside is None:
            return self._held
        aside = self._aside()
        return (*_read(self._beside, BESIDE), *_read(aside, _in_cache(aside)))

    def save(self, cohort: SavedCohort) -> SavedCohort:
        """Keep a cohort under its name and return it with where it is kept.

        The same name again is refused, unless it names the same rows: then nothing changes and what is kept comes back.
        """
        _check(cohort)
        for known in self.list():
            if known.name.casefold() == cohort.name.casefold():
                return _same(known, cohort)
        self._write(lambda there: _with(there, cohort))
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

        if self._beside is None:
            self._held = without(self._held)
            return found
        try:
            _change(self._beside if found.kept_in == BESIDE else self._aside(), without)
        except OSError as fault:
            raise _unwritable(self._beside, fault) from fault
        return found

    def _write(self, change: _Change) -> None:
        if self._beside is None:
            self._held = tuple(dataclasses.replace(one, kept_in=IN_MEMORY) for one in change(self._held))
            return
        try:
            _change(self._beside, change)
        except OSError as fault:
            if fault.errno not in _CLOSED:
                raise _unwritable(self._beside, fault) from fault
            self._write_aside(change)

    def _write_aside(self, change: _Change) -> None:
        aside = self._aside()
        try:
            aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _change(aside, change)
        except OSError as fault:
            raise _unwritable(aside, fault) from fault

    def _aside(self) -> Path:
        digest = hashlib.sha256(os.fsencode(str(self._beside))).hexdigest()[:32]
        return cache_folder() / "cohorts" / f"{digest}.json"


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


_Change = Callable[[tuple[SavedCohort, ...]], Sequence[SavedCohort]]


def _in_cache(path: Path) -> str:
    return f"in the cache folder ({path}), since the investigation's own can't be written"


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


def _change(path: Path, change: _Change) -> None:
    with locked(path.with_name(f".{path.name}.lock")):
        fresh_cohorts = change(_read(path, ""))
        with replacing(path) as fresh:
            fresh.write_text(_text(fresh_cohorts), "utf-8")


def _text(cohorts: Sequence[SavedCohort]) -> str:
    said = [
        {name: getattr(one, name) for name in _TEXTS} | {"selection": json.loads(one.selection.to_text())}
        for one in cohorts
    ]
    return json.dumps({"schema": SCHEMA, "cohorts": said}, ensure_ascii=False, indent=1) + "\n"


def _read(path: Path, kept_in: str) -> tuple[SavedCohort, ...]:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as fault:
        raise StoreRefused(
            f"{path} can't be read ({fault.strerror})", needed="a file that can be read", do="give access to it"
        ) from fault
    try:
        held = json.loads(text.decode("utf-8"))
        if held["schema"] != SCHEMA:
            raise ValueError(held["schema"])
        return tuple(_cohort(one, kept_in) for one in held["cohorts"])
    except (ValueError, LookupError, TypeError, RecursionError, RuleRefused) as fault:
        raise StoreRefused(
            f"{path} holds no list of cohorts ({shortened(' '.join(str(fault).split()), 120)})",
            needed=f"the file as it was written, {SCHEMA}",
            do="mend it or move it away; it is left as it is",
        ) from fault


def _cohort(said: dict[str, Any], kept_in: str) -> SavedCohort:
    texts = {name: said[name] for name in _TEXTS}
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError("a text is no text")
    return SavedCohort(selection=from_text(json.dumps(said["selection"])), kept_in=kept_in, **texts)


def _unwritable(path: Path, fault: OSError) -> OutputRefused:
    return OutputRefused(
        f"{path.parent} can't be written ({fault.strerror})", needed="a folder that can be written", do="give access"
    )
