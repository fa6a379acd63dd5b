"""What a run prints at its end: what the tables hold, how fast it was made, and why records were refused."""

from __future__ import annotations

import shlex

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.formats import print_table
from onrecord.pipeline.console import command, print_line

COUNTS = """
    SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM mentions), (SELECT count(*) FROM rejects),
           (SELECT count(*) FROM articles WHERE fault IS NOT NULL)
"""
KINDS = "SELECT kind, count(*) FROM quotes GROUP BY kind ORDER BY kind"
REJECTS_BY_REASON = """
    SELECT count(*) AS rejects, step, reason, min(concat_ws(' ', uri, nullif(record, ''), '-', detail)) AS "for example"
    FROM rejects GROUP BY step, reason ORDER BY rejects DESC, step, reason
"""
TRY = "SELECT speaker, count(*) AS n FROM quotes WHERE speaker IS NOT NULL GROUP BY speaker ORDER BY n DESC, speaker"


def print_summary(output: str, seconds: float) -> None:
    """Print what the tables in ``output`` hold, a question to try, and the reasons of rejects, if there are any."""
    ((articles, mentions, rejects, faults),) = ask(COUNTS, output).rows
    kinds = dict(ask(KINDS, output).rows)
    by_kind = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
    lines = [
        ("articles", f"{articles:,}" + (f"   ({faults:,} with a fault, see articles.fault)" if faults else "")),
        ("quotes", f"{sum(kinds.values()):,}" + (f"   ({by_kind})" if by_kind else "")),
        ("mentions", f"{mentions:,}"),
        ("rejects", f"{rejects:,}"),
        ("time", f"{seconds:.1f} s, {articles / seconds:.1f} articles a second"),
        ("tables", output),
    ]
    data = "" if output == "output" else f" --data {shlex.quote(output)}"
    for name, value in lines:
        print_line(f"{name:<10}{value}")
    print_line(f'try       {command()} query "{TRY}"{data}')
    if rejects:
        print_table(ask(REJECTS_BY_REASON, output), counted=False)
