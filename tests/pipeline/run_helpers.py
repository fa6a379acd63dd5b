"""Articles to run over, and short ways to run and to look at what came out."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.store.outcome import Outcome
from onrecord.pipeline.store.schema import SCHEMAS

ARTICLES = {
    "harbour.txt": "The harbour will close in May, Mayor Ines Okafor said on Tuesday.\n\n"
    "“We cannot keep dredging for ships that no longer come,” Okafor told the council.\n",
    "frost.txt": "Frost took half of the apricots.\n\nAccording to the growers’ union, losses may pass $2 million. "
    "“It was one night,” said Pavel Lind, who heads the union.\n",
    "crlf.txt": '\ufeffThe vote was close.\r\n\r\n"We asked for a count by hand," said Dana Whitlock.\r\n',
    "strike.txt": "Drivers plan to walk out on Friday.\n\nThe company said it had made its last offer. "
    "“They have not called us since June,” a driver said.\n",
}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def run_tables(output: Path, *inputs: object, **options: Any) -> Outcome:
    """Run the product over the inputs; what the commit did."""
    from onrecord.pipeline.commands.run import run_quietly
    from onrecord.pipeline.options import Options

    return run_quietly(list(map(str, inputs)), Options(output=str(output), **options))


def digests(output: Path) -> dict[str, str]:
    """The parts of all tables with the hash of their bytes; logs and commits beside them tell times and runs."""
    files = sorted(output.glob("*/part-*.parquet"))
    return {path.relative_to(output).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def all_rows(output: Path) -> dict[str, list[str]]:
    """The rows of all tables, in whatever parts they lie."""
    return {
        table: sorted(map(repr, duckdb.sql(f"FROM '{output}/{table}/part-*.parquet'").fetchall())) for table in SCHEMAS
    }


def totals(output: Path) -> Mapping[str, Any]:
    """What the last commit counted."""
    snapshot = current(output)
    assert snapshot is not None
    return snapshot.totals
