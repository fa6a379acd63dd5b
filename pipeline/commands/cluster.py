"""``onrecord cluster``: mark the stories that are told more than once, over all articles of a data set."""

from __future__ import annotations

import click

from onrecord.pipeline.addresses import data_folder
from onrecord.pipeline.commands.flags import DATA, HELP, S3_ENDPOINT
from onrecord.pipeline.console import print_line
from onrecord.pipeline.errors import NoDataset


@click.command("cluster", context_settings=HELP)
@S3_ENDPOINT
@DATA
def cluster_command(data: str) -> None:
    """Compare all articles of a data set, and bring the table clusters up to them.

    `onrecord run` does so at its end, unless with --no-clusters. Only fingerprints are read, never texts.
    """
    from onrecord.pipeline.ask import ask
    from onrecord.pipeline.options import Options
    from onrecord.pipeline.store.clusters import update_clusters
    from onrecord.pipeline.store.target import Target, commit_lock, run_alive
    from onrecord.pipeline.store.versions.commit import is_old
    from onrecord.pipeline.store.versions.commits import delete_removed

    ask("SELECT 1", data)  # raises what is wrong with the folder, before anything is written there
    if is_old(data):
        raise NoDataset(f"{data} was made by an older version, which kept no fingerprints: onrecord run --rebuild")
    target = Target.of(Options(output=data_folder(data)))
    with run_alive(target):
        update_clusters(target)
        with commit_lock(target.folder):
            delete_removed(target.folder)
    ((articles, clusters),) = ask("SELECT count(*), count(DISTINCT cluster_id) FROM clusters", data).rows
    print_line(f"{articles:,} articles tell {clusters:,} stories that others tell, too")
