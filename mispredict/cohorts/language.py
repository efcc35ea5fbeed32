"""Rules as people type them, read by hand-written code: text becomes comparisons, never code.

rule       = join of "or" over joins of "and"; not binds closest, parentheses group
comparison = column (= == != <> < <= > >=) value
           | column [not] in (value, ...) | column [not] between value and value
           | column is [not] missing | column is [not] present
column     = a bare name, or any name in `backticks`
value      = 300 | -2.5 | 1e6 | 'text' | "text" | true | false | '2026-01-31' beside a column of times
             | a bare word, where no column has that name
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mispredict.bad_input import RuleRefused
from mispredict.cohorts.rule import EVERY_ROW, Comparison, Either, Every, Not, Rule, Sign, normal
from mispredict.cohorts.spelling import KEYWORDS, name_source
from mispredict.cohorts.tokens import Token, refused_at, tokens_of
from mispredict.cohorts.typed import typed
from mispredict.tables.columns import hint, shortened

DEEPEST = 20  # parentheses and nots inside one another
_SIGNS: tuple[Sign, ...] = ("=", "!=", "<", "<=", ">", ">=")
_ABSENT, _PRESENT = ("missing", "null"), ("present",)


def parse_rule(source: str, columns: Mapping[str, str]) -> Rule:
    """Return the rule that a text says of a table's columns, whose kinds are as in `Description.dtypes`.

    `RuleRefused` says at which character something else was found, and what was needed there.
    """
    reader = _Reader(source, columns)
    rule = reader.either(0)
    reader.expect_end()
    return normal(rule)


class _Reader:
    """The tokens of one rule, read from left to right."""

    def __init__(self, source: str, columns: Mapping[str, str]) -> None:
        self._tokens = tokens_of(source)
        self._columns = columns
        self._place = 0

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._now
        self._place += token.kind != "end"
        return token

    def _is(self, *words: str) -> bool:
        return self._now.kind == "word" and self._now.text.casefold() in words

    def _is_sign(self, *signs: str) -> bool:
        return self._now.kind == "sign" and self._now.text in signs

    def _skip(self, *words: str) -> bool:
        """Take the next token if it is one of the words, and return whether it was."""
        found = self._is(*words)
        self._place += found
        return found

    def expect_end(self) -> None:
        """Refuse anything that follows the rule."""
        if self._now.kind != "end":
            raise self._wrong("and, or, or the end of the rule", "join comparisons by and or or; check the parentheses")

    def _wrong(self, needed: str, do: str) -> RuleRefused:
        token = self._now
        found = "the end of the rule" if token.kind == "end" else repr(shortened(token.text))
        return refused_at(token.at, found, needed=needed, do=do)

    def either(self, depth: int) -> Rule:
        """Return what stands up to a closing parenthesis or the end."""
        parts = [self._every(depth)]
        while self._skip("or"):
            parts.append(self._every(depth))
        return Either(tuple(parts))

    def _every(self, depth: int) -> Rule:
        parts = [self._part(depth)]
        while self._skip("and"):
            parts.append(self._part(depth))
        return Every(tuple(parts))

    def _part(self, depth: int) -> Rule:
        if depth > DEEPEST:
            raise self._wrong(f"at most {DEEPEST} parentheses and nots inside one another", "write the rule flatter")
        if self._skip("not"):
            return Not(self._part(depth + 1))
        if self._is_sign("("):
            return self._group(depth)
        if self._is("all") and self._tokens[self._place + 1].text.casefold() == "rows":
            self._place += 2
            return EVERY_ROW
        return self._comparison()

    def _group(self, depth: int) -> Rule:
        opened = self._take()
        rule = self.either(depth + 1)
        if not self._is_sign(")"):
            raise self._wrong(f"a closing parenthesis for the one at character {opened.at}", "add ), and or or")
        self._take()
        return rule

    def _comparison(self) -> Rule:
        column = self._column()
        if self._skip("is"):
            return self._presence(column)
        if self._now.kind == "sign" and self._now.text in _SIGNS:
            sign: Any = self._take().text
            return Comparison(column, sign, (self._value(column),))
        negated = self._skip("not")
        if self._skip("in"):
            return Comparison(column, "not in" if negated else "in", self._values(column))
        if self._skip("between"):
            between = self._between(column)
            return Not(between) if negated else between
        raise self._wrong(
            f"a comparison after the column {column!r}: =, !=, <, <=, >, >=, in, between, is missing",
            f"write it as in {name_source(column)} = 1",
        )

    def _column(self) -> str:
        token = self._now
        if token.kind == "name" or (token.kind == "word" and token.text.casefold() not in KEYWORDS):
            if token.text not in self._columns:
                raise self._unknown(token)
            return self._take().text
        advice = {
            "number": "put the column first: amount > 300, not 300 < amount",
            "text": "write column names bare or in `backticks`; quotes are for text",
        }
        raise self._wrong("a column's name", advice.get(token.kind, "name a column; one called so needs `backticks`"))

    def _unknown(self, token: Token) -> RuleRefused:
        known = list(self._columns)
        shown = ", ".join(map(repr, (shortened(name) for name in known[:5])))
        return refused_at(
            token.at,
            f"{shortened(token.text)!r}, which is no column of the table{hint(token.text[:200], known)}",
            needed=f"one of its {len(known)} columns, such as {shown}",
            do="correct the name; capitals count, and names with spaces or signs stand in `backticks`",
        )

    def _presence(self, column: str) -> Rule:
        negated = self._skip("not")
        if self._skip(*_ABSENT):
            return Comparison(column, "is present" if negated else "is missing")
        if self._skip(*_PRESENT):
            return Comparison(column, "is missing" if negated else "is present")
        raise self._wrong("missing or present after is", f"write {name_source(column)} is missing, or = for values")

    def _value(self, column: str) -> Any:
        value = typed(self._now, column, self._columns)
        self._take()
        return value

    def _values(self, column: str) -> tuple[Any, ...]:
        if not self._is_sign("("):
            raise self._wrong("a list in parentheses after in", f"write {name_source(column)} in (a, b)")
        self._take()
        values = [self._value(column)]
        while self._is_sign(","):
            self._take()
            values.append(self._value(column))
        if not self._is_sign(")"):
            raise self._wrong("a comma or a closing parenthesis", "separate values by commas; end the list by )")
        self._take()
        return tuple(values)

    def _between(self, column: str) -> Rule:
        low = self._value(column)
        if not self._skip("and"):
            raise self._wrong("and, with the upper end of between", f"write {name_source(column)} between 1 and 2")
        return Every((Comparison(column, ">=", (low,)), Comparison(column, "<=", (self._value(column),))))
