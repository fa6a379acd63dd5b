"""``onrecord audit``: are the tables in order?"""

from __future__ import annotations

import click

from onrecord.pipeline.addresses import canonical_address, data_folder
from onrecord.pipeline.commands.flags import DATA, HELP, S3_ENDPOINT
from onrecord.pipeline.console import print_line
from onrecord.pipeline.errors import AuditFailed, UsageError


@click.command("audit", context_settings=HELP)
@S3_ENDPOINT
@DATA
@click.option(
    "--against-inputs",
    is_flag=True,
    help="Read the inputs again that are still there, and compare them with their articles.",
)
@click.option("--base", default="", metavar="DIR", help="Where the inputs lie now, for tables made with --base.")
def audit_command(data: str, against_inputs: bool, base: str) -> None:
    """Check that commits, files and rows are in order, that nothing was lost, and that spans and ids are right.

    A line for each thing that has to hold, with how often it does not and where first.
    """
    from onrecord.pipeline.store.audit import check

    if base and not against_inputs:
        raise UsageError("--base tells where inputs lie, which are read with --against-inputs alone")
    folder, base = data_folder(data), canonical_address(base) if base else ""
    if against_inputs:
        from onrecord.pipeline.graph.rereading import read_again

        findings = check(folder, read_again, base)
    else:
        findings = check(folder)
    for finding in findings:
        print_line(str(finding))
    wrong = [finding.what for finding in findings if finding.count and finding.is_fault]
    if wrong:
        raise AuditFailed(f"not in order: {', '.join(wrong)}")
