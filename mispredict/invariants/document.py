"""Reads `invariants.yaml`: one section a family, every key known, every refusal with the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from mispredict.bad_input import InvestigationRefused
from mispredict.invariants.cell_sections import of_columns, of_keys
from mispredict.invariants.invariant import Invariant
from mispredict.invariants.lines import Place, known, placed
from mispredict.invariants.relation_sections import of_dependences, of_order, of_sums
from mispredict.invariants.table_sections import of_entities, of_fresh, of_means

SECTIONS: dict[str, Callable[[Place], Iterator[Invariant]]] = {
    "columns": of_columns,
    "unique": of_keys,
    "order": of_order,
    "sums": of_sums,
    "dependences": of_dependences,
    "entities": of_entities,
    "means": of_means,
    "fresh": of_fresh,
}
MOST = 5_000  # invariants in a file


def read_invariants(path: str | Path) -> tuple[Invariant, ...]:
    """Return what a file declares; `InvestigationRefused` names the line that can't be read."""
    file = Path(path)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        raise InvestigationRefused(
            f"{file} can't be read ({fault.strerror})", needed="a file of invariants", do="correct path in [invariants]"
        ) from fault
    except UnicodeDecodeError as fault:
        raise InvestigationRefused(
            f"{file.name} holds bytes that are no UTF-8", needed="YAML in UTF-8", do="save it as UTF-8"
        ) from fault
    return invariants_of(text, file.name)


def invariants_of(text: str, name: str = "invariants.yaml") -> tuple[Invariant, ...]:
    """Return what a text declares."""
    document = placed(text, name)
    given = document.mapping(f"sections: {', '.join(SECTIONS)}")
    known(given, tuple(SECTIONS))
    found = [one for section, place in given.items() for one in SECTIONS[section](place)]
    if not found:
        raise document.refused(
            "no invariant", needed="at least one", do="declare one, such as columns: {amount: {above: 0}}"
        )
    if len(found) > MOST:
        raise document.refused(f"{len(found):,} invariants", needed=f"at most {MOST:,}", do="split the file")
    seen: dict[str, int] = {}
    for one in found:
        if one.key in seen:
            twice = f"{one.words} stands in line {seen[one.key]}, too"
            raise Place("", name, one.line).refused(twice, needed="every invariant once", do="drop one of them")
        seen[one.key] = one.line
    return tuple(found)
