"""What people have corrected in the quotes, kept beside the tables and laid over them when they are asked.

    _onrecord/overrides/12.jsonl     all of them, one a line: the file with the highest number is what holds

No part is written again. An override finds its place by the words that it is about and those around them.
"""

from onrecord.pipeline.ask.overrides.laying import lay_over, resolve, stamp
from onrecord.pipeline.ask.overrides.records import Anchor, Override, Place, load, override_of

__all__ = ["Anchor", "Override", "Place", "lay_over", "load", "override_of", "resolve", "stamp"]
