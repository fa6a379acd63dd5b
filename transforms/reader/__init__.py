"""The reader: one pass of a small transformer that finds entities, sentence starts and attributions."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onrecord.transforms.reader.component import ReaderComponent, make_reader
    from onrecord.transforms.reader.doc import annotate_doc, make_doc, reading
    from onrecord.transforms.reader.loading import load_reader
    from onrecord.transforms.reader.model import Model
    from onrecord.transforms.reader.people_components import (
        ComponentsError,
        doc_bytes,
        extra_values,
        load_with_components,
        other_pipes,
        run_other_pipes,
    )

#: Where each name is: loaded when it is asked for, so that the model can be opened while spaCy is still imported.
_HOMES = {
    **dict.fromkeys(("ReaderComponent", "make_reader"), "component"),
    **dict.fromkeys(("annotate_doc", "make_doc", "reading"), "doc"),
    "Model": "model",
    "load_reader": "loading",
    **dict.fromkeys(
        ("ComponentsError", "doc_bytes", "extra_values", "load_with_components", "other_pipes", "run_other_pipes"),
        "people_components",
    ),
}

__all__ = [
    "ComponentsError",
    "Model",
    "ReaderComponent",
    "annotate_doc",
    "doc_bytes",
    "extra_values",
    "load_reader",
    "load_with_components",
    "make_doc",
    "make_reader",
    "other_pipes",
    "reading",
    "run_other_pipes",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
