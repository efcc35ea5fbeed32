"""Columns that look like personal data: a warning before a set leaves the house, never a promise that it is clean."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mispredict.obvious.case import Case

WORDS = {
    "address", "birth", "birthday", "birthdate", "dob", "email", "fax", "firstname", "iban", "ip", "lastname",
    "latitude", "longitude", "mail", "mobile", "passport", "phone", "postcode", "ssn", "street", "surname",
    "telephone", "user", "username", "zip", "zipcode",
}  # fmt: skip
PAIRS = {("first", "name"), ("last", "name"), ("full", "name"), ("card", "number"), ("account", "number")}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_EMAIL = re.compile(r"\S+@[\w-]+(\.[\w-]+)+")
_PHONE = re.compile(r"(\+|00)[0-9][0-9 ()/-]{7,18}[0-9]")
_ADDRESS = re.compile(r"(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\.(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_DIGITS = re.compile(r"[0-9]{13,19}")
ENOUGH = 0.5  # of the values that are there


@dataclass(frozen=True)
class Personal:
    """A column and why it looks like personal data."""

    column: str
    why: str

    @property
    def sentence(self) -> str:
        """Return the warning."""
        return f"the column {self.column!r} looks like personal data ({self.why})"


def look_personal(cases: Sequence[Case]) -> tuple[Personal, ...]:
    """Return the features, and of the fields beside them the row's id and its owner, that look like personal data."""
    columns: dict[str, list[Any]] = {}
    for case in cases:
        columns.setdefault("source.row", []).append(case.source.row)
        for name, value in case.row.items():
            columns.setdefault(name, []).append(value)
    found = ((name, _why(name, [v for v in values if v is not None])) for name, values in columns.items())
    return tuple(Personal(name, why) for name, why in found if why)


def _why(name: str, values: Sequence[Any]) -> str | None:
    words = [word.lower() for word in _WORD.findall(name)]
    if named := next((word for word in words if word in WORDS), None):
        return f"its name says {named!r}"
    if named_pair := next((pair for pair in itertools.pairwise(words) if pair in PAIRS), None):
        return f"its name says {' '.join(named_pair)!r}"
    for what, is_one in SIGNS.items():
        count = _count(is_one, values)
        if values and count >= ENOUGH * len(values):
            return f"{count:,} of {len(values):,} values are {what}"
    return None


def _count(is_one: Callable[[str], bool], values: Iterable[Any]) -> int:
    return sum(is_one(str(v).strip()) for v in values if isinstance(v, (str, int)) and not isinstance(v, bool))


def _is_iban(text: str) -> bool:
    plain = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(plain):
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _is_card(text: str) -> bool:
    plain = re.sub(r"[ -]", "", text)
    if not _DIGITS.fullmatch(plain):
        return False
    doubled = [sum(divmod(2 * int(d), 10)) if place % 2 else int(d) for place, d in enumerate(reversed(plain))]
    return sum(doubled) % 10 == 0


SIGNS: dict[str, Callable[[str], bool]] = {
    "e-mail addresses": lambda text: _EMAIL.fullmatch(text) is not None,
    "phone numbers": lambda text: _PHONE.fullmatch(text) is not None,
    "IP addresses": lambda text: _ADDRESS.fullmatch(text) is not None,
    "IBANs": _is_iban,
    "card numbers": _is_card,
}
