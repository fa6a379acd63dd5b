"""A file of a run's plan, in which workers look up what concerns their records. It is never held whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from onrecord.pipeline.store.rows import Row

if TYPE_CHECKING:
    import pyarrow.dataset


class PlanFile:
    """The rows of a file that may not be there, or be empty, where the plan had nothing to tell.

    pyarrow.dataset is loaded only with a file that has rows: it brings pandas, where that is installed.
    """

    def __init__(self, path: Path) -> None:
        self._rows: pyarrow.dataset.Dataset | None = None
        if path.exists():
            import pyarrow.dataset as ds

            rows = ds.dataset(path)
            self._rows = rows if rows.count_rows() else None

    def look_up(self, column: str, values: Sequence[str], columns: Sequence[str]) -> list[Row]:
        """These columns of the rows whose text in ``column`` is one of the values."""
        if self._rows is None or not values:
            return []
        import pyarrow.dataset as ds

        is_wanted = ds.field(column).isin(pa.array(values, type=pa.string()))
        return list(self._rows.to_table(columns=list(columns), filter=is_wanted).to_pylist())
