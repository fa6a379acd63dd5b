"""A worker process of the local runner: Beam's own worker, on one thread, with its chatter held back.

Errors still reach the process that started the run, over Beam's own channel.
"""

import os
import sys

from onrecord.pipeline.logging_setup import suppress_beam_output


def main() -> None:
    os.environ["OMP_NUM_THREADS"] = "1"
    with suppress_beam_output():
        from apache_beam.runners.worker import sdk_worker_main

        sdk_worker_main.main(sys.argv)


if __name__ == "__main__":
    main()
