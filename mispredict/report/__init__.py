"""What an investigation found, for other programs: the content of `report.json`."""

from mispredict.report.report import KINDS, report

__all__ = ["KINDS", "report"]
