"""What a run prints at its end: what the tables hold, how fast it was made, and why records were refused."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from onrecord.pipeline.ask import ask_all
from onrecord.pipeline.ask.formats import print_table
from onrecord.pipeline.console import command, print_line

if TYPE_CHECKING:
    from onrecord.pipeline.graph.planning import Plan
    from onrecord.pipeline.store.outcome import Outcome

COUNTS = """
    SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM mentions), (SELECT count(*) FROM rejects),
           (SELECT count(*) FROM articles WHERE fault IS NOT NULL),
           (SELECT count(*) FROM articles WHERE list_contains(flags, 'field_missing'))
"""
#: What an input can be, against how it was when it was last read.
STATES = {
    "new": "never read before",
    "changed": "other bytes or another time than when they were read",
    "moved": "of the new, as it seems: the same file under another name",
    "again": "tried again, or made by another version",
    "verify": "as they were, read to be sure",
    "same": "as they were; not read",
    "faulty": "links, devices, folders without files: refused",
    "missing": "not there any more; their rows stay",
    "gone": "not in their folder any more",
    "withheld": "forgotten; not opened",
    "system": "what systems leave beside people's files; passed over",
}
KINDS = "SELECT kind, count(*) FROM quotes GROUP BY kind ORDER BY kind"
REJECTS_BY_REASON = """
    SELECT count(*) AS rejects, step, reason, min(concat_ws(' ', uri, nullif(record, ''), '-', detail)) AS "for example"
    FROM rejects GROUP BY step, reason ORDER BY rejects DESC, step, reason
"""
TRY = "SELECT speaker, count(*) AS n FROM quotes WHERE speaker IS NOT NULL GROUP BY speaker ORDER BY n DESC, speaker"


def print_plan(plan: Plan) -> None:
    """Print what there is to do."""
    for state, meaning in STATES.items():
        if n := plan.states.get(state, 0):
            print_line(f"{state:<10}{n:>8,}  {meaning}")
    print_line(f"{'to read':<10}{plan.inputs:>8,}  {plan.n_bytes / 1e6:,.1f} MB")
    if plan.other_version:
        print_line(
            f"{'records':<10}{plan.other_version:>8,}  made by another version or options; --rebuild reads them again"
        )
    if plan.mirrored:
        print_line(f"{'records':<10}{plan.mirrored:>8,}  leave, since their inputs are gone")


def print_summary(output: str, plan: Plan, outcome: Outcome, seconds: float) -> None:
    """Print what the tables in ``output`` hold, a question to try, and the reasons of rejects, if there are any."""
    counts, by_kind_of_quote, reasons = ask_all([COUNTS, KINDS, REJECTS_BY_REASON], output)
    ((articles, mentions, rejects, faults, lacking),) = counts.rows
    kinds = dict(by_kind_of_quote.rows)
    by_kind = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
    lines = [
        ("articles", f"{articles:,}" + (f"   ({faults:,} with a fault, see articles.fault)" if faults else "")),
        ("quotes", f"{sum(kinds.values()):,}" + (f"   ({by_kind})" if by_kind else "")),
        ("mentions", f"{mentions:,}"),
        ("rejects", f"{rejects:,}"),
        ("this run", _this_run(plan, outcome)),
        ("time", f"{seconds:.1f} s, {outcome.articles / seconds:.1f} articles a second"),
        ("tables", output),
    ]
    data = "" if output == "output" else f" --data {shlex.quote(output)}"
    for name, value in lines:
        print_line(f"{name:<10}{value}")
    print_line(f'try       {command()} query "{TRY}"{data}')
    if lacking:
        print_line(f"{lacking:,} articles lack a field that was named: those with field_missing in articles.flags")
    if plan.other_version:
        print_line(
            f"{plan.other_version:,} records were made by another version or options; --rebuild reads them again"
        )
    if rejects:
        print_table(reasons, counted=False)


def _this_run(plan: Plan, outcome: Outcome) -> str:
    """What the run itself did."""
    counts = {
        "rejects": outcome.rejects,
        "records gone or made anew": outcome.left,
        "records as they were": outcome.kept,
        "inputs unchanged": plan.states.get("same", 0),
        "system files passed over": plan.states.get("system", 0) + outcome.passed_over,
        "inputs that could not be read, of which the rows stay": outcome.unread,
        "forgotten, not taken in": outcome.withheld + plan.states.get("withheld", 0),
    }
    return ", ".join([f"{outcome.articles:,} articles", *(f"{n:,} {what}" for what, n in counts.items() if n)])
