"""A check as JUnit XML, the form that continuous integration reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from mispredict.obvious.check import CheckResult, Outcome

# XML 1.0 has no way to write these, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ELEMENTS = {"failed": "failure", "unchecked": "error", "expired": "skipped"}


def junit_xml(results: Sequence[CheckResult]) -> str:
    """Return checks as test suites, one a model: failed is a failure, unchecked an error, expired skipped.

    One model alone is one `testsuite` named obvious; several stand in a `testsuites`, each named for its model.
    """
    if len(results) == 1:
        return _text(_suite(results[0], "obvious"))
    suites = ET.Element("testsuites", name="obvious")
    suites.extend([_suite(result, _valid(f"obvious {result.model}")) for result in results])
    return _text(suites)


def _text(element: ET.Element) -> str:
    return ET.tostring(element, encoding="unicode", xml_declaration=False)


def _suite(result: CheckResult, name: str) -> ET.Element:
    counts = {"failures": "failed", "errors": "unchecked", "skipped": "expired"}
    suite = ET.Element("testsuite", name=name, tests=str(len(result.outcomes)))
    for name, status in counts.items():
        suite.set(name, str(result.count(status)))  # type: ignore[arg-type]
    for outcome in result.outcomes:
        suite.append(_testcase(outcome))
    return suite


def _testcase(outcome: Outcome) -> ET.Element:
    case = outcome.case
    element = ET.Element("testcase", classname=f"obvious.{case.severity}", name=case.id, time="0")
    if outcome.status in ELEMENTS:
        said = outcome.error or f"expected {outcome.wanted}, got {outcome.given}"
        inner = ET.SubElement(element, ELEMENTS[outcome.status], message=_valid(said))
        inner.text = _valid(f"{said}\nwhy it matters: {case.reason}\npromoted by {case.promoted_by}")
    return element


def _valid(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
