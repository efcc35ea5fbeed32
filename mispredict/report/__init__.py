"""What an investigation found, for other programs: the content of `report.json`."""

from mispredict.report.report import KINDS, invariants_json, online_json, plain_json, report, suspects_json

__all__ = ["KINDS", "invariants_json", "online_json", "plain_json", "report", "suspects_json"]
