"""Faults to plant in a copy of a data set, each as something in the world makes it: a disk, a bug, a hand.

A fault of rows is written as Parquet of the same columns; the log keeps telling what it told.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.store.schema import SCHEMAS

Row = dict[str, Any]
Plant = Callable[[Path], None]
#: Of an article that has edits, quotes with speakers and mentions; the others stay as they are.
ARTICLE = "harbour.txt"


def rewrite(output: Path, table: str, change: Callable[[list[Row]], Iterable[Row]]) -> None:
    """Write each part of a table anew with what ``change`` makes of its rows."""
    for path in sorted((output / table).glob("part-*.parquet")):
        rows = list(change(pq.read_table(path).to_pylist()))
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMAS[table]), path)


def article_id(output: Path, name: str = ARTICLE) -> str:
    """The id of the article in the file of that name."""
    rows = pq.read_table(output / "articles", columns=["article_id", "uri"], partitioning=None).to_pylist()
    return next(row["article_id"] for row in rows if row["uri"].endswith(f"/{name}"))


def in_row(table: str, article: str = ARTICLE, **changes: Callable[[Row], Any]) -> Plant:
    """Change columns of the first row that an article has in a table."""

    def plant(output: Path) -> None:
        wanted = article_id(output, article)

        def change(rows: list[Row]) -> list[Row]:
            for row in [row for row in rows if row["article_id"] == wanted][:1]:
                row |= {column: new(row) for column, new in changes.items()}
            return rows

        rewrite(output, table, change)

    return plant


def without(table: str, is_gone: Callable[[Row], bool]) -> Plant:
    """Drop the first row of a table of which something holds."""

    def plant(output: Path) -> None:
        left = 1

        def change(rows: list[Row]) -> list[Row]:
            nonlocal left
            for row in [row for row in rows if is_gone(row)][:left]:
                rows.remove(row)
                left -= 1
            return rows

        rewrite(output, table, change)

    return plant


def doubled(output: Path) -> None:
    rewrite(output, "quotes", lambda rows: [*rows, *rows[:1]])


def shifted(span: Row, **by: int) -> Row:
    return {name: value + by.get(name, 0) for name, value in span.items()}


def part(output: Path, table: str) -> Path:
    """A part of a table, one that has rows."""
    return next(path for path in sorted((output / table).glob("part-*.parquet")) if pq.read_metadata(path).num_rows)


def damaged(output: Path) -> None:
    """One bit of the texts is another; the page still unpacks, or not."""
    path = part(output, "articles")
    place = pq.read_schema(path).get_field_index("text")
    column = pq.read_metadata(path).row_group(0).column(place)
    data = bytearray(path.read_bytes())
    data[column.data_page_offset + column.total_compressed_size - 5] ^= 1
    path.write_bytes(data)


def truncated(output: Path) -> None:
    path = part(output, "records")
    path.write_bytes(path.read_bytes()[:1000])


def other_columns(output: Path) -> None:
    path = part(output, "mentions")
    rows = pq.read_table(path)
    pq.write_table(rows.append_column("colour", pa.array(["red"] * rows.num_rows)), path)


def other_type(output: Path) -> None:
    path = part(output, "fingerprints")
    rows = pq.read_table(path)
    place = rows.schema.get_field_index("n_shingles")
    pq.write_table(rows.set_column(place, "n_shingles", rows["n_shingles"].cast(pa.string())), path)


def stray(output: Path) -> None:
    shutil.copy(part(output, "quotes"), output / "quotes" / "part-ffffffffdeadbeef.parquet")


def commit_file(output: Path, kind: str) -> Path:
    """That of the newest version."""
    return max((output / "_onrecord" / "commits").glob(f"*.{kind}"), key=lambda path: int(path.stem))


def removed_part_left(output: Path) -> None:
    """A part comes back that a commit has removed."""
    for path in (output / "_onrecord" / "commits").glob("*.json"):
        for name in json.loads(path.read_bytes())["tables"]["quotes"]["remove"]:
            if not (output / "quotes" / name).exists():
                shutil.copy(part(output, "quotes"), output / "quotes" / name)
                return
    raise AssertionError("no commit has removed a part")


def first_commit_gone(output: Path) -> None:
    for kind in ("json", "done"):
        (output / "_onrecord" / "commits" / f"1.{kind}").unlink()


def in_json(kind: str, change: Callable[[Any], Any]) -> Plant:
    def plant(output: Path) -> None:
        path = commit_file(output, kind)
        values = json.loads(path.read_bytes())
        change(values)
        path.write_text(json.dumps(values))

    return plant


def in_log(table: str, old: str, new: str) -> Plant:
    """Another word in the newest file of a table's log that has it, in its last place."""

    def plant(output: Path) -> None:
        for path in sorted((output / table / "_delta_log").glob("*.json"), reverse=True):
            before, found, after = path.read_text().rpartition(old)
            if found:
                path.write_text(f"{before}{new}{after}")
                return
        raise AssertionError(f"no file of the log has {old}")

    return plant


def other_article_id(output: Path) -> None:
    """An id that is made of nothing, in all tables alike."""
    old = article_id(output)
    for table in SCHEMAS:
        if table != "rejects":
            rewrite(
                output,
                table,
                lambda rows: [
                    row | {"article_id": "00000000deadbeef"} if row["article_id"] == old else row for row in rows
                ],
            )


def forged(output: Path) -> None:
    """A word of an article is another, with its hash and all of its rows that have it: all fits, but the input."""
    old, new = "dredging", "digging "
    wanted = article_id(output)
    hashes: list[str] = []

    def change(rows: list[Row]) -> list[Row]:
        for row in (row for row in rows if row["article_id"] == wanted):
            row |= {name: row[name].replace(old, new) for name in ("text", "content") if row.get(name)}
            if "raw_sha256" in row:
                hashes.append(sha256(row["text"].encode()).hexdigest())
            if "text_sha256" in row:
                row["text_sha256"] = hashes[0]
        return rows

    for table in ("articles", "segments", "quotes", "mentions", "fingerprints"):
        rewrite(output, table, change)


def other_cut(output: Path) -> None:
    """What was cut out of an article is told otherwise than it stood there."""

    def change(rows: list[Row]) -> list[Row]:
        for row in [row for row in rows if row["kind"] != "paragraph"][:1]:
            row["text"] += " Now!"
        return rows

    rewrite(output, "segments", change)


def lost_input(output: Path) -> None:
    """No table has heard of an input, and the totals are adjusted to it."""
    wanted = article_id(output)
    (record,) = (
        row["record_id"]
        for path in (output / "records").glob("part-*")
        for row in pq.read_table(path).to_pylist()
        if row["article_id"] == wanted
    )
    for table in SCHEMAS:
        if table != "rejects":
            rewrite(output, table, lambda rows: [row for row in rows if row["article_id"] != wanted])

    def adjust(values: Any) -> None:
        totals = values["totals"]
        totals |= {name: totals[name] - 1 for name in ("records", "articles")}
        totals["ids"] = f"{(int(totals['ids'], 16) - int(record, 16)) % 2**64:016x}"

    in_json("json", adjust)(output)


def overrides_broken(output: Path) -> None:
    (output / "_onrecord" / "overrides").mkdir()
    (output / "_onrecord" / "overrides" / "3.jsonl").write_text('{"id": 1}\n')


def inputs_unknown(output: Path) -> None:
    for path in (output / "_onrecord" / "inputs").glob("*.parquet"):
        path.unlink()
