"""A run on a Slurm cluster, by dask-jobqueue: python slurm.py s3://news/articles --output s3://news/tables.

The arguments are those of ``onrecord run``. Each job is one worker process with a core of its own; Dask's scheduler is
in this process, which ends the jobs with itself. The environment that runs this must be there on all nodes.
"""

from __future__ import annotations

import subprocess
import sys

from dask_jobqueue import SLURMCluster

JOBS = 32

if __name__ == "__main__":
    with SLURMCluster(
        cores=1,
        processes=1,
        memory="2GB",
        walltime="08:00:00",
        job_script_prologue=["export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1"],
    ) as cluster:
        cluster.scale(jobs=JOBS)
        flags = ["--runner", "dask", "--dask_client_address", cluster.scheduler_address]
        command = [sys.executable, "-P", "-m", "onrecord", "run", *sys.argv[1:], *flags]
        sys.exit(subprocess.run(command).returncode)
