"""The graph in a dozen lines for people: each step with what goes in and what comes out, and where it is shuffled.

Told by the pipeline itself: its steps, and what the functions in them say about what they take and give.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any

from onrecord.pipeline.engines.description import Description

#: Composites of ours are opened, Beam's own are a step each.
OWN = "onrecord."
#: What Beam adds to the label of a step that got none.
FUNCTION_NAME = re.compile(r"\(.*\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``takes`` and ``gives`` are types of elements, "…" where nobody says which; nothing is given at the end."""

    name: str
    takes: str
    gives: str
    shuffles: bool


def outline(job: Description) -> list[Step]:
    """The steps of a job, in the order in which they were built."""
    named = [step for part in job.root.parts for step in _steps(part, part.full_label)]
    types = _types([node for _, node in named])
    read = {collection for _, node in named for collection in node.inputs}
    return [
        Step(
            name=FUNCTION_NAME.sub("", name),
            takes=", ".join(type_name(types[each]) for each in node.inputs if each in types),
            gives=", ".join(type_name(types[each]) for each in node.outputs.values() if each in read),
            shuffles=any(_is_group(part) for part in _below(node)),
        )
        for name, node in named
    ]


def _steps(node: Any, name: str) -> Iterator[tuple[str, Any]]:
    """What a transform is made of; one that is made of a single step gives it its name."""
    if node.parts and type(node.transform).__module__.startswith(OWN):
        for part in node.parts:
            yield from _steps(part, name if len(node.parts) == 1 else part.full_label)
    else:
        yield name, node


def _below(node: Any) -> Iterator[Any]:
    yield node
    for part in node.parts:
        yield from _below(part)


def _types(nodes: list[Any]) -> dict[Any, Any]:
    """The types of collections: as they are given, else as the step that reads them takes them."""
    types: dict[Any, Any] = {}
    for node in nodes:
        types |= dict.fromkeys(node.outputs.values(), _given(node, types))
    for node in reversed(nodes):
        for collection in node.inputs:
            if types.get(collection) is Any:
                types[collection] = types[node.outputs[None]] if _hands_on(node) else _taken(node)
    return types


def _given(node: Any, types: dict[Any, Any]) -> Any:
    """The type of what a step gives, as far as the steps up to it say it; Any where they do not."""
    from apache_beam.typehints.native_type_compatibility import convert_to_python_type

    if _hands_on(node):
        return types[node.inputs[0]]
    if _is_group(node):
        key, value = typing.get_args(types[node.inputs[0]]) or (Any, Any)
        return tuple[key, list[value]]  # type: ignore[valid-type]
    function, gives_one = _function(node)
    returned = _hints(function).get("return")
    if returned is None:
        (collection, *_) = node.outputs.values()
        return convert_to_python_type(collection.element_type or Any)
    return returned if gives_one else (*typing.get_args(returned), Any)[0]


def _taken(node: Any) -> Any:
    """What the function in a step takes, by its first parameter."""
    hints = _hints(_function(node)[0])
    return next((hint for name, hint in hints.items() if name != "return"), Any)


def _function(node: Any) -> tuple[Any, bool]:
    """The function in a Map or FlatMap, and whether it gives one element for each; None in another transform."""
    function = getattr(getattr(node.transform, "fn", None), "_fn", None)
    inner = getattr(
        function, "_argspec_fn", None
    )  # a Map is a FlatMap of a function that makes a list of what it gives
    return (inner, True) if inner else (function, False)


def _hints(function: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function) if function else {}
    except (NameError, TypeError):  # a name that is imported for type checkers alone; something that is no function
        return {}


def _is_group(node: Any) -> bool:
    from apache_beam import GroupByKey

    return isinstance(node.transform, GroupByKey)


def _hands_on(node: Any) -> bool:
    """Whether what comes out is what went in, of the same type."""
    from apache_beam import Reshuffle, WindowInto

    return isinstance(node.transform, Reshuffle | WindowInto)


def type_name(hint: Any) -> str:
    """A type as people write it.

    >>> type_name(tuple[int, list[str]]), type_name(tuple[None, Any]), type_name(dict[str, int])
    ('(int, [str])', '(None, …)', 'dict[str, int]')
    """
    kind, parts = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return "…"
    if kind is tuple:
        return f"({', '.join(map(type_name, parts))})"
    if kind is list:
        return f"[{type_name(parts[0])}]"
    if hint in (None, NoneType):
        return "None"
    return str(hint) if parts else getattr(hint, "__name__", str(hint))
