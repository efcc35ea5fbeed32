"""YAML read with the line of every part, so that a refusal can say where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from mispredict.bad_input import InvestigationRefused
from mispredict.tables.columns import nearest, shortened

_PLAIN = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Place:
    """A value of the file and where it stands."""

    value: Any  # a scalar, a list of places, or a mapping of names to places
    file: str
    line: int

    def refused(self, found: str, *, needed: str, do: str) -> InvestigationRefused:
        """Return the refusal of this place."""
        return InvestigationRefused(f"{self.file}, line {self.line}: {found}", needed=needed, do=do)

    def mapping(self, needed: str) -> dict[str, Place]:
        """Return the mapping that stands here, or refuse."""
        if isinstance(self.value, dict):
            return self.value
        raise self.refused(f"{self.shown} stands there", needed=needed, do="write it as name: value")

    def items(self, needed: str) -> list[Place]:
        """Return the list that stands here, or refuse."""
        if isinstance(self.value, list):
            return self.value
        raise self.refused(f"{self.shown} stands there", needed=needed, do="write one entry a line, each after a dash")

    @property
    def shown(self) -> str:
        """Return the value for a message."""
        return shortened(repr(self.plain), 60)

    @property
    def plain(self) -> Any:
        """Return the value without places."""
        if isinstance(self.value, dict):
            return {name: one.plain for name, one in self.value.items()}
        return [one.plain for one in self.value] if isinstance(self.value, list) else self.value


def placed(text: str, file: str) -> Place:
    """Return the document with the place of every part; refuses what is no YAML, tags and anchors included."""
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                here = Place(f"*{event.anchor}", file, event.start_mark.line + 1 if event.start_mark is not None else 1)
                raise here.refused(f"the alias *{event.anchor}", needed="plain YAML", do="write the value out")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return _placed(node, file) if node is not None else Place({}, file, 1)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        said = getattr(fault, "problem", None) or "it can't be read"
        raise InvestigationRefused(
            f"{file}, line {line}: no YAML ({said})",
            needed="YAML",
            do="correct the line; text with : or # needs quotes",
        ) from fault
    except RecursionError:
        raise InvestigationRefused(
            f"{file} is nested too deeply", needed="lists of invariants", do="write it anew"
        ) from None


def known(given: dict[str, Place], keys: Iterator[str] | tuple[str, ...]) -> None:
    """Refuse the first name that is not among the keys, with the nearest that is."""
    allowed = tuple(keys)
    for name, place in given.items():
        if name not in allowed:
            near = nearest(name, allowed)
            raise place.refused(
                f"{shortened(name)!r} is not known",
                needed=f"one of {', '.join(allowed)}",
                do=f"did you mean {near!r}?" if near is not None else "take it out",
            )


def _placed(node: Any, file: str) -> Place:
    line = node.start_mark.line + 1
    if not node.tag.startswith(_PLAIN) or "python" in node.tag:
        raise Place(node.tag, file, line).refused(f"the tag {node.tag}", needed="plain YAML", do="take the tag off")
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Place] = {}
        for key, value in node.value:
            name, here = _scalar(key, file), key.start_mark.line + 1
            if str(name) in found:
                raise Place(name, file, here).refused(
                    f"{name!r} stands twice", needed="every name once", do="put them together"
                )
            found[str(name)] = Place(_placed(value, file).value, file, here)
        return Place(found, file, line)
    if isinstance(node, yaml.SequenceNode):
        return Place([_placed(one, file) for one in node.value], file, line)
    return Place(_scalar(node, file), file, line)


def _scalar(node: Any, file: str) -> Any:
    place = Place(getattr(node, "value", None), file, node.start_mark.line + 1)
    if not isinstance(node, yaml.ScalarNode):
        raise place.refused("a list or a mapping as a name", needed="plain YAML", do="write a name")
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError) as fault:
        found = f"{place.shown} can't be read ({shortened(fault, 60)})"
        raise place.refused(found, needed="plain YAML", do="put it in quotes") from fault
