"""Where articles come from: what the user names becomes references, references become raw records.

find ──► Reference ──split──► slices ──plan──► Shard ──load──► Batch, Batch, …
"""

from pipeline.sources.loading import load, split
from pipeline.sources.places import exists, find
from pipeline.sources.references import Reference, Shard, plan

__all__ = ["Reference", "Shard", "exists", "find", "load", "plan", "split"]
