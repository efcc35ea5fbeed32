"""A rule's text cut into words, signs, numbers and texts in quotes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from mispredict.bad_input import RuleRefused
from mispredict.cohorts.spelling import MEANINGS
from mispredict.tables.columns import shortened

LONGEST = 10_000  # characters: a set of many long names is one rule; what people type is a hundredth of it
Kind = Literal["word", "name", "text", "number", "sign", "end"]
SPELLINGS = {"==": "=", "<>": "!=", "≤": "<=", "≥": ">=", "≠": "!="}

_SPACE = re.compile(r"\s+")
_SIGN = re.compile(r"<=|>=|==|!=|<>|[=<>≤≥≠(),]")
_NUMBER = re.compile(r"(?:[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]inf)(?![\w.])")
_WORD = re.compile(r"[^\W\d]\w*(?:\.\w+)*")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_QUOTED = {quote: re.compile(rf"{quote}((?:[^\\{quote}]|\\.)*){quote}", re.DOTALL) for quote in "'\"`"}
_OTHER_WAYS = {"&": "and", "|": "or", "!": "not", "~": "not"}


@dataclass(frozen=True)
class Token:
    """A piece of a rule; `text` is what it stands for, `at` its first character's place, from 1."""

    kind: Kind  # word: a bare name, keyword or text; name: in backticks; text: in quotes
    text: str
    at: int


def tokens_of(source: str) -> tuple[Token, ...]:
    """Return the pieces of a rule and one of kind "end"; raises RuleRefused where a piece can't be read."""
    _check(source)
    found: list[Token] = []
    place = 0
    while place < len(source):
        space = _SPACE.match(source, place)
        if space is not None:
            place = space.end()
            continue
        token, place = _token(source, place)
        found.append(token)
    return (*found, Token("end", "", len(source) + 1))


def _check(source: str) -> None:
    if not source.strip():
        raise RuleRefused("an empty rule", needed="a comparison such as amount > 300", do="type one")
    if len(source) > LONGEST:
        raise RuleRefused(
            f"a rule of {len(source):,} characters", needed=f"at most {LONGEST:,}", do="ask for fewer things at once"
        )
    odd = next((place for place, sign in enumerate(source) if _is_hidden(sign)), None)
    if odd is not None:
        raise refused_at(
            odd + 1,
            f"a control character (U+{ord(source[odd]):04X})",
            needed="text that can be seen",
            do="delete it, or write it in quotes as an escape such as \\t",
        )


def _is_hidden(sign: str) -> bool:
    return (ord(sign) < 32 and sign not in "\t\n\r") or ord(sign) == 127 or 0xD800 <= ord(sign) <= 0xDFFF


def _token(source: str, place: int) -> tuple[Token, int]:
    sign = source[place]
    if sign in _QUOTED:
        return _quoted(source, place)
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...] = (("number", _NUMBER), ("word", _WORD), ("sign", _SIGN))
    for kind, pattern in kinds:
        match = pattern.match(source, place)
        if match is not None:
            text = match.group()
            return Token(kind, SPELLINGS.get(text, text), place + 1), match.end()
    raise _unreadable(source, place)


def _unreadable(source: str, place: int) -> RuleRefused:
    sign = source[place]
    if sign in _OTHER_WAYS:
        return refused_at(place + 1, repr(sign), needed="and, or or not", do=f"write {_OTHER_WAYS[sign]}")
    if sign.isdigit() or sign in "+-.":
        word = shortened(source[place:].split()[0])
        return refused_at(
            place + 1,
            f"{word!r}, which is no number",
            needed="digits with a point, such as 1500, -2.5 or 1e6",
            do="leave out thousands separators and units; put text into quotes and odd column names into backticks",
        )
    return refused_at(
        place + 1,
        repr(sign),
        needed="a column, a comparison, and, or, not",
        do="put text that has odd signs into quotes",
    )


def _quoted(source: str, place: int) -> tuple[Token, int]:
    quote = source[place]
    match = _QUOTED[quote].match(source, place)
    if match is None:
        raise refused_at(
            place + 1,
            f"a quote that is not closed: {shortened(source[place:])}",
            needed=f"a closing {quote}",
            do=f"add it; a {quote} that belongs to the text is written \\{quote}",
        )
    text = _ESCAPE.sub(lambda escape: _meaning(escape, place + 1), match.group(1))
    return Token("name" if quote == "`" else "text", text, place + 1), match.end()


def _meaning(escape: re.Match[str], at: int) -> str:
    digits = escape.group(1) or escape.group(2) or escape.group(3)
    if digits is None:
        # A path such as C:\data is meant as it stands; only the listed signs mean something else.
        return MEANINGS.get(escape.group(4), escape.group())
    if int(digits, 16) > 0x10FFFF or 0xD800 <= int(digits, 16) <= 0xDFFF:
        raise refused_at(at, f"the escape {escape.group()}", needed="a character of Unicode", do="correct the digits")
    return chr(int(digits, 16))


def refused_at(at: int, found: str, *, needed: str, do: str) -> RuleRefused:
    """Return the refusal of a rule whose fault begins at a character, counted from 1."""
    return RuleRefused(f"at character {at} of the rule: {found}", needed=needed, do=do)
