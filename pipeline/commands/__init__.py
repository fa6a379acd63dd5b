"""The commands of ``onrecord``, a module each. What a command needs is loaded when it runs, so that help is quick."""

from onrecord.pipeline.commands.audit import audit_command
from onrecord.pipeline.commands.cluster import cluster_command
from onrecord.pipeline.commands.engines import engines_command
from onrecord.pipeline.commands.explain import explain_command
from onrecord.pipeline.commands.export import export_command
from onrecord.pipeline.commands.forget import forget_command
from onrecord.pipeline.commands.query import query_command
from onrecord.pipeline.commands.review import review_command
from onrecord.pipeline.commands.run import run_command
from onrecord.pipeline.commands.shell import shell_command
from onrecord.pipeline.commands.show import find_command, show_command
from onrecord.pipeline.commands.upkeep import compact_command, history_command, vacuum_command
from onrecord.pipeline.commands.watch import watch_command

COMMANDS = (
    run_command,
    query_command,
    shell_command,
    export_command,
    review_command,
    show_command,
    find_command,
    audit_command,
    explain_command,
    cluster_command,
    compact_command,
    vacuum_command,
    history_command,
    forget_command,
    watch_command,
    engines_command,
)

__all__ = ["COMMANDS"]
