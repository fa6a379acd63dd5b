"""The tables for spreadsheets: a CSV file or a sheet of a workbook each, in which no cell is run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from onrecord.pipeline.ask.exports.selection import Selected
from onrecord.pipeline.ask.exports.writing import beside
from onrecord.pipeline.ask.formats import hide_offsets, lines
from onrecord.pipeline.ask.formats.workbook import save_sheets
from onrecord.pipeline.ask.query import CHUNK_ROWS, Stream, offset_columns

#: What people look at; the others are for machines, or for all that became no article.
TABLES = ("articles", "segments", "quotes", "mentions", "speakers")
ORDERS = {"articles": "uri, record", "speakers": "n_quotes DESC, name, speaker_id"}
#: Speakers of the chosen articles; all else has the article's id.
CHOSEN = {"speakers": "speaker_id IN (SELECT speaker_id FROM quotes JOIN chosen USING (article_id))"}


def write_csv(selected: Selected, target: Path) -> int:
    """A folder with a file of each table, in UTF-8 as Excel knows it; how many."""
    with beside(target) as folder:
        folder.mkdir()
        for name, rows in tables(selected):
            with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
                file.writelines(lines(rows, "csv", defused=True))
    return len(TABLES)


def write_workbook(selected: Selected, target: Path) -> tuple[int, int]:
    """A workbook with a sheet of each table, or more where one is too small; the rows, and the cells cut short.

    Offsets, which people do not read, are left out.
    """
    with beside(target) as path:
        return save_sheets(((name, hide_offsets(rows, "")[0]) for name, rows in tables(selected)), path)


def tables(selected: Selected) -> Iterator[tuple[str, Stream]]:
    """Each table with its rows of the chosen articles, to be read before the next."""
    for table in TABLES:
        chosen = CHOSEN.get(table, "article_id IN (SELECT article_id FROM chosen)")
        order = ORDERS.get(table, "article_id, index")
        cursor = selected.connection.execute(f"SELECT * FROM {table} WHERE {chosen} ORDER BY {order}")
        description = cursor.description or ()
        chunks = iter(partial(cursor.fetchmany, CHUNK_ROWS), [])
        yield (
            table,
            Stream(
                columns=tuple(column[0] for column in description),
                rows=chain.from_iterable(chunks),
                offsets=offset_columns(description),
            ),
        )
