"""A job as Beam describes it to any engine: the pipeline's portable description, and the transforms it was made of.

Nothing runs: the graph is built and written down, as it is before it is handed to a runner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: Builds a graph onto a ``beam.Pipeline``.
Build = Callable[[Any], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """``proto`` is what the engine gets; ``applied`` has the Python transforms by their full names.

    ``coder`` gives the Python coder of a coder's id. ``root`` is the outermost transform, whose parts are the steps.
    """

    proto: Any
    root: Any
    applied: Mapping[str, Any]
    coder: Callable[[str], Any]

    @property
    def components(self) -> Any:
        return self.proto.components


def describe(build: Build) -> Description:
    """The description of the job that ``build`` makes.

    Keys keep the coders that they have by their types: what has no deterministic form is to be found, not to break.
    """
    import apache_beam as beam
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.runners.runner import PipelineRunner

    job = beam.Pipeline(runner=PipelineRunner(), options=PipelineOptions([], allow_non_deterministic_key_coders=True))
    build(job)
    proto, context = job.to_runner_api(return_context=True)
    root = job.transforms_stack[0]
    return Description(
        proto=proto,
        root=root,
        applied={part.full_label: part for part in _parts(root)},
        coder=context.coders.get_by_id,
    )


def _parts(transform: Any) -> Iterator[Any]:
    yield transform
    for part in transform.parts:
        yield from _parts(part)
