"""``onrecord export``: a data set, or a part of it, in the form that another tool wants; a kind of file an option."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from onrecord.pipeline.addresses import data_folder
from onrecord.pipeline.commands.flags import HELP, S3_ENDPOINT
from onrecord.pipeline.console import print_line
from onrecord.pipeline.errors import UsageError


@click.command("export", context_settings=HELP)
@S3_ENDPOINT
@click.option("--views", metavar="FILE", help="A DuckDB file with the views over the tables, and no rows.")
@click.option(
    "-d", "--data", default="output", show_default=True, help="The data set: a folder, or s3://…, gs://…, az://…."
)
@click.option("--as-of", type=int, metavar="VERSION", help="An older version; onrecord history shows which there are.")
@click.option("--relative", is_flag=True, help="Name the tables from the folder of the file, to be moved with it.")
@click.option("--force", is_flag=True, help="Replace the file, if there is one.")
def export_command(data: str, as_of: int | None, relative: bool, force: bool, **files: str | None) -> None:
    """Write what another tool opens: --views for anything that opens DuckDB files.

    The views are those of onrecord query. They read the parts of one version: after a run that replaces some, write
    them anew, or keep the parts (onrecord run --keep-history).
    """
    wanted = [(kind, file) for kind, file in files.items() if file]
    if len(wanted) != 1:
        raise UsageError(f"export writes one file: give one of {', '.join(f'--{kind}' for kind in EXPORTS)}")
    ((kind, file),) = wanted
    print_line(EXPORTS[kind](data_folder(data), _target(file, force), as_of, relative))


def _target(name: str, force: bool) -> Path:
    file = Path(name).absolute()
    if file.exists() and not force:
        raise UsageError(f"{name} is there already; --force replaces it")
    if file.is_dir() or not file.parent.is_dir():
        raise UsageError(f"{name}: {'this is a folder' if file.is_dir() else 'there is no such folder'}")
    return file


def _export_views(data: str, file: Path, as_of: int | None, relative: bool) -> str:
    from onrecord.pipeline.ask.database import save_views

    return f"{save_views(data, file, as_of, relative=relative)} views are in {file}"


#: Of each kind what writes the file and says what is in it.
EXPORTS: Mapping[str, Callable[[str, Path, int | None, bool], str]] = {"views": _export_views}
