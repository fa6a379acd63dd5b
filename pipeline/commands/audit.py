"""``onrecord audit``: are the tables in order?"""

from __future__ import annotations

import click

from onrecord.pipeline.addresses import data_folder
from onrecord.pipeline.commands.flags import HELP
from onrecord.pipeline.console import print_line
from onrecord.pipeline.errors import AuditFailed


@click.command("audit", context_settings=HELP)
@click.option("-d", "--data", default="output", show_default=True, help="Folder of the tables.")
def audit_command(data: str) -> None:
    """Check that no record was lost between the inputs and the tables, and that spans, ids and rows agree."""
    from onrecord.pipeline.store.audit import check

    findings = list(check(data_folder(data)))
    for what, count in findings:
        print_line(f"{count:>8,}  {what}")
    wrong = [what for what, count in findings if count]
    if wrong:
        raise AuditFailed(f"not in order: {', '.join(wrong)}")
