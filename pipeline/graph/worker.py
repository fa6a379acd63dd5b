"""A worker process of the local runner: Beam's own worker, on one thread, with its chatter held back.

    python -m onrecord.pipeline.graph.worker PARENT

Errors still reach the process PARENT, which started the run, over Beam's own channel.
"""

import os
import sys

from onrecord.pipeline.logging_setup import is_debugging, suppress_beam_output
from onrecord.pipeline.processes import serve_parent


def main() -> None:
    serve_parent(int(sys.argv.pop(1)))
    if not is_debugging():
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what C++ says when it is stopped in the middle
    os.environ["OMP_NUM_THREADS"] = "1"
    with suppress_beam_output():
        from apache_beam.runners.worker import sdk_worker_main

        sdk_worker_main.main(sys.argv)


if __name__ == "__main__":
    main()
