"""``onrecord export``: a data set, or a part of it, in the form that another tool wants; a kind of file an option."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from onrecord.pipeline.addresses import data_folder
from onrecord.pipeline.commands.flags import AS_OF, DATA, HELP, S3_ENDPOINT
from onrecord.pipeline.console import print_line
from onrecord.pipeline.errors import UsageError

if TYPE_CHECKING:
    from onrecord.pipeline.ask.exports.selection import Document, Selection

#: Kinds that are folders of files.
FOLDERS = ("brat", "docbin", "csv")


@click.command("export", context_settings=HELP)
@S3_ENDPOINT
@click.option("--views", metavar="FILE", help="A DuckDB file with the views over the tables, and no rows.")
@click.option("--brat", metavar="FOLDER", help="For brat: a .txt and an .ann of each article, to be reviewed.")
@click.option("--jsonl", metavar="FILE", help="For annotation tools: text, spans, relations a line, to be reviewed.")
@click.option("--webannotation", metavar="FILE", help="W3C Web Annotations, a quote a line of JSON-LD.")
@click.option("--docbin", metavar="FOLDER", help="spaCy's Docs, in files of a thousand.")
@click.option("--quotebank", metavar="FILE", help="Parquet in Quotebank's shape: a quotation a row.")
@click.option("--csv", metavar="FOLDER", help="For spreadsheets: a CSV file of each table, in which no cell is run.")
@click.option("--xlsx", metavar="FILE", help="An Excel workbook with a sheet of each table.")
@DATA
@AS_OF
@click.option("--where", default="", metavar="SQL", help="Only articles of which this is true: language = 'en'.")
@click.option(
    "--ids",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="Only articles of these ids, one a line, as query writes them to CSV.",
)
@click.option("--no-overrides", is_flag=True, help="Quotes as the reader made them, not as people corrected them.")
@click.option("--relative", is_flag=True, help="Name the tables from the folder of the file, to be moved with it.")
@click.option("--force", is_flag=True, help="Replace the file, if there is one.")
def export_command(
    data: str, as_of: int | None, where: str, ids: Iterable[str] | None, no_overrides: bool, relative: bool,
    force: bool, **files: str | None,
) -> None:  # fmt: skip
    """Write what another tool opens: one kind at a time, of all articles or of some.

    --views are those of onrecord query. They read the parts of one version: after a run that replaces some, write
    them anew, or keep the parts (onrecord run --keep-history).
    """
    from onrecord.pipeline.ask.exports.selection import Selection

    wanted = [(kind, file) for kind, file in files.items() if file]
    if len(wanted) != 1:
        raise UsageError(f"export writes one kind: give one of --{', --'.join(files)}")
    ((kind, file),) = wanted
    selection = Selection(
        data=data_folder(data),
        version=as_of,
        where=where,
        ids=None
        if ids is None
        else tuple(filter(None, (line.strip() for line in ids if line.strip() != "article_id"))),
        corrected=not no_overrides,
    )
    target = _folder_target(file, data) if kind in FOLDERS else _target(file, data, force)
    if kind == "views":
        return print_line(_export_views(selection, target, relative))
    if relative:
        raise UsageError("--relative is for --views")
    return print_line(f"{EXPORTS[kind](selection, target)} in {file}")


def _target(name: str, data: str, force: bool) -> Path:
    file = _outside(Path(name).absolute(), data)
    if file.exists() and not force:
        raise UsageError(f"{name} is there already; --force replaces it")
    if file.is_dir() or not file.parent.is_dir():
        raise UsageError(f"{name}: {'this is a folder' if file.is_dir() else 'there is no such folder'}")
    return file


def _folder_target(name: str, data: str) -> Path:
    """A folder that is not there yet, or has nothing in it: what people have in one is never replaced."""
    folder = _outside(Path(name).absolute(), data)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{name} is there already; name a new folder")
    if not folder.parent.is_dir():
        raise UsageError(f"{name}: there is no such folder as {folder.parent}")
    return folder


def _outside(target: Path, data: str) -> Path:
    if target.resolve().is_relative_to(Path(data_folder(data)).resolve()):
        raise UsageError(f"{target} lies in the data set {data}; exports go elsewhere")
    return target


def _export_views(selection: Selection, file: Path, relative: bool) -> str:
    from onrecord.pipeline.ask.database import save_views

    if selection.where or selection.ids is not None or not selection.corrected:
        raise UsageError("--where, --ids and --no-overrides are not for --views, which read whole tables")
    return f"{save_views(selection.data, file, selection.version, relative=relative)} views are in {file}"


def _export_brat(selection: Selection, folder: Path) -> str:
    from onrecord.pipeline.ask.exports.selection import with_documents
    from onrecord.pipeline.ask.exports.writing import write_brat

    return f"{with_documents(selection, lambda documents: write_brat(documents, folder)):,} articles are"


def _export_jsonl(selection: Selection, file: Path) -> str:
    from onrecord.pipeline.ask.exports.selection import with_documents
    from onrecord.pipeline.ask.exports.span_lines import span_line
    from onrecord.pipeline.ask.exports.writing import write_lines

    count = with_documents(selection, lambda documents: write_lines(map(span_line, documents), file))
    return f"{count:,} articles are"


def _export_webannotation(selection: Selection, file: Path) -> str:
    from onrecord.pipeline.ask.exports.selection import with_documents
    from onrecord.pipeline.ask.exports.web_annotations import annotation_lines
    from onrecord.pipeline.ask.exports.writing import write_lines

    def write(documents: Iterator[Document]) -> int:
        return write_lines(chain.from_iterable(map(annotation_lines, documents)), file)

    return f"{with_documents(selection, write):,} annotations are"


def _export_docbin(selection: Selection, folder: Path) -> str:
    from onrecord.pipeline.ask.exports.docbin import write_docbins
    from onrecord.pipeline.ask.exports.selection import with_documents

    return f"{with_documents(selection, lambda documents: write_docbins(documents, folder)):,} Docs are"


def _export_quotebank(selection: Selection, file: Path) -> str:
    from onrecord.pipeline.ask.exports.quotebank import write_quotebank

    return f"{write_quotebank(selection, file):,} quotations are"


def _export_csv(selection: Selection, folder: Path) -> str:
    from onrecord.pipeline.ask.exports.selection import with_selected
    from onrecord.pipeline.ask.exports.sheets import write_csv

    return f"{with_selected(selection, lambda selected: write_csv(selected, folder))} files are"


def _export_xlsx(selection: Selection, file: Path) -> str:
    from onrecord.pipeline.ask.exports.selection import with_selected
    from onrecord.pipeline.ask.exports.sheets import write_workbook
    from onrecord.pipeline.ask.formats.workbook import MAX_CHARS

    rows, cut = with_selected(selection, lambda selected: write_workbook(selected, file))
    short = f" ({cut:,} cells were longer than {MAX_CHARS:,} characters and are cut short)" if cut else ""
    return f"{rows:,} rows{short} are"


#: Of each kind what writes the file and says what is in it.
EXPORTS: Mapping[str, Callable[[Selection, Path], str]] = {
    "brat": _export_brat, "jsonl": _export_jsonl, "webannotation": _export_webannotation, "docbin": _export_docbin,
    "quotebank": _export_quotebank, "csv": _export_csv, "xlsx": _export_xlsx,
}  # fmt: skip
