"""A person's own file of names: which of the speakers that were found are one, under which name and id.

name,alias,id
Jane Doe,J. Doe,Q42          whoever the articles call J. Doe, or Jane Doe, is Q42
Jane Doe,baeb5a7c6676e4b8,Q42    a speaker_id does in place of a name, where two people share one
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from onrecord.pipeline.ask.views import MERGES
from onrecord.pipeline.errors import UsageError

COLUMNS = ("name", "alias", "id")
READERS = {".csv": "read_csv({file}, header = true, all_varchar = true)", ".parquet": "read_parquet({file})"}
#: An alias goes before the name of another row, a speaker_id before a name; a name of two ids means neither.
#: Where an id is itself the speaker_id of somebody who is merged, what holds for that one holds here, too.
MERGE = f"""
    INSERT INTO {MERGES}
    WITH RECURSIVE names AS (
        SELECT _onrecord.alike(alias) AS name, min(id) AS id, 1 AS rank FROM _onrecord.aliases
        WHERE alias <> '' GROUP BY ALL
        UNION ALL
        SELECT _onrecord.alike(name), min(id), 2 FROM _onrecord.aliases GROUP BY 1 HAVING count(DISTINCT id) = 1),
    speakers AS (SELECT DISTINCT speaker_id, _onrecord.alike(speaker) AS name FROM {{parts}}
        WHERE speaker_id IS NOT NULL),
    claims AS (
        SELECT s.speaker_id, n.id, n.rank FROM speakers s JOIN names n ON n.name = s.name
        UNION ALL
        SELECT s.speaker_id, a.id, 0 FROM speakers s JOIN _onrecord.aliases a ON a.alias = s.speaker_id
        UNION ALL
        SELECT s.speaker_id, a.id, 3 FROM speakers s JOIN _onrecord.aliases a ON a.id = s.speaker_id),
    direct AS (SELECT speaker_id, arg_min(id, (rank, id)) AS id FROM claims GROUP BY speaker_id),
    chain AS (
        SELECT speaker_id, id, 0 AS steps FROM direct
        UNION ALL
        SELECT c.speaker_id, d.id, c.steps + 1 FROM chain c JOIN direct d ON d.speaker_id = c.id
        WHERE d.id <> c.id AND c.steps < 20),
    ends AS (SELECT speaker_id, arg_max(id, steps) AS id FROM chain GROUP BY speaker_id)
    SELECT e.speaker_id, e.id, (SELECT min(a.name) FROM _onrecord.aliases a WHERE a.id = e.id) FROM ends e"""


def merge(connection: duckdb.DuckDBPyConnection, file: str | Path, parts: str) -> None:
    """Fill the table of merges from the file of aliases; ``parts`` are the parts of quotes, as SQL reads them.

    Raises UsageError when the file cannot be read or says two things at once.
    """
    try:
        _load(connection, Path(file))
    except duckdb.Error as error:
        raise UsageError(f"--aliases {file}: {' '.join(str(error).split())}") from error
    _check(connection, file)
    connection.execute(MERGE.format(parts=parts))


def _load(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """The file as the table _onrecord.aliases, blanks at the ends cut, null as nothing."""
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        raise UsageError(f"--aliases {file}: give a file that ends in {' or '.join(READERS)}")
    if not file.is_file():
        raise UsageError(f"--aliases {file}: there is no such file")
    parameter = str(file.absolute()).replace("'", "''")
    rows = reader.format(file=f"'{parameter}'")
    columns = [str(column[0]).strip().lower() for column in connection.execute(f"DESCRIBE FROM {rows}").fetchall()]
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise UsageError(f"--aliases {file}: no column {' or '.join(missing)}; it needs {', '.join(COLUMNS)}")
    cells = ", ".join(f"coalesce(trim(CAST({name} AS VARCHAR)), '') AS {name}" for name in COLUMNS)
    connection.execute(f"CREATE TABLE _onrecord.aliases AS SELECT {cells} FROM {rows}")


def _check(connection: duckdb.DuckDBPyConnection, file: str | Path) -> None:
    """Raise UsageError for a row without name or id, an alias of two ids, an id of two names."""
    ask = "SELECT {what} FROM _onrecord.aliases {which} ORDER BY 1 LIMIT 1"
    for what, which, message in (
        ("name || alias || id", "WHERE name = '' OR id = ''", "the row of {!r} has no name or no id"),
        ("min(alias)", "WHERE alias <> '' GROUP BY _onrecord.alike(alias) HAVING count(DISTINCT id) > 1",
         "the alias {!r} stands with two ids"),
        ("id", "GROUP BY id HAVING count(DISTINCT name) > 1", "the id {!r} stands with two names"),
    ):  # fmt: skip
        for (value,) in connection.execute(ask.format(what=what, which=which)).fetchall():
            raise UsageError(f"--aliases {file}: {message.format(value)}")
