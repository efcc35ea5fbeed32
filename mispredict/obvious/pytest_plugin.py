"""A pytest plugin: `pytest --obvious SET --model PATH` makes a test of every case.

SET is a store, a database URL or an exported folder. Files that are named beside it run, too. The model is opened in a
worker and asked once for all cases.
Nothing is imported until `--obvious` is said: pytest loads this file wherever this package is installed.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mispredict.obvious.case import Case
    from mispredict.obvious.check import CheckResult, Outcome

OBVIOUS, MODEL, URL = "obvious_set", "obvious_model", "obvious_url"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; `--model` only where no other plugin has it."""
    group = parser.getgroup("obvious", "the obvious set: examples that nobody may get wrong")
    group.addoption("--obvious", dest=OBVIOUS, metavar="SET", help="a store, a database URL or an exported folder")
    group.addoption("--obvious-model", dest=MODEL, metavar="PATH", help="the model file that is held to the set")
    group.addoption("--obvious-url", dest=URL, metavar="URL", help="the live endpoint that is held to the set")
    with contextlib.suppress(ValueError):
        group.addoption("--model", dest=MODEL, metavar="PATH", help="the same as --obvious-model")


def pytest_configure(config: pytest.Config) -> None:
    """Run the set alone where no other test is named."""
    if config.getoption(OBVIOUS) and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = []


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add a test for every case of the set."""
    where = config.getoption(OBVIOUS)
    if where:
        items.extend(ObviousSet.from_parent(session, name="obvious", where=where).collect())


class ObviousSet(pytest.Collector):
    """The set, as a collector of its cases."""

    def __init__(self, *, where: str, **more: Any) -> None:
        super().__init__(**more)
        self.where = where
        self._result: CheckResult | None = None

    def collect(self) -> Iterator[ObviousCase]:
        """Yield an item for every case, by id; a set that can't be read is a usage error."""
        self.cases = _said(lambda: _cases(self.where))
        _said(lambda: _require_one_model(self.config))
        for case in self.cases:
            yield ObviousCase.from_parent(self, name=case.id, case=case)

    def outcome_of(self, case_id: str) -> Outcome:
        """Return what the model did with a case; all cases are asked at the first one's turn."""
        if self._result is None:
            self._result = _check(self.cases, self.config)
        return next(o for o in self._result.outcomes if o.case.id == case_id)


class ObviousCase(pytest.Item):
    """One case."""

    def __init__(self, *, case: Case, **more: Any) -> None:
        super().__init__(**more)
        self.case = case
        self.user_properties.append(("severity", case.severity))

    def runtest(self) -> None:
        """Hold the model to the case."""
        assert isinstance(self.parent, ObviousSet)
        outcome = self.parent.outcome_of(self.case.id)
        if outcome.status == "expired":
            pytest.skip(outcome.error or "expired")
        if outcome.status != "passed":
            raise NotObvious(_words(outcome))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what was expected and what came, in place of a traceback."""
        if isinstance(excinfo.value, NotObvious):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """Return where the test stands: in the set."""
        return Path("obvious"), None, f"obvious: {self.case.id}"


class NotObvious(AssertionError):
    """A case that the model breaks."""


def _cases(where: str) -> tuple[Case, ...]:
    from mispredict.bad_input import StoreRefused
    from mispredict.obvious.reading import cases_of

    found = cases_of(where)
    if not found:  # a set without any would pass every model
        raise StoreRefused(f"no case in {where}", needed="at least one to check", do="promote one")
    return found


def _require_one_model(config: pytest.Config) -> None:
    from mispredict.bad_input import BadInput

    if bool(config.getoption(MODEL)) == bool(config.getoption(URL)):
        found = "no model" if not config.getoption(MODEL) else "a model and an endpoint"
        raise BadInput(found, needed="one of them", do="say --obvious-model PATH or --obvious-url URL")


def _check(cases: tuple[Case, ...], config: pytest.Config) -> CheckResult:
    from mispredict.obvious.checking import check_targets
    from mispredict.obvious.targets import EndpointTarget, FileTarget, Target

    target: Target
    if config.getoption(MODEL):
        target = FileTarget(Path(config.getoption(MODEL)))
    else:
        target = EndpointTarget(config.getoption(URL), protocol=None, auth_env=None)
    try:
        return check_targets(cases, [target]).matrix.results[0]
    finally:
        target.close()


def _said(work: Any) -> Any:
    from mispredict.bad_input import BadInput

    try:
        return work()
    except BadInput as problem:
        raise pytest.UsageError(f"found: {problem.found}; needed: {problem.needed}; do: {problem.do}") from None


def _words(outcome: Outcome) -> str:
    from mispredict.obvious.explaining import told

    case = outcome.case
    said = outcome.error or f"expected {outcome.wanted}, got {outcome.given}"
    lines = [f"{case.id} ({case.severity}): {said}", f"why it matters: {case.reason}", *told(outcome)]
    return "\n".join(lines)
